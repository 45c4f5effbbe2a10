"""Is a document shaped as it should be? jsonschema's errors in our words, all at once.

Only shape: keys, kinds of values, ids' pattern. One error of the validator becomes one
Problem at the spot where a person would look, with what stands there and what may stand.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from jsonschema.exceptions import ValidationError

from metamodel.core_schema import DURATION_PATTERN, ID_PATTERN
from metamodel.human_text import excerpt
from metamodel.labels import Label
from metamodel.plugin_api import OptionsType
from metamodel.problems import Problem, pointer, problem
from metamodel.schema import core_validator, options_validator

TYPE_NAMES: Mapping[str, Label] = {
    "object": {"zh": "对象 {…}", "en": "an object {…}"},
    "array": {"zh": "列表 […]", "en": "a list […]"},
    "string": {"zh": "文字", "en": "a text"},
    "integer": {"zh": "整数", "en": "a whole number"},
    "number": {"zh": "数字", "en": "a number"},
    "boolean": {"zh": "true 或 false", "en": "true or false"},
    "null": {"zh": "空", "en": "null"},
}


def check_shape(document: Any) -> list[Problem]:
    """The whole document against the core schema."""
    return list(_translate(core_validator().iter_errors(document), ""))


def check_options_shape(options: OptionsType, raw: Any, path: str) -> list[Problem]:
    """The options of one part, standing at `path`, against its plugin's schema."""
    return list(_translate(options_validator(options).iter_errors(raw), path))


def nearest(name: str, known: Iterable[str], most: int = 6) -> str:
    """What may have been meant, for hints: the closest of `known`, or the first few of it."""
    names = list(known)
    return ", ".join(get_close_matches(name, names, 3, 0.6) or sorted(names)[:most])


def _translate(errors: Iterable[ValidationError], prefix: str) -> Iterator[Problem]:
    for error in sorted(errors, key=lambda found: found.json_path):
        yield from _problems(error, prefix)


def _problems(error: ValidationError, prefix: str) -> Iterator[Problem]:
    keyword = str(error.validator)
    if keyword in ("anyOf", "oneOf"):
        yield from _of_alternatives(error, prefix)
        return
    path = prefix + pointer(*error.absolute_path)
    yield from _MAKERS.get(keyword, _other)(error, path)


def _of_alternatives(error: ValidationError, prefix: str) -> Iterator[Problem]:
    """The errors of the alternative that was meant: the one whose kind of value fits."""
    branches: dict[Any, list[ValidationError]] = {}
    for inner in error.context or ():
        branches.setdefault(inner.schema_path[0], []).append(inner)
    meant = [b for b in branches.values() if not any(e.validator == "type" and not e.path for e in b)]
    if meant:
        fewest = min(len(errors) for errors in meant)
        yield from _translate(next(errors for errors in meant if len(errors) == fewest), prefix)
    else:
        kinds = [str(kind) for inner in error.context or () for kind in _kinds(inner.validator_value)]
        yield _wrong_type(kinds, error.instance, prefix + pointer(*error.absolute_path))


def _kinds(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _wrong_type(kinds: list[str], found: Any, path: str) -> Problem:
    names = [TYPE_NAMES.get(kind, kind) for kind in kinds]
    expected = {
        language: joint.join(name if isinstance(name, str) else name[language] for name in names)
        for language, joint in (("zh", "或"), ("en", " or "))
    }
    return problem("shape.type", path, expected=expected, found=_shown(found))


def _shown(value: Any) -> str:
    """The beginning of a value as it stands in the document."""
    return excerpt(json.dumps(value, ensure_ascii=False, default=str))


def _type(error: ValidationError, path: str) -> Iterator[Problem]:
    yield _wrong_type([str(kind) for kind in _kinds(error.validator_value)], error.instance, path)


def _missing(error: ValidationError, path: str) -> Iterator[Problem]:
    # the validator reports each missing key by itself and names it only in its message
    key = next(key for key in error.validator_value if error.message.startswith(repr(key)))
    yield problem("shape.missing", path, key=key)


def _unknown_keys(error: ValidationError, path: str) -> Iterator[Problem]:
    known = error.schema.get("properties", {})
    for key in error.instance:
        if key not in known:
            yield problem("shape.unknown_key", path + pointer(key), key=key, known=nearest(str(key), known))


def _choice(error: ValidationError, path: str) -> Iterator[Problem]:
    known = [str(value) for value in error.validator_value]
    yield problem("shape.choice", path, value=_shown(error.instance), known=", ".join(known))


def _pattern(error: ValidationError, path: str) -> Iterator[Problem]:
    if "propertyNames" in error.absolute_schema_path:
        yield problem("shape.key_name", path + pointer(str(error.instance)), key=excerpt(error.instance))
    else:
        code = _PATTERN_CODES.get(str(error.validator_value), "shape.pattern")
        yield problem(code, path, value=excerpt(error.instance), pattern=error.validator_value)


def _limit(error: ValidationError, path: str) -> Iterator[Problem]:
    least = error.validator in ("minimum", "exclusiveMinimum")
    code = "shape.too_small" if least else "shape.too_large"
    yield problem(code, path, limit=error.validator_value)


def _size(error: ValidationError, path: str) -> Iterator[Problem]:
    code = "shape.too_few" if str(error.validator).startswith("min") else "shape.too_many"
    yield problem(code, path, limit=error.validator_value)


def _twice(error: ValidationError, path: str) -> Iterator[Problem]:
    yield problem("shape.twice", path)


def _other(error: ValidationError, path: str) -> Iterator[Problem]:
    yield problem("shape.other", path, text=excerpt(error.message, 200))


_PATTERN_CODES = {ID_PATTERN: "id.pattern", DURATION_PATTERN: "shape.duration"}

_MAKERS: dict[str, Callable[[ValidationError, str], Iterator[Problem]]] = {
    "type": _type,
    "required": _missing,
    "additionalProperties": _unknown_keys,
    "enum": _choice,
    "pattern": _pattern,
    "minimum": _limit,
    "maximum": _limit,
    "exclusiveMinimum": _limit,
    "exclusiveMaximum": _limit,
    "minLength": _size,
    "maxLength": _size,
    "minItems": _size,
    "maxItems": _size,
    "minProperties": _size,
    "maxProperties": _size,
    "uniqueItems": _twice,
}
