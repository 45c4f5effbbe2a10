"""Values of a condition as people read and type them: 2 小时, 12.5%, 3万, ¥100 – and as an expression says them.

A plain value in the builder's tree is text: a number ("0.125"), or of a duration an amount with its unit ("90 min"),
so that HOURS(2) and MINUTES(120) stay what was written. Used by conditions.py both ways, and by whoever shows them.
"""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from metamodel.expressions.source import FOLDS
from metamodel.human_text import fold, read_duration, read_number, show_duration, show_number
from metamodel.labels import Label, label_text
from metamodel.problems import BadValue

if TYPE_CHECKING:
    from metamodel.forms import FieldDefinition

NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_UNITS = {  # function -> (microseconds, short word in zh and en, all words)
    "HOURS": (3_600_000_000, "小时", "h", "小时 个小时 时 h hr hour hours"),
    "MINUTES": (60_000_000, "分", "min", "分 分钟 m min mins minute minutes"),
    "SECONDS": (1_000_000, "秒", "s", "秒 秒钟 s sec second seconds"),
}
_AMOUNT = re.compile(r"(-?[0-9]+(?:\.[0-9]+)?) ?([^\W\d_]+)")


def plain_number(text: str) -> str:
    """A number as typed, full-width or grouped, as the language writes it; '' for anything else."""
    number = "".join(FOLDS.get(letter, letter) for letter in text.strip()).replace(",", "")
    return number if NUMBER.fullmatch(number) else ""


def number_text(text: str, field: FieldDefinition | None) -> str:
    """Also `3万`, with the field's unit or sign around it, and `12.5%` of a percentage; '' for anything else."""
    if number := plain_number(text):
        return number
    form, unit = _measured(field)
    words = [word for word in (*_words(unit), "元") if word]
    bare = re.sub("|".join(map(re.escape, words)), "", fold(text[:100])).strip()
    share = form == "percent" and bare.endswith("%")
    try:
        number_read = read_number(bare[:-1] if share else bare)
    except BadValue:
        return ""
    return _plain(number_read.scaleb(-2) if share else number_read)


def duration_text(text: str) -> str:
    """`90 分` -> MINUTES(90), `2小时5分` -> MINUTES(125), `3` -> HOURS(3); '' for what is no duration."""
    if number := plain_number(text):
        return f"HOURS({number})"
    typed = fold(text[:100])
    if (found := _AMOUNT.fullmatch(typed)) and (name := _function_of(found[2].lower())):
        return f"{name}({_plain(Decimal(found[1]))})"
    try:
        micro = read_duration(typed) // timedelta(microseconds=1)
    except BadValue:
        return ""
    name = next((one for one, (unit, *_) in _UNITS.items() if micro % unit == 0), "SECONDS")
    return f"{name}({_plain(Decimal(micro) / _UNITS[name][0])})"


def duration_value(function: str, number: str) -> str:
    """HOURS, 2 -> `2 h`: the plain value that comes back as the same; '' for another function."""
    return f"{number} {_UNITS[function][2]}" if function in _UNITS and NUMBER.fullmatch(number) else ""


def typed_value(text: str, kind: str, field: FieldDefinition | None, language: str) -> str:
    """A plain value as it stands in its input: what is typed there comes back as the same."""
    if kind == "duration" and (found := _AMOUNT.fullmatch(text)):
        name = _function_of(found[2])
        word = _UNITS[name][1 if language.startswith("zh") else 2] if name else found[2]
        return f"{found[1]} {word}"
    if kind == "number" and _measured(field)[0] == "percent" and NUMBER.fullmatch(text):
        return f"{_plain(Decimal(text).scaleb(2))}%"
    return text


def said_value(text: str, kind: str, field: FieldDefinition | None, language: str) -> str:
    """The same in a sentence: `2 小时 5 分`, `¥100,000`, `12.5%`, `3 件`."""
    if kind == "duration":
        try:
            return show_duration(read_duration(text), language)
        except BadValue:
            return text
    if kind != "number" or not NUMBER.fullmatch(text):
        return text
    form, unit = _measured(field)
    if form == "percent":
        return f"{show_number(Decimal(text).scaleb(2))}%"
    shown, word = show_number(Decimal(text)), label_text(unit, language)
    if form == "money":
        return f"-{word}{shown[1:]}" if shown.startswith("-") else f"{word}{shown}"
    return f"{shown} {word}" if word else shown


def _measured(field: FieldDefinition | None) -> tuple[str, Label]:
    if field is None or field.type is None or field.options is None:
        return "number", ""
    return field.type.measured_as(field)


def _words(unit: Label) -> list[str]:
    return [unit] if isinstance(unit, str) else list(unit.values())


def _function_of(word: str) -> str:
    return next((name for name, (*_, words) in _UNITS.items() if word in words.split()), "")


def _plain(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
