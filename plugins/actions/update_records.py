"""Change all records of a form that some values and a condition find; create none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

from metamodel.plugin_api import (
    Action,
    Effect,
    Options,
    Registry,
    Texts,
    UpdateRecords as UpdateRecordsEffect,
    Writing,
    labelled,
    problem,
)
from plugins.actions.assignments import TEXTS, Assignments, Target

if TYPE_CHECKING:
    from metamodel.plugin_api import ActionScope, Problem, Subject


class UpdateRecordsOptions(Options, frozen=True):
    form: Annotated[str, labelled("表单", "Form")]
    match: Annotated[Assignments, labelled("按这些值查找", "Found by")]
    values: Annotated[Assignments, labelled("改成的值", "Values to set")]
    app: Annotated[str, labelled("应用（空为本应用）", "App (blank: this one)")] = ""
    where: Annotated[str, labelled("只在这些记录里找（公式）", "Only among these records (expression)")] = ""


class UpdateRecords(Action):
    name = "update_records"
    label = {"zh": "修改查到的记录", "en": "Change records that are found"}
    icon = "edit"
    doc = {
        "zh": "按若干值找到某个表单的其他记录，全部修改；找不到不新建",
        "en": "Finds other records of a form by some values and changes all of them; creates none",
    }
    texts = {**TEXTS, "rule.nothing_to_match": Texts("请填写按什么查找", "Say by which values to find")}
    Options = UpdateRecordsOptions

    def check_options(self, options: UpdateRecordsOptions, scope: ActionScope) -> list[Problem]:
        target = Target(scope, options.app, options.form)
        found = [
            *target.check_form(options.form, "/form"),
            *target.check_keys(options.match, "/match"),
            *target.check_values(options.values, "/values"),
        ]
        if not options.match:
            found.append(problem("rule.nothing_to_match", "/match"))
        if options.where:
            found += scope.check_rows(options.where, "/where", options.app, options.form)
        return found

    def plan(self, options: UpdateRecordsOptions, subject: Subject) -> list[Effect]:
        match, values = subject.evaluate_all(options.match), subject.evaluate_all(options.values)
        return [UpdateRecordsEffect(options.app or subject.app, options.form, match, values, options.where)]

    def keys(self, options: UpdateRecordsOptions) -> Sequence[tuple[str, str, str]]:
        return [(options.app, options.form, field) for field in options.match]

    def writes(self, options: UpdateRecordsOptions) -> Sequence[Writing]:
        return [Writing("found", options.values, options.app, options.form)]


def register(registry: Registry) -> None:
    registry.add(UpdateRecords())
