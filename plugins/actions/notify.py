"""Tell people: in the house, and by mail unless it says otherwise. Nothing sealed leaves in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from metamodel.plugin_api import Action, Effect, Notify as NotifyEffect, Options, Registry, labelled
from plugins.actions.about import (
    ABOUT_TEXTS,
    AboutOption,
    Several,
    Words,
    about,
    check_about,
    check_once,
    once_key,
)

if TYPE_CHECKING:
    from metamodel.plugin_api import ActionScope, Problem, Subject


class NotifyOptions(Options, frozen=True):
    to: Annotated[Several, labelled("通知谁", "Whom")]
    title: Annotated[Words, labelled("标题", "Title")]
    body: Annotated[Words, labelled("正文", "Text")] = ""
    of: AboutOption = ""
    once_per: Annotated[
        Several, labelled("每个什么只通知一次（看过也不再通知）", "Once for each, read or not")
    ] = ""
    mail: Annotated[bool, labelled("同时发邮件", "By mail too")] = True


class Notify(Action):
    name = "notify"
    label = {"zh": "发通知", "en": "Notify"}
    icon = "bell"
    doc = {"zh": "通知某些人，可同时发邮件", "en": "Tells people, by mail too if you like"}
    texts = ABOUT_TEXTS
    Options = NotifyOptions

    def check_options(self, options: NotifyOptions, scope: ActionScope) -> list[Problem]:
        return [
            *scope.check_recipients(options.to, "/to"),
            *scope.check_template(options.title, "/title"),
            *scope.check_template(options.body, "/body", plain=False),
            *check_about(scope, options.of, "/of"),
            *check_once(scope, options.once_per, "/once_per"),
        ]

    def plan(self, options: NotifyOptions, subject: Subject) -> list[Effect]:
        to = subject.people(options.to)
        return [
            NotifyEffect(
                *about(subject, options.of),
                to,
                subject.written(options.title),
                subject.written(options.body),
                once_key(subject, options.once_per, to),
                options.mail,
                subject.quoted(options.body),
            )
        ]


def register(registry: Registry) -> None:
    registry.add(Notify())
