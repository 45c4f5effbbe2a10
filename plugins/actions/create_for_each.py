"""A record for each of several: people who are to confirm something, say. Who has one already gets no second."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

from metamodel.plugin_api import (
    Action,
    Effect,
    FindOrCreate as FindOrCreateEffect,
    Options,
    Registry,
    Writing,
    labelled,
)
from plugins.actions.assignments import TEXTS, Assignments, Target, items_of

if TYPE_CHECKING:
    from metamodel.plugin_api import ActionScope, Problem, Subject


class CreateForEachOptions(Options, frozen=True):
    each: Annotated[str, labelled("对每一个（公式，结果是列表）", "For each of (expression, a list)")]
    form: Annotated[str, labelled("表单", "Form")]
    field: Annotated[str, labelled("这一个写入其字段", "Its field for that one")]
    app: Annotated[str, labelled("应用（空为本应用）", "App (blank: this one)")] = ""
    match: Annotated[
        Assignments, labelled("已有这些值的不再新建", "None is made where these stand already")
    ] = {}
    values: Annotated[Assignments, labelled("新建时的值", "Values when created")] = {}


class CreateForEach(Action):
    name = "create_for_each"
    label = {"zh": "为每一个新建记录", "en": "Create a record for each"}
    icon = "plus"
    doc = {
        "zh": "为列表里的每一个（例如每位在职人员）各新建一条记录，已有的不重复",
        "en": "Creates a record for each of a list, everybody who works here say; none twice",
    }
    texts = TEXTS
    Options = CreateForEachOptions

    def check_options(self, options: CreateForEachOptions, scope: ActionScope) -> list[Problem]:
        target = Target(scope, options.app, options.form)
        return [
            *target.check_form(options.form, "/form"),
            *target.check_field(options.field, "/field"),
            *target.check_keys(options.match, "/match"),
            *target.check_values(options.values, "/values"),
            *scope.check_expression(options.each, "/each", plain=True),
        ]

    def plan(self, options: CreateForEachOptions, subject: Subject) -> list[Effect]:
        match, values = subject.evaluate_all(options.match), subject.evaluate_all(options.values)
        app = options.app or subject.app
        each = dict.fromkeys(items_of(subject.evaluate(options.each)))
        return [
            FindOrCreateEffect(app, options.form, match={options.field: item, **match}, create=values)
            for item in each
        ]

    def keys(self, options: CreateForEachOptions) -> Sequence[tuple[str, str, str]]:
        return [(options.app, options.form, field) for field in (options.field, *options.match)]

    def writes(self, options: CreateForEachOptions) -> Sequence[Writing]:
        made = {**options.match, **options.values, options.field: ""}
        match = {**options.match, options.field: options.each}
        return [Writing("new", made, options.app, options.form, match=match)]


def register(registry: Registry) -> None:
    registry.add(CreateForEach())
