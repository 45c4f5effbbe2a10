"""Identity card numbers, with their check digit."""

from __future__ import annotations

from metamodel.plugin_api import Registry
from plugins.fields.preset import Preset, capitals
from plugins.patterns.numbers import ID_CARD


def register(registry: Registry) -> None:
    registry.add(
        Preset(
            "id_card",
            "身份证号",
            "Identity card number",
            "card",
            r"[1-9][0-9]{16}[0-9X]",
            capitals,
            (("110105 19491231 002x", "11010519491231002X"),),
            ("证件", "身份证", "identity"),
            ID_CARD,
            ID_CARD.is_one,
        )
    )
