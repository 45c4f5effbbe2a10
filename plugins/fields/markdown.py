"""Markdown: long text under another name, kept as it was written."""

from __future__ import annotations

from metamodel.plugin_api import Examples, Registry
from plugins.fields.long_text import LongText


class Markdown(LongText):
    name = "markdown"
    label = {"zh": "Markdown", "en": "Markdown"}
    icon = "text"
    keywords: tuple[str, ...] = ("文档", "md")
    twin = "long_text"
    doc = {"zh": "带标记的文字，按原文保存", "en": "Text with marks, kept as it was written"}
    examples: Examples = (("# 标题\n- 一", "# 标题\n- 一"),)


def register(registry: Registry) -> None:
    registry.add(Markdown())
