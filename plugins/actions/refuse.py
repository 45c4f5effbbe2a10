"""Refuse to save the record, with words that say why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from metamodel.plugin_api import (
    Action,
    Effect,
    Options,
    Refuse as RefuseEffect,
    Registry,
    Texts,
    labelled,
    problem,
)

if TYPE_CHECKING:
    from metamodel.plugin_api import ActionScope, Problem, Subject


class RefuseOptions(Options, frozen=True):
    message: Annotated[str | dict[str, str], labelled("为什么", "Why")]


class Refuse(Action):
    name = "refuse"
    label = {"zh": "拒绝保存", "en": "Refuse"}
    icon = "ban"
    doc = {"zh": "不保存这条记录，并说明原因", "en": "The record is not saved, and people are told why"}
    texts = {
        "rule.refuse_late": Texts(
            "记录已经保存，无法再拒绝",
            "The record is saved already and cannot be refused",
            "把“何时”改成“保存之前”",
            "Make it “before saving”",
        ),
        "rule.refused": Texts("{message}", "{message}"),
    }
    Options = RefuseOptions

    def check_options(self, options: RefuseOptions, scope: ActionScope) -> list[Problem]:
        late = [] if scope.before_save else [problem("rule.refuse_late")]
        return [*late, *scope.check_template(options.message, "/message", plain=False)]

    def allowed_before(self, options: RefuseOptions) -> bool:
        return True

    def plan(self, options: RefuseOptions, subject: Subject) -> list[Effect]:
        return [RefuseEffect(subject.written(options.message))]


def register(registry: Registry) -> None:
    registry.add(Refuse())
