"""The published JSON Schema (2020-12), and the validators made of it.

`schema(registry)` is the whole shape in one document, for editors and other tools:
the core, and the options of every registered plugin tied to the name they belong to.
Loading validates in two steps that amount to the same and cost less: the core for the
whole document, then each part's options by its own plugin's schema.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any
from weakref import WeakKeyDictionary

import msgspec
from jsonschema import Draft202012Validator

from metamodel.core_schema import DEFINITIONS, DOCUMENT, TEXT, Schema, one_of
from metamodel.plugin_api import OptionsType, Registry

DIALECT = "https://json-schema.org/draft/2020-12/schema"

_options_validators: WeakKeyDictionary[OptionsType, Draft202012Validator] = WeakKeyDictionary()


# definitions whose objects may hold objects of the same
NESTING = ("field", "block")

# kind of plugin -> (definition that names it, the key of the name, the key of its options: '' beside it)
PLACES: dict[str, tuple[str, str, str]] = {
    "field": ("field", "type", "options"),
    "trigger": ("when", "trigger", ""),
    "action": ("action", "action", "with"),
    "connector": ("channel", "connector", "options"),
    "node": ("node", "type", "options"),
    "widget": ("widget", "type", "options"),
}


def schema(registry: Registry) -> Schema:
    """The published schema: what `muniment schema` prints."""
    options = [plugin.Options for kind in PLACES for plugin in registry.all(kind).values()]
    _, components = msgspec.json.schema_components(options, ref_template="#/$defs/options.{name}")
    definitions = {**DEFINITIONS, **{f"options.{name}": made for name, made in components.items()}}
    for kind, (definition, name_key, options_key) in PLACES.items():
        shapes = {name: options_shape(plugin.Options) for name, plugin in registry.all(kind).items()}
        definitions[definition] = _tied(definitions[definition], shapes, name_key, options_key)
    return {"$schema": DIALECT, "title": "Muniment application", **DOCUMENT, "$defs": definitions}


def _tied(definition: Schema, shapes: Mapping[str, Schema], name_key: str, options_key: str) -> Schema:
    """`definition`, its name one of the registered, its options shaped as that name wants."""
    if not shapes:
        return definition
    properties = {**definition["properties"], name_key: one_of(*shapes)}
    cases = [_case(name, name_key, options_key, shape) for name, shape in shapes.items()]
    return {**definition, "properties": properties, "allOf": cases}


def _case(name: str, name_key: str, options_key: str, options: Schema) -> Schema:
    named = {"properties": {name_key: {"const": name}}, "required": [name_key]}
    if options_key:
        then: Schema = {"properties": {options_key: options}}
        if options.get("required"):
            then["required"] = [options_key]
    else:
        then = {**options, "properties": {**options.get("properties", {}), name_key: TEXT}}
    return {"if": named, "then": then}


@cache
def core_validator() -> Draft202012Validator:
    """The core with its definitions written out where they are used: looking each up costs more
    than validating by it. Only what may hold its like (a field, a block) is still referred to."""
    nested = {name: _written_out(DEFINITIONS[name]) for name in NESTING}
    return Draft202012Validator({**_written_out(DOCUMENT), "$defs": nested})


def _written_out(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_written_out(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    name = str(schema.get("$ref", "")).removeprefix("#/$defs/")
    if name in DEFINITIONS and name not in NESTING:
        return _written_out(DEFINITIONS[name])
    return {key: _written_out(value) for key, value in schema.items()}


def options_validator(options: OptionsType) -> Draft202012Validator:
    """Made once for each Options class, and gone with it."""
    known = _options_validators.get(options)
    if known is None:
        known = _options_validators[options] = Draft202012Validator(msgspec.json.schema(options))
    return known


def options_shape(options: OptionsType) -> Schema:
    """The object schema of an Options class; what it refers to stands under the published names."""
    references, components = msgspec.json.schema_components([options], ref_template="#/$defs/options.{name}")
    return dict(components[references[0]["$ref"].removeprefix("#/$defs/options.")])
