"""A record of a form was created: by a person, an import, a channel or another rule."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from metamodel.plugin_api import Options, Registry, Trigger, labelled


class RecordCreatedOptions(Options, frozen=True):
    form: Annotated[str, labelled("表单", "Form")]


class RecordCreated(Trigger):
    name = "record_created"
    label = {"zh": "新增记录", "en": "Record created"}
    icon = "plus"
    doc = {"zh": "某个表单新增了一条记录", "en": "A record of a form was created"}
    event = "record_created"
    Options = RecordCreatedOptions

    def matches(self, options: RecordCreatedOptions, event: Mapping[str, Any]) -> bool:
        return bool(options.form == event["form"])


def register(registry: Registry) -> None:
    registry.add(RecordCreated())
