"""JSON, kept as it was written."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, ClassVar

from metamodel.plugin_api import BadValue, Examples, Options, OptionsType, Registry, Texts, clean_text
from plugins.fields.code import Code

if TYPE_CHECKING:
    from metamodel.plugin_api import FieldDefinition


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
    registry.add(Json())
