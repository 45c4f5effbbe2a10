"""A record of a form was deleted: it goes into the recycle bin, from which it may come back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from metamodel.plugin_api import Options, Registry, Trigger, labelled


class RecordDeletedOptions(Options, frozen=True):
    form: Annotated[str, labelled("表单", "Form")]


class RecordDeleted(Trigger):
    name = "record_deleted"
    label = {"zh": "删除记录", "en": "Record deleted"}
    icon = "trash"
    doc = {
        "zh": "某个表单的一条记录被删除，进了回收站",
        "en": "A record of a form was deleted, into the recycle bin",
    }
    event = "record_deleted"
    Options = RecordDeletedOptions

    def matches(self, options: RecordDeletedOptions, event: Mapping[str, Any]) -> bool:
        return bool(options.form == event["form"])


def register(registry: Registry) -> None:
    registry.add(RecordDeleted())
