"""Others are told; nobody is asked anything."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

from metamodel.plugin_api import (
    Do,
    Label,
    Node,
    NodeStep,
    Notify,
    Options,
    Pass,
    PeopleOfRows,
    Registry,
    labelled,
    pointer,
)
from plugins.actions.assignments import TEXTS, Target

if TYPE_CHECKING:
    from metamodel.plugin_api import ActionScope, Problem, Visit


class Rows(Options, frozen=True):
    form: Annotated[str, labelled("表单", "Form")]
    where: Annotated[str, labelled("哪些记录（record.x 为本记录的字段）", "Which rows (record.x is ours)")]
    field: Annotated[str, labelled("其成员字段", "Their field for people")]
    level: Annotated[int, labelled("往上几级（0 为本人）", "Steps above (0: themselves)", ge=0, le=20)] = 0
    app: Annotated[str, labelled("应用（空为本应用）", "App (blank: this one)")] = ""


class CcOptions(Options, frozen=True):
    to: Annotated[tuple[str, ...], labelled("抄送给", "To", min_length=1)]
    title: Annotated[Label, labelled("标题", "Title")]
    body: Annotated[Label, labelled("内容", "Text")] = ""
    mail: Annotated[bool, labelled("也发邮件", "By mail too")] = True
    rows: Annotated[tuple[Rows, ...], labelled("还有这些记录里的人", "And the people of these rows")] = ()


class Cc(Node):
    name = "cc"
    label = {"zh": "抄送", "en": "Copy"}
    icon = "mail"
    doc = {"zh": "告知有关的人，不等待", "en": "Tells people and goes on"}
    texts = TEXTS
    Options = CcOptions
    example_options = {"to": ["field:applicant"], "title": "{number}"}

    def check_options(self, options: CcOptions, scope: ActionScope) -> list[Problem]:
        return [
            *scope.check_recipients(options.to, "/to"),
            *scope.check_template(options.title, "/title"),
            *(scope.check_template(options.body, "/body") if options.body else ()),
            *(
                p
                for place, rows in enumerate(options.rows)
                for p in _check(rows, scope, pointer("rows", place))
            ),
        ]

    def enter(self, options: CcOptions, visit: Visit) -> Sequence[NodeStep]:
        effect = Notify(
            visit.app, visit.form, visit.record, tuple(visit.people(options.to)),
            visit.written(options.title), visit.written(options.body) if options.body else "",
            mail=options.mail,
            rows=tuple(
                PeopleOfRows(one.app or visit.app, one.form, visit.inlined(one.where), one.field, one.level)
                for one in options.rows
            ),
        )  # fmt: skip
        return [Do((effect,)), Pass()]


def _check(rows: Rows, scope: ActionScope, path: str) -> list[Problem]:
    target = Target(scope, rows.app, rows.form)
    unknown = target.check_form(rows.form, path + "/form")
    if unknown:
        return unknown
    return [
        *scope.check_rows(rows.where, path + "/where", rows.app, rows.form),
        *target.check_people(rows.field, path + "/field"),
    ]


def register(registry: Registry) -> None:
    registry.add(Cc())
