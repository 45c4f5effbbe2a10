"""The life of an application behind one object: what `runtime.life` is."""

from __future__ import annotations

from dataclasses import dataclass

from engine.designing.bindings import Bindings
from engine.designing.impact import Impacts
from engine.designing.starting import Starting
from engine.designing.versions import Versions


@dataclass(frozen=True, slots=True)
class Life:
    starting: Starting
    versions: Versions
    impacts: Impacts
    bindings: Bindings
