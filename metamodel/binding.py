"""Binder: joins the names in a document to the registered plugins and reads their options.

An unknown name becomes a placeholder (None), options that cannot be read become None;
both leave a Problem. One Binder is made for each load and gathers what it finds.
"""

from __future__ import annotations

from typing import Any

import msgspec

from metamodel.parts import Part
from metamodel.plugin_api import Options, OptionsType, Registry
from metamodel.problems import Problem, pointer, problem
from metamodel.shape import check_options_shape, nearest


class Binder:
    def __init__(self, registry: Registry) -> None:
        self.registry = registry
        self.problems: list[Problem] = []

    def bind(self, kind: str, part: Part, name_key: str, options_key: str = "") -> tuple[Any, Any]:
        """The plugin that `part` names under `name_key`, and its options; without `options_key`
        they stand beside the name."""
        name = part.text(name_key)
        plugin = self.registry.get(kind, name)
        if plugin is None:
            if name:
                self._unknown(kind, name, part.path + pointer(name_key))
            return None, None
        if options_key:
            raw, path = part.raw.get(options_key, {}), part.where(options_key)
        else:
            raw, path = {key: value for key, value in part.raw.items() if key != name_key}, part.path
        return plugin, self._options(plugin.Options, raw, path)

    def named(self, kind: str, name: str, path: str) -> Any | None:
        """A plugin without options of its own."""
        plugin = self.registry.get(kind, name)
        if plugin is None:
            self._unknown(kind, name, path)
        return plugin

    def _unknown(self, kind: str, name: str, path: str) -> None:
        known = nearest(name, self.registry.all(kind))
        self.problems.append(problem(f"{kind}.unknown_type", path, name=name, known=known))

    def _options(self, options: OptionsType, raw: Any, path: str) -> Options | None:
        if not isinstance(raw, dict):
            return None  # told by the core schema
        try:
            return msgspec.convert(raw, options)
        except msgspec.ValidationError as error:  # its first mistake; the schema tells them all
            self.problems += check_options_shape(options, raw, path) or [_unreadable(error, path)]
            return None


def _unreadable(error: msgspec.ValidationError, path: str) -> Problem:
    text, _, where = str(error).partition(" - at `$")
    return problem("options.unreadable", path + _pointer_of(where), text=text)


def _pointer_of(where: str) -> str:
    """msgspec's `.choices[0].value` as a JSON Pointer; a mapping's `[...]` ends it."""
    inside = where.rstrip("`").partition("[...]")[0]
    return inside.replace("[", "/").replace("]", "").replace(".", "/")
