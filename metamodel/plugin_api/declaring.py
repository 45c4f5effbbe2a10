"""What every declaration has: a name, labels, typed options."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, TypeVar

import msgspec

from metamodel.labels import Label, label_text
from metamodel.problems import Texts

if TYPE_CHECKING:
    from metamodel.forms import FieldDefinition


class Options(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Base of every plugin's typed options.

    The JSON Schema and the property panel are made from the annotations; give a
    property its words with
    `Annotated[int, msgspec.Meta(ge=0, extra={"label": {"zh": "小数位", "en": "Decimals"}})]`.
    """


class Choice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One thing to choose. A `hidden` one stays readable and is not offered any more; `condition` (in the
    document: `if`) is an expression over the record, and it is offered while that holds. One that was merged
    `into` another (its value) is read and written as that one."""

    value: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    label: str | dict[str, str] = ""  # blank: the value itself
    color: str = ""
    hidden: bool = False
    into: str = ""
    condition: str = msgspec.field(default="", name="if")

    def text(self, language: str = "zh") -> str:
        return label_text(self.label, language, self.value)


OptionsType = type[Options]
PythonClass = type[Any]
Examples = tuple[tuple[Any, Any], ...]
AnyOptions = TypeVar("AnyOptions", bound=Options)


def options_of(field: FieldDefinition, kind: type[AnyOptions]) -> AnyOptions:
    """The field's options, known to be `kind`'s."""
    assert isinstance(field.options, kind), field.id
    return field.options


def bilingual(zh: str, en: str) -> Mapping[str, str]:
    """A label in both languages of the house."""
    return {"zh": zh, "en": en}


class Plugin:
    """What all declarations have: a unique `name` within their kind and a label in zh and en."""

    kind: ClassVar[str]
    name: str
    label: Label
    icon: str = ""
    doc: Label = ""
    texts: ClassVar[Mapping[str, Texts]] = {}  # problem codes of its own
