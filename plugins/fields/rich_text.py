"""Text with looks: bold, lists, links, headings. Kept as HTML that was cleaned when it came in, whoever sent it.

Plain text is taken as paragraphs, so an import, an expression or a mail can fill it too.
"""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, Any, ClassVar

import nh3

from metamodel.plugin_api import (
    TEXT_OPERATORS,
    Display,
    Examples,
    OptionsType,
    Problem,
    Registry,
    clean_text,
)
from plugins.fields.text import LongText, TextOptions

if TYPE_CHECKING:
    from metamodel.plugin_api import FieldDefinition

BLOCKS = ("p", "h2", "h3", "h4", "ul", "ol", "blockquote", "pre", "hr")
TAGS = frozenset({*BLOCKS, "br", "strong", "b", "em", "i", "u", "s", "li", "a", "code"})
_KNOWN = re.compile(
    rf"</?(?:{'|'.join(sorted(TAGS))}|div|span|table|img|script|style)\b[^>]*>", re.IGNORECASE
)
_BLOCK = re.compile(rf"<(?:{'|'.join(BLOCKS)})\b", re.IGNORECASE)
_ENDS = re.compile(r"<br ?/?>|</(?:p|h2|h3|h4|li|blockquote|pre)>|<hr ?/?>", re.IGNORECASE)
_TAG = re.compile(r"<[^>]*>")


def clean_html(text: str) -> str:
    """Only the tags above, links only to where a link may lead; cleaning what is clean changes nothing."""
    return nh3.clean(
        text, tags=set(TAGS), attributes={"a": {"href"}}, url_schemes={"http", "https", "mailto", "tel"},
        link_rel="noopener noreferrer nofollow",
    )  # fmt: skip


def plain_text(markup: str) -> str:
    """What people read of it, a line for every paragraph."""
    lines = html.unescape(_TAG.sub("", _ENDS.sub("\n", markup))).splitlines()
    return "\n".join(line.strip() for line in lines if line.strip())


def _paragraphs(text: str) -> str:
    return "".join(f"<p>{html.escape(line, quote=False)}</p>" for line in text.splitlines() if line.strip())


class RichText(LongText):
    name = "rich_text"
    label = {"zh": "富文本", "en": "Rich text"}
    icon = "text"
    doc = {
        "zh": "带格式的文字：粗体、列表、链接、标题",
        "en": "Text with looks: bold, lists, links, headings",
    }
    keywords = ("富文本编辑器", "html", "排版", "图文", "wysiwyg", "formatted")
    operators = tuple(
        name for name in TEXT_OPERATORS if name in ("contains", "not_contains", "blank", "not_blank")
    )
    exact = None
    input = "rich"
    look = "rich"
    examples: Examples = (
        ("<p>你好 <b>世界</b></p>", "<p>你好 <b>世界</b></p>"),
        ("第一行\n1 < 2", "<p>第一行</p><p>1 &lt; 2</p>"),
        ("<p onclick=x>甲<script>alert(1)</script></p>", "<p>甲</p>"),
    )
    Options: ClassVar[OptionsType] = TextOptions

    def parse(self, raw: Any, field: FieldDefinition) -> str:
        text = clean_text(raw)
        if not _KNOWN.search(text):
            return clean_text(_paragraphs(text))
        cleaned = clean_text(clean_html(text)).replace("\r\n", "\n").strip()
        if not plain_text(cleaned):
            return ""
        return (
            cleaned
            if _BLOCK.match(cleaned)
            else f"<p>{cleaned}</p>"
            if not _BLOCK.search(cleaned)
            else (clean_html(f"<p>{cleaned}"))
        )

    def check(self, value: str, field: FieldDefinition) -> list[Problem]:
        """Its limits are those of what people read."""
        return super().check(plain_text(value), field)

    def display(self, value: str, field: FieldDefinition, display: Display) -> str:
        return plain_text(value)

    def search_text(self, value: str, field: FieldDefinition) -> str:
        return plain_text(value)


def register(registry: Registry) -> None:
    registry.add(RichText())
