"""Who changed a record last, as a field."""

from __future__ import annotations

from metamodel.plugin_api import Registry
from plugins.fields.record_head import HeadPerson


def register(registry: Registry) -> None:
    registry.add(
        HeadPerson(
            "updated_by",
            {"zh": "最后修改人", "en": "Changed by"},
            {"zh": "谁最后改了记录", "en": "Who changed it last"},
        )
    )
