"""Channels: where messages come in, each through one connector."""

from __future__ import annotations

from dataclasses import dataclass

from metamodel.binding import Binder
from metamodel.labels import Label
from metamodel.parts import Part
from metamodel.plugin_api import Connector, Options


@dataclass(frozen=True, slots=True)
class Channel:
    """`connector` is None for a name nobody registered. Secrets are bound per installation, never here."""

    id: str
    label: Label
    connector_name: str
    connector: Connector | None
    options: Options | None
    enabled: bool = True
    path: str = ""


def channel_from_json(part: Part, binder: Binder) -> Channel:
    connector, options = binder.bind("connector", part, "connector", "options")
    enabled = part.flag("enabled", True)
    return Channel(part.id, part.label(), part.text("connector"), connector, options, enabled, part.path)
