"""Passport numbers."""

from __future__ import annotations

from metamodel.plugin_api import Registry
from plugins.fields.preset import Preset, capitals
from plugins.patterns.numbers import PASSPORT


def register(registry: Registry) -> None:
    registry.add(
        Preset(
            "passport",
            "护照号",
            "Passport number",
            "card",
            r"[A-Z]{1,2}[0-9]{6,9}",
            capitals,
            (("e12345678", "E12345678"),),
            ("证件",),
            PASSPORT,
        )
    )
