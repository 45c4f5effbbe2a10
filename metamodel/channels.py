"""Channels: where messages come in, each through one connector."""

from __future__ import annotations

from dataclasses import dataclass

from metamodel.labels import Label
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
