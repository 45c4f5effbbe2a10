"""Landline numbers."""

from __future__ import annotations

from metamodel.plugin_api import Registry
from plugins.fields.preset import Preset, no_blanks
from plugins.patterns.numbers import LANDLINE


def register(registry: Registry) -> None:
    registry.add(
        Preset(
            "landline",
            "座机号码",
            "Landline number",
            "phone",
            r"(\(?0[0-9]{2,3}\)?-?)?[0-9]{7,8}(-[0-9]{1,6})?",
            no_blanks,
            (("010 - 12345678", "010-12345678"),),
            ("电话", "固话", "phone"),
            LANDLINE,
        )
    )
