"""Find a record by some values, or create it; link it, update it, grow its lists.

With `span` a record covers a time: a conversation takes in messages until `silence` is exceeded,
then a new one begins.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated

from metamodel.plugin_api import (
    DATETIME,
    Action,
    Effect,
    Filling,
    FindOrCreate as FindOrCreateEffect,
    Options,
    Registry,
    Span,
    Texts,
    Writing,
    labelled,
    problem,
    read_duration,
)
from plugins.actions.assignments import TEXTS, Assignments, Target, items_of, own_record
from plugins.spans import SPAN_TEXTS, check_span

if TYPE_CHECKING:
    from metamodel.plugin_api import ActionScope, Problem, Subject


class PatienceOptions(Options, frozen=True):
    """A question waits longer for its answer than anything else goes on."""

    answers: Annotated[str, labelled("这条是回复吗（公式）", "Is this an answer? (expression)")]
    field: Annotated[str, labelled("待回复起的字段", "Field of since when it waits")]
    silence: Annotated[str, labelled("最久等多久，如 P7D", "It waits at most, like P7D")]
    asks: Annotated[str, labelled("这条要人回复吗（公式）", "Does this ask for an answer? (expression)")] = ""
    since: Annotated[
        str, labelled("最后一条不早于（公式）", "Its last one is no older than (expression)")
    ] = ""


class SpanOptions(Options, frozen=True):
    start: Annotated[str, labelled("开始时间字段", "Field of its start")]
    end: Annotated[str, labelled("最后时间字段", "Field of its end")]
    moment: Annotated[str, labelled("此刻（公式）", "This moment (expression)")]
    silence: Annotated[str, labelled("静默多久另起一条，如 PT4H", "Silence that ends it, like PT4H")]
    waiting: Annotated[PatienceOptions | None, labelled("等待回复", "Waiting for an answer")] = None


class FindOrCreateOptions(Options, frozen=True):
    form: Annotated[str, labelled("表单", "Form")]
    match: Annotated[Assignments, labelled("按这些值查找", "Found by")]
    app: Annotated[str, labelled("应用（空为本应用）", "App (blank: this one)")] = ""
    span: Annotated[SpanOptions | None, labelled("时段", "Span of time")] = None
    create: Annotated[Assignments, labelled("新建时的值", "Values when created")] = {}
    update: Annotated[Assignments, labelled("找到或新建后的值", "Values set each time")] = {}
    add: Annotated[Assignments, labelled("追加到多值字段", "Added to lists")] = {}
    link: Annotated[str, labelled("记入本记录的关联字段", "Our field that links to it")] = ""


class FindOrCreate(Action):
    name = "find_or_create"
    label = {"zh": "查找或新建记录", "en": "Find or create a record"}
    icon = "search"
    doc = {"zh": "按若干值找到记录，没有就新建", "en": "Finds a record by some values, or creates it"}
    texts = {
        **TEXTS,
        "rule.nothing_to_match": Texts("请填写按什么查找", "Say by which values to find"),
        **SPAN_TEXTS,
    }
    Options = FindOrCreateOptions

    def check_options(self, options: FindOrCreateOptions, scope: ActionScope) -> list[Problem]:
        target = Target(scope, options.app, options.form)
        found = [
            *target.check_form(options.form, "/form"),
            *target.check_keys(options.match, "/match"),
            *target.check_values(options.create, "/create"),
            *target.check_values(options.update, "/update"),
            *target.check_items(options.add, "/add"),
        ]
        if not options.match:
            found.append(problem("rule.nothing_to_match", "/match"))
        if options.link and not scope.form:
            found.append(problem("rule.needs_record", "/link"))
        elif options.link:
            found += own_record(scope).check_link(options.link, "/link")
        return [*found, *(self._check_span(options.span, target, scope) if options.span else ())]

    def _check_span(self, span: SpanOptions, target: Target, scope: ActionScope) -> list[Problem]:
        found = [
            *target.check_field(span.start, "/span/start"),
            *target.check_field(span.end, "/span/end"),
            *scope.check_expression(span.moment, "/span/moment"),
        ]
        found += check_span(span.silence, "/span/silence", needed=True)
        if span.waiting is not None:
            found += target.check_field(span.waiting.field, "/span/waiting/field")
            found += scope.check_condition(span.waiting.answers, "/span/waiting/answers")
            found += check_span(span.waiting.silence, "/span/waiting/silence", needed=True)
            if span.waiting.asks:
                found += scope.check_condition(span.waiting.asks, "/span/waiting/asks")
            if span.waiting.since:
                found += scope.check_expression(span.waiting.since, "/span/waiting/since", DATETIME)
        return found

    def plan(self, options: FindOrCreateOptions, subject: Subject) -> list[Effect]:
        return [
            FindOrCreateEffect(
                options.app or subject.app,
                options.form,
                match=subject.evaluate_all(options.match),
                create=subject.evaluate_all(options.create),
                update=subject.evaluate_all(options.update),
                add={field: items_of(subject.evaluate(text)) for field, text in options.add.items()},
                span=_span(options.span, subject) if options.span else None,
                link=options.link,
            )
        ]

    def keys(self, options: FindOrCreateOptions) -> Sequence[tuple[str, str, str]]:
        return [(options.app, options.form, field) for field in options.match]

    def fills(self, options: FindOrCreateOptions) -> Filling:
        elsewhere = {*options.match, *options.update, *options.add}
        span = {options.span.start, options.span.end} if options.span else set[str]()
        return Filling(options.app, options.form, "create", options.create, frozenset(elsewhere | span))

    def writes(self, options: FindOrCreateOptions) -> Sequence[Writing]:
        app, form, span = options.app, options.form, options.span
        covered = {span.start: span.moment, span.end: span.moment} if span else dict[str, str]()
        each = {**covered, **options.update}
        made = {**options.match, **options.create, **options.add, **each}
        return [
            Writing("found", each, app, form),
            Writing("found", options.add, app, form, joins=True),
            Writing("new", made, app, form, match={**options.match, **covered}),
            *([Writing("own", {options.link: ""})] if options.link else ()),
        ]


def _span(options: SpanOptions, subject: Subject) -> Span | None:
    moment, waiting = subject.evaluate(options.moment), options.waiting
    if not moment:
        return None
    silence = read_duration(options.silence)
    if waiting is None:
        return Span(options.start, options.end, moment, silence)
    asks = bool(waiting.asks and subject.evaluate(waiting.asks))
    patience = _patience(waiting, subject, moment) if subject.evaluate(waiting.answers) else None
    return Span(options.start, options.end, moment, silence, patience, waiting.field, asks)


def _patience(waiting: PatienceOptions, subject: Subject, moment: datetime) -> timedelta:
    """How long before this moment the last one may lie."""
    longest = read_duration(waiting.silence)
    since = subject.evaluate(waiting.since) if waiting.since else None
    return longest if since is None else max(timedelta(), min(longest, moment - since))


def register(registry: Registry) -> None:
    registry.add(FindOrCreate())
