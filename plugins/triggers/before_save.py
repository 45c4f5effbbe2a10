"""A record is about to be saved, new or changed: its fields may still be set, or it may be refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from metamodel.plugin_api import Options, Registry, Trigger, labelled


class BeforeSaveOptions(Options, frozen=True):
    form: Annotated[str, labelled("表单", "Form")]


class BeforeSave(Trigger):
    name = "before_save"
    label = {"zh": "保存之前", "en": "Before saving"}
    icon = "shield"
    doc = {
        "zh": "记录保存之前：可以补全它的字段，或拒绝保存",
        "en": "Before a record is saved: its fields may be completed, or saving refused",
    }
    event = "before_save"
    before_save = True
    Options = BeforeSaveOptions

    def matches(self, options: BeforeSaveOptions, event: Mapping[str, Any]) -> bool:
        return bool(options.form == event["form"])


def register(registry: Registry) -> None:
    registry.add(BeforeSave())
