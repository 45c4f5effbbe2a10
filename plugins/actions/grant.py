"""Let people read certain rows for certain days. Read-only, for a purpose, and it expires by itself."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Annotated, Any, Literal

from metamodel.plugin_api import (
    Action,
    Effect,
    Grant as GrantEffect,
    Options,
    Registry,
    Texts,
    label_text,
    labelled,
    problem,
)
from plugins.actions.about import Several
from plugins.actions.assignments import TEXTS, Target

if TYPE_CHECKING:
    from metamodel.plugin_api import ActionScope, Problem, Subject

LONGEST = 3660  # days


class GrantOptions(Options, frozen=True):
    to: Annotated[Several, labelled("给谁", "To whom")]
    form: Annotated[str, labelled("查阅哪个表单", "Of which form")]
    where: Annotated[str, labelled("哪些记录（record.x 为本记录的字段）", "Which rows (record.x is ours)")]
    purpose: Annotated[str, labelled("事由", "Purpose")]
    app: Annotated[str, labelled("应用（空为本应用）", "App (blank: this one)")] = ""
    days: Annotated[str, labelled("几天（公式）", "For so many days (expression)")] = ""
    until: Annotated[str, labelled("到何时（公式）", "Until (expression)")] = ""
    reference: Annotated[str, labelled("依据的编号", "Reference")] = ""
    unmask: Annotated[str, labelled("是否显示完整联系方式（公式）", "Unmasked? (expression)")] = ""
    newest: Annotated[
        Literal["asked", "now"], labelled("截至申请时已有的，或现在已有的", "What existed when asked, or now")
    ] = "asked"


class Grant(Action):
    name = "grant"
    label = {"zh": "授权查阅", "en": "Grant reading"}
    icon = "key"
    doc = {
        "zh": "允许某些人在一段时间内查阅某些记录，只读，到期自动失效",
        "en": "Lets people read certain rows for a time, read-only; it expires by itself",
    }
    texts = {
        **TEXTS,
        "rule.no_end": Texts("请填写几天或到何时", "Say for how many days, or until when"),
    }
    Options = GrantOptions

    def check_options(self, options: GrantOptions, scope: ActionScope) -> list[Problem]:
        unknown = Target(scope, options.app, options.form).check_form(options.form, "/form")
        found = [*scope.check_recipients(options.to, "/to"), *unknown]
        if not unknown:
            found += scope.check_rows(options.where, "/where", options.app, options.form)
        if bool(options.days) == bool(options.until):
            found.append(problem("rule.no_end", "/days"))
        for name in ("days", "until"):
            text = getattr(options, name)
            found += scope.check_expression(text, "/" + name) if text else ()
        if options.unmask:
            found += scope.check_condition(options.unmask, "/unmask")
        return [
            *found,
            *scope.check_template(options.purpose, "/purpose"),
            *scope.check_template(options.reference, "/reference"),
        ]

    def plan(self, options: GrantOptions, subject: Subject) -> list[Effect]:
        until = _until(options, subject)
        if until is None:
            return []
        return [
            GrantEffect(
                options.app or subject.app,
                options.form,
                subject.people(options.to),
                subject.inlined(options.where),
                until,
                label_text(subject.written(options.purpose)),
                label_text(subject.written(options.reference)),
                bool(options.unmask and subject.evaluate(options.unmask)),
                options.newest,
                subject.record,
            )
        ]


def _until(options: GrantOptions, subject: Subject) -> datetime | None:
    """A day counts to its end."""
    value: Any = subject.evaluate(options.until or options.days)
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime.combine(value + timedelta(days=1), time(), subject.zone).astimezone(UTC)
    if value is None or options.until or not 0 < value <= LONGEST:
        return None
    now: datetime = subject.evaluate("NOW()")
    return now + timedelta(days=float(value))


def register(registry: Registry) -> None:
    registry.add(Grant())
