"""Code: long text in letters of one width."""

from __future__ import annotations

from typing import Annotated, ClassVar

from metamodel.plugin_api import Examples, Field, Options, OptionsType, Registry, labelled
from plugins.fields.long_text import LongText


class CodeOptions(Options, frozen=True):
    language: Annotated[str, labelled("语言", "Language", max_length=30)] = ""


class Code(LongText):
    name = "code"
    label = {"zh": "代码", "en": "Code"}
    icon = "lines"
    keywords: tuple[str, ...] = ("脚本", "程序", "script")
    twin = "long_text"
    doc = {"zh": "一段程序或配置，等宽显示", "en": "A piece of program or configuration"}
    input = "code"
    examples: Examples = (("a = 1\n  b", "a = 1\n  b"),)
    Options: ClassVar[OptionsType] = CodeOptions
    check = Field.check
    check_options = Field.check_options


def register(registry: Registry) -> None:
    registry.add(Code())
