"""When a record was made, as a field."""

from __future__ import annotations

from metamodel.plugin_api import Registry
from plugins.fields.record_head import HeadMoment


def register(registry: Registry) -> None:
    registry.add(
        HeadMoment(
            registry,
            "created_at",
            {"zh": "创建时间", "en": "Created at"},
            {"zh": "何时建的记录", "en": "When it was made"},
        )
    )
