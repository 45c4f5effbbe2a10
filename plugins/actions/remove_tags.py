"""Take tags off the record that set off the rule, or off one it links to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from metamodel.plugin_api import Effect, Registry, RemoveTags as RemoveTagsEffect
from plugins.actions.add_tags import AddTags, AddTagsOptions
from plugins.actions.linked import linked_record

if TYPE_CHECKING:
    from metamodel.plugin_api import Subject


class RemoveTagsOptions(AddTagsOptions, frozen=True):
    """As when adding."""


class RemoveTags(AddTags):
    name = "remove_tags"
    label = {"zh": "去掉标签", "en": "Remove tags"}
    icon = "tag"
    doc = {"zh": "去掉本记录及其关联记录的标签", "en": "Takes tags off this record and those it links to"}
    Options = RemoveTagsOptions

    def plan(self, options: AddTagsOptions, subject: Subject) -> list[Effect]:
        places = [linked_record(subject, link) for link in ("", *options.of)]
        return [
            RemoveTagsEffect(*place, options.field, options.tags) for place in places if place is not None
        ]


def register(registry: Registry) -> None:
    registry.add(RemoveTags())
