"""Types of the expression language. `sealed` is part of a type and spreads.

What fits where (`accepts`), what may be compared, and what several branches have in
common (`unify`) is decided here and nowhere else; the checker and both evaluators ask.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from metamodel.problems import BadValue

Kind = Literal[
    "text", "number", "boolean", "date", "datetime", "duration",
    "person", "department", "record", "list", "blank", "any",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Type:
    """A kind; for lists the item type in `of`; for records where they live."""

    kind: Kind
    sealed: bool = False
    of: Type | None = None
    app: str = ""
    form: str = ""

    def seal(self, sealed: bool = True) -> Type:
        return replace(self, sealed=True) if sealed and not self.sealed else self

    def plain(self) -> Type:
        return replace(self, sealed=False) if self.sealed else self

    def __str__(self) -> str:
        inner = f" of {self.of}" if self.of else ""
        return f"{'sealed ' if self.sealed else ''}{self.kind}{inner}"

    @property
    def item(self) -> Type:
        """What a list holds, sealed as the list is."""
        return (self.of or ANY).seal(self.sealed)


TEXT, NUMBER, BOOLEAN = Type("text"), Type("number"), Type("boolean")
DATE, DATETIME, DURATION = Type("date"), Type("datetime"), Type("duration")
PERSON, DEPARTMENT = Type("person"), Type("department")
BLANK, ANY = Type("blank"), Type("any")

IDENTIFIERS = frozenset({"person", "department", "record"})  # their values are texts
_MOMENTS = frozenset({"date", "datetime"})
_OPEN = frozenset({"any", "blank"})

_NAMES: dict[str, tuple[str, str]] = {
    "text": ("文字", "text"), "number": ("数字", "a number"), "boolean": ("是/否", "yes or no"),
    "date": ("日期", "a date"), "datetime": ("日期时间", "a date and time"),
    "duration": ("时长", "a duration"), "person": ("人员", "a person"),
    "department": ("部门", "a department"), "record": ("记录", "a record"),
    "list": ("列表", "a list"), "blank": ("空值", "blank"), "any": ("任意值", "anything"),
}  # fmt: skip


def list_of(item: Type) -> Type:
    return Type("list", sealed=item.sealed, of=item.plain())


def record_of(app: str, form: str) -> Type:
    return Type("record", app=app, form=form)


def type_label(*types: Type) -> Mapping[str, str]:
    """What people call these types, in zh and en, for the words of a problem."""
    names = list(dict.fromkeys(_type_names(type_) for type_ in types))
    return {"zh": "或".join(zh for zh, _ in names), "en": " or ".join(en for _, en in names)}


def _type_names(type_: Type) -> tuple[str, str]:
    zh, en = _NAMES[type_.kind]
    if type_.kind == "list" and type_.of and type_.of.kind not in _OPEN:
        inner_zh, inner_en = _NAMES[type_.of.kind]
        return f"{inner_zh}{zh}", f"{en} of {inner_en.removeprefix('a ')}"
    return zh, en


def accepts(expected: Type, actual: Type) -> bool:
    """May a value of `actual` stand where `expected` is asked for? Sealing is checked elsewhere."""
    if expected.kind == actual.kind:
        return expected.kind != "list" or accepts(expected.of or ANY, actual.of or ANY)
    kinds = {expected.kind, actual.kind}
    return bool(kinds & _OPEN) or kinds == _MOMENTS or ("text" in kinds and bool(kinds & IDENTIFIERS))


def unify(types: Iterable[Type]) -> Type | None:
    """The one type that branches of these types have together; None when they do not fit."""
    found = BLANK
    for type_ in types:
        joined = _join(found, type_)
        if joined is None:
            return None
        found = joined.seal(found.sealed or type_.sealed)
    return found


def common_type(*types: Type) -> Type:
    """The type that values of these types (or of lists of them) have together; BadValue when none."""
    found = unify(type_.item if type_.kind == "list" else type_ for type_ in types)
    if found is None:
        raise BadValue("expression.branches", found=type_label(*types))
    return found


def _join(left: Type, right: Type) -> Type | None:
    if left.kind == "blank" or right.kind == "any":
        return right
    if right.kind == "blank" or left.kind == "any":
        return left
    if left.kind == right.kind == "list":
        inner = _join(left.of or ANY, right.of or ANY)
        return Type("list", of=inner or ANY)
    if left.kind == right.kind:
        return left if (left.app, left.form) == (right.app, right.form) else Type(left.kind)
    kinds = {left.kind, right.kind}
    return TEXT if "text" in kinds and kinds & IDENTIFIERS else None
