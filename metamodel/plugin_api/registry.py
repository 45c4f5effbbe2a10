"""The door: all plugins by kind and name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from metamodel.plugin_api.declaring import Plugin
from metamodel.problems import Problem, register_texts

KINDS = ("field", "function", "trigger", "action", "node", "connector", "widget", "analyzer", "pattern")


class Registry:
    """All plugins by kind and name. Built once by the loader and passed to whoever needs it."""

    def __init__(self) -> None:
        self._plugins: dict[str, dict[str, Any]] = {kind: {} for kind in KINDS}
        self._sources: dict[tuple[str, str], str] = {}
        self.source = "muniment"  # who is registering now; set by the loader
        self.zone: tzinfo = ZoneInfo("Asia/Shanghai")  # the organisation's; times without an offset mean it
        self.problems: list[Problem] = []  # plugins that failed to load

    def add(self, *plugins: Plugin) -> None:
        for plugin in plugins:
            known = self._plugins[plugin.kind]
            if plugin.name in known:
                raise ValueError(f"{plugin.kind} {plugin.name} is registered twice")
            register_texts(plugin.texts)
            known[plugin.name] = plugin
            self._sources[plugin.kind, plugin.name] = self.source

    @contextmanager
    def temporarily(self, *plugins: Plugin) -> Iterator[None]:
        """For tests: these plugins, and none of them afterwards."""
        self.add(*plugins)
        try:
            yield
        finally:
            for plugin in plugins:
                del self._plugins[plugin.kind][plugin.name]

    def get(self, kind: str, name: str) -> Any | None:
        return self._plugins[kind].get(name)

    def all(self, kind: str) -> Mapping[str, Any]:
        return self._plugins[kind]

    def source_of(self, kind: str, name: str) -> str:
        return self._sources[kind, name]
