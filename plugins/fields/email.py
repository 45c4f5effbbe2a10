"""E-mail addresses."""

from __future__ import annotations

from metamodel.plugin_api import Registry
from plugins.fields.preset import Preset
from plugins.patterns.words import EMAIL


def register(registry: Registry) -> None:
    registry.add(
        Preset(
            "email",
            "电子邮箱",
            "E-mail address",
            "mail",
            r"[^@\s<>,;]{1,64}@[^@\s<>,;]+\.[^@\s<>,;.]+",
            str.strip,
            ((" Zhou＠example.com", "Zhou@example.com"),),
            ("邮件", "邮箱", "mail"),
            EMAIL,
        )
    )
