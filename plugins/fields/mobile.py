"""Mobile numbers."""

from __future__ import annotations

from metamodel.plugin_api import Registry
from plugins.fields.preset import Preset, digits
from plugins.patterns.numbers import MOBILE


def register(registry: Registry) -> None:
    registry.add(
        Preset(
            "mobile",
            "手机号码",
            "Mobile number",
            "phone",
            r"1[3-9][0-9]{9}|\+[1-9][0-9]{6,14}",
            digits,
            (("199 0000 1234", "19900001234"), ("+86-19900001234", "19900001234")),
            ("电话", "手机", "cell"),
            MOBILE,
        )
    )
