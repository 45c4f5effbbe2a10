"""Unified social credit codes, with their check sign."""

from __future__ import annotations

from metamodel.plugin_api import Registry
from plugins.fields.business_codes import is_credit_code
from plugins.fields.preset import Preset, capitals


def register(registry: Registry) -> None:
    registry.add(
        Preset(
            "credit_code",
            "统一社会信用代码",
            "Unified social credit code",
            "building",
            r"[0-9A-HJ-NP-RT-UW-Y]{2}[0-9]{6}[0-9A-HJ-NP-RT-UW-Y]{10}",
            capitals,
            (("91350100 m000100y43", "91350100M000100Y43"),),
            ("税号", "营业执照", "企业"),
            None,
            is_credit_code,
        )
    )
