"""Bank card numbers, with their check digit."""

from __future__ import annotations

from metamodel.plugin_api import Registry
from plugins.fields.preset import Preset, digits
from plugins.patterns.numbers import BANK_CARD, is_bank_card


def register(registry: Registry) -> None:
    registry.add(
        Preset(
            "bank_card",
            "银行卡号",
            "Bank card number",
            "card",
            r"[0-9]{13,19}",
            digits,
            (("6222 0200 0000 0000 000", "6222020000000000000"),),
            ("银行账号", "account"),
            BANK_CARD,
            is_bank_card,
        )
    )
