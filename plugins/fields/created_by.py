"""Who made a record, as a field."""

from __future__ import annotations

from metamodel.plugin_api import Registry
from plugins.fields.record_head import HeadPerson


def register(registry: Registry) -> None:
    registry.add(
        HeadPerson(
            "created_by",
            {"zh": "创建人", "en": "Created by"},
            {"zh": "谁建的记录", "en": "Who made the record"},
        )
    )
