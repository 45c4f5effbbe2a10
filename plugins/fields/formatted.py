"""Long texts with a form of their own: markdown, code, JSON. JSON is kept as it was written, once it can be read."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from metamodel.plugin_api import (
    BadValue,
    Examples,
    Field,
    Options,
    OptionsType,
    Registry,
    Texts,
    clean_text,
    labelled,
)
from plugins.fields.text import LongText

if TYPE_CHECKING:
    from metamodel.plugin_api import FieldDefinition


class Markdown(LongText):
    name = "markdown"
    often = 9
    label = {"zh": "Markdown", "en": "Markdown"}
    icon = "text"
    keywords: tuple[str, ...] = ("文档", "md")
    twin = "long_text"
    doc = {"zh": "带标记的文字，按原文保存", "en": "Text with marks, kept as it was written"}
    examples: Examples = (("# 标题\n- 一", "# 标题\n- 一"),)


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


class Json(Code):
    name = "json"
    keywords: tuple[str, ...] = ("数据", "结构", "object")
    twin = ""
    label = {"zh": "JSON", "en": "JSON"}
    doc = {"zh": "一段 JSON，按原文保存", "en": "A piece of JSON, kept as it was written"}
    texts = {
        "value.not_json": Texts(
            "不是正确的 JSON：第 {line} 行第 {column} 列", "This is no JSON: line {line}, column {column}"
        )
    }
    examples: Examples = (('{"a": [1, 2.50]}', '{"a": [1, 2.50]}'), ({"b": 1}, '{"b": 1}'))
    Options: ClassVar[OptionsType] = Options

    def parse(self, raw: Any, field: FieldDefinition) -> str:
        text = raw if isinstance(raw, str) else _written(raw)
        text = clean_text(text).replace("\r\n", "\n")
        try:
            json.loads(text, parse_constant=_refuse)
        except json.JSONDecodeError as error:
            raise BadValue("value.not_json", line=error.lineno, column=error.colno) from error
        except (RecursionError, ValueError) as error:
            raise BadValue("value.not_json", line=1, column=1) from error
        return text


def _written(raw: Any) -> str:
    try:
        return json.dumps(raw, ensure_ascii=False, allow_nan=False).replace("\\u0000", "\0")  # is refused
    except (TypeError, ValueError, RecursionError) as error:
        raise BadValue("value.not_json", line=1, column=1) from error


def _refuse(name: str) -> None:
    raise ValueError(name)


def register(registry: Registry) -> None:
    registry.add(Markdown(), Code(), Json())
