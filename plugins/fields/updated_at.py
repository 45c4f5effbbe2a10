"""When a record was changed last, as a field."""

from __future__ import annotations

from metamodel.plugin_api import Registry
from plugins.fields.record_head import HeadMoment


def register(registry: Registry) -> None:
    registry.add(
        HeadMoment(
            registry,
            "updated_at",
            {"zh": "最后修改时间", "en": "Changed at"},
            {"zh": "最后一次改动", "en": "The last change"},
        )
    )
