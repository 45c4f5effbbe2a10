"""Find a record and link ours to it, copying some of its fields; never creates one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Literal

from metamodel.plugin_api import (
    Action,
    Effect,
    Link as LinkEffect,
    Options,
    Registry,
    Texts,
    Writing,
    labelled,
    problem,
)
from plugins.actions.assignments import TEXTS, Assignments, Target, own_record

if TYPE_CHECKING:
    from metamodel.plugin_api import ActionScope, Problem, Subject


class LinkOptions(Options, frozen=True):
    form: Annotated[str, labelled("表单", "Form")]
    match: Annotated[tuple[Assignments, ...], labelled("依次按这些值查找", "Found by, tried in order")]
    link: Annotated[str, labelled("记入本记录的关联字段", "Our field that links to it")]
    app: Annotated[str, labelled("应用（空为本应用）", "App (blank: this one)")] = ""
    where: Annotated[str, labelled("只在这些记录里找（公式）", "Only among these records (expression)")] = ""
    copy: Annotated[dict[str, str], labelled("复制：本字段取其字段", "Copied: ours from theirs")] = {}
    then: Annotated[Assignments, labelled("找到后的值", "Values when found")] = {}
    otherwise: Annotated[Assignments, labelled("找不到时的值", "Values when not found")] = {}
    several: Annotated[Assignments, labelled("不止一个时另设的值", "Values besides when several fit")] = {}
    latest: Annotated[
        Literal["created", "changed"],
        labelled("不止一个时取最近新建的，或最近有改动的", "Of several: created last, or changed last"),
    ] = "created"


class Link(Action):
    name = "link"
    label = {"zh": "关联到已有记录", "en": "Link to a record"}
    icon = "link"
    doc = {"zh": "按若干值找到记录并关联", "en": "Finds a record by some values and links to it"}
    texts = {**TEXTS, "rule.nothing_to_match": Texts("请填写按什么查找", "Say by which values to find")}
    Options = LinkOptions

    def check_options(self, options: LinkOptions, scope: ActionScope) -> list[Problem]:
        if not scope.form:
            return [problem("rule.needs_record")]
        target, own = Target(scope, options.app, options.form), own_record(scope)
        found = [*target.check_form(options.form, "/form"), *own.check_link(options.link, "/link")]
        if not options.match or not all(options.match):
            found.append(problem("rule.nothing_to_match", "/match"))
        for number, values in enumerate(options.match):
            found += target.check_keys(values, f"/match/{number}")
        if options.where:
            found += scope.check_rows(options.where, "/where", options.app, options.form)
        for ours, theirs in options.copy.items():
            found += own.check_field(ours, f"/copy/{ours}")
            found += target.check_field(theirs, f"/copy/{ours}", writing=False)
        return [
            *found,
            *own.check_values(options.then, "/then"),
            *own.check_values(options.otherwise, "/otherwise"),
            *own.check_values(options.several, "/several"),
        ]

    def plan(self, options: LinkOptions, subject: Subject) -> list[Effect]:
        return [
            LinkEffect(
                options.app or subject.app,
                options.form,
                match=tuple(subject.evaluate_all(values) for values in options.match),
                link=options.link,
                copy=options.copy,
                then=subject.evaluate_all(options.then),
                otherwise=subject.evaluate_all(options.otherwise),
                where=options.where,
                several=subject.evaluate_all(options.several),
                latest=options.latest,
            )
        ]

    def keys(self, options: LinkOptions) -> Sequence[tuple[str, str, str]]:
        return [(options.app, options.form, field) for values in options.match for field in values]

    def writes(self, options: LinkOptions) -> Sequence[Writing]:
        looked_up = dict.fromkeys((options.link, *options.copy), "")
        several = [options.then, options.otherwise, options.several]
        return [Writing("own", values, sure=False) for values in (looked_up, *several)]


def register(registry: Registry) -> None:
    registry.add(Link())
