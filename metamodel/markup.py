"""Rich text: which HTML is kept, how it is cleaned, and what people read of it.

Field types clean on the way in, pages once more before they show it; functions of expressions read the text.
"""

from __future__ import annotations

import html
import re

import nh3

BLOCKS = ("p", "h2", "h3", "h4", "ul", "ol", "blockquote", "pre", "hr")
TAGS = frozenset({*BLOCKS, "br", "strong", "b", "em", "i", "u", "s", "li", "a", "code"})
_KNOWN = re.compile(
    rf"</?(?:{'|'.join(sorted(TAGS))}|div|span|table|img|script|style)\b[^<>]*+>", re.IGNORECASE
)
_BLOCK = re.compile(rf"<(?:{'|'.join(BLOCKS)})\b", re.IGNORECASE)
_ENDS = re.compile(r"<br ?/?>|</(?:p|h2|h3|h4|li|blockquote|pre)>|<hr ?/?>", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*+>")
_ROUNDS = 8


def rich_html(text: str) -> str:
    """HTML of somebody else, or plain text, as clean paragraphs; '' where there is nothing to read. What it gave
    it leaves alone."""
    if not _KNOWN.search(text):
        return _paragraphs(text)
    cleaned = clean_html(text).strip()
    if not html_text(cleaned):
        return ""
    if _BLOCK.match(cleaned):
        return cleaned
    return clean_html(f"<p>{cleaned}")


def clean_html(text: str) -> str:
    """Only the tags above, links only to where a link may lead; cleaning what is clean changes nothing. Markup that
    is written out may be read otherwise than it was (a list item in a paragraph), so until nothing changes."""
    for _ in range(_ROUNDS):
        cleaned = _cleaned(text)
        if cleaned == text:
            break
        text = cleaned
    return text


def _cleaned(text: str) -> str:
    return nh3.clean(
        text, tags=set(TAGS), attributes={"a": {"href"}}, url_schemes={"http", "https", "mailto", "tel"},
        link_rel="noopener noreferrer nofollow",
    )  # fmt: skip


def html_text(markup: str) -> str:
    """What people read of it, a line for every paragraph."""
    lines = html.unescape(_TAG.sub("", _ENDS.sub("\n", markup))).splitlines()
    return "\n".join(line.strip() for line in lines if line.strip())


def _paragraphs(text: str) -> str:
    return "".join(f"<p>{html.escape(line, quote=False)}</p>" for line in text.splitlines() if line.strip())
