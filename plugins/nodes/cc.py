"""Others are told; nobody is asked anything."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

from metamodel.plugin_api import Do, Label, Node, NodeStep, Notify, Options, Pass, Registry, labelled

if TYPE_CHECKING:
    from metamodel.plugin_api import ActionScope, Problem, Visit


class CcOptions(Options, frozen=True):
    to: Annotated[tuple[str, ...], labelled("抄送给", "To", min_length=1)]
    title: Annotated[Label, labelled("标题", "Title")]
    body: Annotated[Label, labelled("内容", "Text")] = ""
    mail: Annotated[bool, labelled("也发邮件", "By mail too")] = True


class Cc(Node):
    name = "cc"
    label = {"zh": "抄送", "en": "Copy"}
    icon = "mail"
    doc = {"zh": "告知有关的人，不等待", "en": "Tells people and goes on"}
    Options = CcOptions
    example_options = {"to": ["field:applicant"], "title": "{number}"}

    def check_options(self, options: CcOptions, scope: ActionScope) -> list[Problem]:
        return [
            *scope.check_recipients(options.to, "/to"),
            *scope.check_template(options.title, "/title"),
            *(scope.check_template(options.body, "/body") if options.body else ()),
        ]

    def enter(self, options: CcOptions, visit: Visit) -> Sequence[NodeStep]:
        effect = Notify(
            visit.app, visit.form, visit.record, tuple(visit.people(options.to)),
            visit.written(options.title), visit.written(options.body) if options.body else "",
            mail=options.mail,
        )  # fmt: skip
        return [Do((effect,)), Pass()]


def register(registry: Registry) -> None:
    registry.add(Cc())
