"""Number plates."""

from __future__ import annotations

from metamodel.plugin_api import Registry
from plugins.fields.preset import Preset, capitals
from plugins.patterns.numbers import PLATE, PLATE_FORM


def register(registry: Registry) -> None:
    registry.add(
        Preset(
            "plate",
            "车牌号",
            "Number plate",
            "tag",
            PLATE_FORM,
            capitals,
            (("苏e·8k21q", "苏E8K21Q"), ("沪A D12345", "沪AD12345")),
            ("汽车", "车辆", "car"),
            PLATE,
        )
    )
