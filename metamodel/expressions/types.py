"""Types of the expression language. `sealed` is part of a type and spreads."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

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
        return replace(self, sealed=self.sealed or sealed)

    def plain(self) -> Type:
        return replace(self, sealed=False)

    def __str__(self) -> str:
        inner = f" of {self.of}" if self.of else ""
        return f"{'sealed ' if self.sealed else ''}{self.kind}{inner}"


TEXT, NUMBER, BOOLEAN = Type("text"), Type("number"), Type("boolean")
DATE, DATETIME, DURATION = Type("date"), Type("datetime"), Type("duration")
PERSON, DEPARTMENT = Type("person"), Type("department")
BLANK, ANY = Type("blank"), Type("any")


def list_of(item: Type) -> Type:
    return Type("list", sealed=item.sealed, of=item.plain())


def record_of(app: str, form: str) -> Type:
    return Type("record", app=app, form=form)
