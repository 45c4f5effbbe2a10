"""Presets: periods that laws name, each with its source. Nobody is advised by them: ask your lawyer.

`presets.json` beside this file is ours; `retention_presets.json` in the data directory takes its place.
"""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import Literal

import msgspec

from metamodel.labels import Label, label_text
from metamodel.problems import Rejected, problem

OWN = "retention_presets.json"


class Preset(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A rule's figures to begin with, and where they come from."""

    id: str
    label: str | dict[str, str]
    source: str | dict[str, str]
    keep: str = ""
    at_most: str = ""
    then: Literal["", "shred", "store_only"] = "shred"

    def text(self, language: str) -> str:
        return label_text(self.label, language, self.id)

    def source_text(self, language: str) -> str:
        label: Label = self.source
        return label_text(label, language)


def presets(data: Path) -> list[Preset]:
    """Rejected (retention.presets) for a file of the house's own that cannot be read."""
    own = data / OWN
    if not own.exists():
        return _read(resources.files("engine.retention").joinpath("presets.json").read_bytes())
    try:
        return _read(own.read_bytes())
    except msgspec.DecodeError as error:
        raise Rejected([problem("retention.presets", file=own, reason=error)]) from error


def _read(text: bytes) -> list[Preset]:
    return msgspec.json.decode(text, type=list[Preset])
