"""Add tags to the record that set off the rule, or to one it links to; what is there stays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

from metamodel.plugin_api import (
    Action,
    AddTags as AddTagsEffect,
    Effect,
    Options,
    Registry,
    Writing,
    labelled,
    problem,
)
from plugins.actions.assignments import TEXTS, own_record
from plugins.actions.linked import linked_record, linked_target

if TYPE_CHECKING:
    from metamodel.plugin_api import ActionScope, Problem, Subject


class AddTagsOptions(Options, frozen=True):
    tags: Annotated[tuple[str, ...], labelled("标签", "Tags", min_length=1)]
    field: Annotated[str, labelled("标签字段", "Field of the tags")] = "tags"
    of: Annotated[tuple[str, ...], labelled("还加到这些关联记录", "Also to the records linked by")] = ()


class AddTags(Action):
    name = "add_tags"
    label = {"zh": "加标签", "en": "Add tags"}
    icon = "tag"
    doc = {"zh": "给本记录及其关联记录加标签", "en": "Adds tags to this record and to those it links to"}
    texts = TEXTS
    Options = AddTagsOptions

    def check_options(self, options: AddTagsOptions, scope: ActionScope) -> list[Problem]:
        if not scope.form:
            return [problem("rule.needs_record")]
        own = own_record(scope)
        found = own.check_list(options.field, "/field")
        for number, link in enumerate(options.of):
            found += own.check_link(link, f"/of/{number}")
            target = linked_target(scope, link)
            found += target.check_list(options.field, "/field") if target else []
        return found

    def plan(self, options: AddTagsOptions, subject: Subject) -> list[Effect]:
        places = [linked_record(subject, link) for link in ("", *options.of)]
        return [AddTagsEffect(*place, options.field, options.tags) for place in places if place is not None]

    def writes(self, options: AddTagsOptions) -> Sequence[Writing]:
        tags = {options.field: "[]"}
        linked = [Writing("linked", tags, link=link, joins=True) for link in options.of]
        return [Writing("own", tags, joins=True), *linked]


def register(registry: Registry) -> None:
    registry.add(AddTags())
