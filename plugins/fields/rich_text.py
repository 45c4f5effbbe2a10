"""Text with looks: bold, lists, links, headings. Kept as HTML that was cleaned when it came in, whoever sent it.

Plain text is taken as paragraphs, so an import, an expression or a mail can fill it too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from metamodel.plugin_api import (
    TEXT_OPERATORS,
    Display,
    Examples,
    OptionsType,
    Problem,
    Registry,
    clean_text,
    html_text,
    rich_html,
)
from plugins.fields.long_text import LongText, TextOptions

if TYPE_CHECKING:
    from metamodel.plugin_api import FieldDefinition


class RichText(LongText):
    name = "rich_text"
    label = {"zh": "富文本", "en": "Rich text"}
    icon = "text"
    doc = {
        "zh": "带格式的文字：粗体、列表、链接、标题",
        "en": "Text with looks: bold, lists, links, headings",
    }
    keywords: tuple[str, ...] = ("富文本编辑器", "html", "排版", "图文", "wysiwyg", "formatted")
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
        return clean_text(rich_html(clean_text(raw).replace("\r\n", "\n")))

    def check(self, value: str, field: FieldDefinition) -> list[Problem]:
        """Its limits are those of what people read."""
        return super().check(html_text(value), field)

    def display(self, value: str, field: FieldDefinition, display: Display) -> str:
        return html_text(value)

    def search_text(self, value: str, field: FieldDefinition) -> str:
        return html_text(value)


def register(registry: Registry) -> None:
    registry.add(RichText())
