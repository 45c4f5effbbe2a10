"""Part: an object of a document, read without trusting it.

Whoever builds the frozen types asks a Part for what it needs; what is missing or of
the wrong shape comes back as the default, since the JSON Schema has already told of it.
A Part knows its JSON Pointer, so that everything built from it knows where it stands.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from metamodel.labels import Label, is_label
from metamodel.problems import pointer


@dataclass(frozen=True, slots=True)
class Part:
    raw: Mapping[str, Any]
    path: str = ""

    @property
    def id(self) -> str:
        return self.text("id")

    def text(self, key: str, default: str = "") -> str:
        value = self.raw.get(key)
        return value if isinstance(value, str) else default

    def label(self, key: str = "label") -> Label:
        value = self.raw.get(key)
        return value if is_label(value) and value is not None else ""

    def flag(self, key: str, default: bool = False) -> bool:
        value = self.raw.get(key)
        return value if isinstance(value, bool) else default

    def integer(self, key: str, default: int = 0) -> int:
        value = self.raw.get(key)
        return value if isinstance(value, int) and not isinstance(value, bool) else default

    def texts(self, key: str) -> tuple[str, ...]:
        return tuple(item for item in self.items(key) if isinstance(item, str))

    def mapping(self, key: str) -> Mapping[str, Any]:
        value = self.raw.get(key)
        return value if isinstance(value, dict) else {}

    def text_mapping(self, key: str) -> dict[str, str]:
        return {name: text for name, text in self.mapping(key).items() if isinstance(text, str)}

    def part(self, key: str) -> Part:
        return Part(self.mapping(key), self.path + pointer(key))

    def parts(self, key: str) -> list[Part]:
        """The objects of the list `key`; what is no object is left out."""
        items = enumerate(self.items(key))
        return [
            Part(item, self.path + pointer(key, number)) for number, item in items if isinstance(item, dict)
        ]

    def named_parts(self, key: str) -> dict[str, Part]:
        """The objects of the mapping `key` by their names."""
        inside = self.part(key)
        return {name: inside.part(name) for name, item in inside.raw.items() if isinstance(item, dict)}

    def where(self, key: str) -> str:
        """The pointer of `key`, or of this part when it has none."""
        return self.path + pointer(key) if key in self.raw else self.path

    def items(self, key: str) -> list[Any]:
        """The list `key`, whatever is in it."""
        value = self.raw.get(key)
        return value if isinstance(value, list) else []
