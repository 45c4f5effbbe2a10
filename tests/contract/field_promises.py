"""What every field type promises, for ours and for anybody's."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import msgspec

from engine.plugin_loader import load_registry
from engine.values import decode, encode, from_bytes, to_bytes
from metamodel.application import App
from metamodel.formats import current_options
from metamodel.forms import FieldDefinition, Form
from metamodel.plugin_api import Field, Registry

REGISTRY = load_registry()
TYPES: Mapping[str, Field] = REGISTRY.all("field")


def define(name: str, options: Mapping[str, Any] | None = None, **more: Any) -> FieldDefinition:
    type_ = TYPES[name]
    wanted = type_.example_options if options is None else options
    return FieldDefinition(
        "it", name, type_, {"zh": "字段", "en": "Field"}, msgspec.convert(wanted, type_.Options), **more
    )


def example_app(field: FieldDefinition) -> App:
    """A form `note` with a title, a link to itself and the field: what `example_options` may name."""
    title, parent = define("text"), define("link", {"form": "note"})
    named = [_named(title, "title"), _named(parent, "parent"), field]
    return App("example", "Example", forms=(Form("note", "Note", fields=tuple(named)),))


def _named(field: FieldDefinition, identifier: str) -> FieldDefinition:
    return FieldDefinition(identifier, field.type_name, field.type, field.label, field.options)


def old_options_are_brought_up(type_: Field) -> None:
    """Of every older version a sample is kept, and a document with it becomes what today's options are."""
    versions = {version for version, _, _ in type_.old_options}
    assert versions == set(range(1, type_.options_version)), "keep a sample of every older version"
    registry = Registry()
    registry.add(type_)
    for version, old, now in type_.old_options:
        written = {"id": "it", "type": type_.name, "options": old, "options_version": version}
        read = current_options({"forms": [{"fields": [written]}]}, registry)["forms"][0]["fields"][0]
        assert (read["options"], read["options_version"]) == (now, type_.options_version)
        field = FieldDefinition("it", type_.name, type_, "", msgspec.convert(read["options"], type_.Options))
        assert [p for p in type_.check_options(field, example_app(field)) if p.severity == "error"] == []


def survives(value: Any, field: FieldDefinition) -> None:
    """Through JSON text, the plain column and the sealed column, and back the same."""
    assert field.type is not None
    sent = json.loads(json.dumps(field.type.to_json(value, field)))
    assert same(field.type.parse(sent, field), value)
    stored = encode(value, field)
    if stored is not None:
        assert same(decode(stored, field), value)
        assert same(decode(from_bytes(to_bytes(stored), field), field), value)


def same(one: Any, other: Any) -> bool:
    exact = str(one) == str(other) if isinstance(one, Decimal) else True
    return bool(one == other) and type(one) is type(other) and exact
