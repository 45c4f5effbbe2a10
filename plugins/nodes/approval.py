"""People are asked to approve: by person, role, superior, department head or a field of the record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Literal

import msgspec

from metamodel.plugin_api import (
    AskPeople,
    Do,
    Label,
    Node,
    NodeStep,
    Options,
    Registry,
    TaskOutcome,
    Texts,
    labelled,
    pointer,
    problem,
)
from plugins.actions.assignments import Assignments, own_record
from plugins.nodes.setting import TEXTS, check_setting, check_spans, setting, span_of

if TYPE_CHECKING:
    from metamodel.plugin_api import ActionScope, Problem, Visit

May = Literal["approve", "reject", "return", "transfer", "add"]
People = Annotated[tuple[str, ...], labelled("审批人", "Approvers", min_length=1)]

ANSWERS: Mapping[str, TaskOutcome] = {
    "approve": TaskOutcome("approve", {"zh": "同意", "en": "Approve"}, "primary"),
    "reject": TaskOutcome("reject", {"zh": "驳回", "en": "Reject"}, "danger", reason=True),
    "return": TaskOutcome("return", {"zh": "退回修改", "en": "Send back"}, reason=True),
}
ADDING = (
    TaskOutcome("add_before", {"zh": "前加签", "en": "Ask others first"}, people=True),
    TaskOutcome("add_after", {"zh": "同意并加签", "en": "Approve, others after"}, people=True),
)


class Instead(Options, frozen=True):
    condition: Annotated[str, labelled("如果", "If")] = msgspec.field(name="if")
    approvers: People


class ApprovalOptions(Options, frozen=True):
    approvers: People
    instead: Annotated[tuple[Instead, ...], labelled("在某些情况下改由", "In some cases instead")] = ()
    mode: Annotated[
        Literal["any", "all"], labelled("一人同意即可，或须全体同意", "One is enough, or all")
    ] = "any"
    may: Annotated[tuple[May, ...], labelled("可以", "May")] = ("approve", "reject", "return", "transfer")
    if_nobody: Annotated[tuple[str, ...], labelled("找不到人时由", "When there is nobody")] = ()
    title: Annotated[Label, labelled("待办标题（空为流程与记录名）", "Title (blank: flow and record)")] = ""
    facts: Annotated[
        tuple[str, ...], labelled("审批时显示的字段", "Fields shown to approvers", max_length=12)
    ] = ()
    remind_after: Annotated[str, labelled("多久后催办（工作时间）", "Remind after (working time)")] = ""
    escalate_after: Annotated[
        str, labelled("多久后加上一级（工作时间）", "Ask one level up after (working time)")
    ] = ""
    skip_if_approved: Annotated[bool, labelled("已同意过的人不再问", "Do not ask who approved before")] = True
    set: Annotated[
        Assignments, labelled("同意时设置本记录的字段", "Fields of the record set on approval")
    ] = {}


class Approval(Node):
    name = "approval"
    label = {"zh": "审批", "en": "Approval"}
    icon = "stamp"
    doc = {
        "zh": "请人审批：同意、驳回、退回、转交、加签；谁也不能审批自己的申请",
        "en": "People approve, reject, send back, hand over or have others agree too; nobody decides over his own",
    }
    texts = {
        **TEXTS,
        "flow.must_approve": Texts("“可以”里至少要有“同意”", "Approving must be among what they may do"),
    }
    waits = True
    Options = ApprovalOptions
    example_options = {"approvers": ["manager:applicant:1"]}

    def check_options(self, options: ApprovalOptions, scope: ActionScope) -> list[Problem]:
        found = scope.check_recipients(options.approvers, "/approvers")
        for number, instead in enumerate(options.instead):
            place = pointer("instead", number)
            found += scope.check_condition(instead.condition, place + "/if")
            found += scope.check_recipients(instead.approvers, place + "/approvers")
        found += scope.check_recipients(options.if_nobody, "/if_nobody") if options.if_nobody else []
        if "approve" not in options.may:
            found.append(problem("flow.must_approve", "/may"))
        for number, field in enumerate(options.facts):
            found += own_record(scope).check_field(field, pointer("facts", number), writing=False)
        found += scope.check_template(options.title, "/title") if options.title else []
        return [
            *found,
            *check_spans(options, "remind_after", "escalate_after"),
            *check_setting(scope, options.set, "/set"),
        ]

    def outcomes(self, options: ApprovalOptions) -> Mapping[str, Label]:
        """Sending back needs no edge: it leads to the applicant, and from him to the start."""
        return {name: ANSWERS[name].label for name in ("approve", "reject") if name in options.may}

    def enter(self, options: ApprovalOptions, visit: Visit) -> Sequence[NodeStep]:
        chosen = next(
            (one.approvers for one in options.instead if visit.evaluate(one.condition)), options.approvers
        )
        return [
            AskPeople(
                to=tuple(visit.people(chosen)),
                answers=(
                    *(answer for name, answer in ANSWERS.items() if name in options.may),
                    *(ADDING if "add" in options.may else ()),
                ),
                if_nobody=tuple(visit.people(options.if_nobody)),
                mode=options.mode,
                title=visit.written(options.title) if options.title else "",
                transfer="transfer" in options.may,
                skip_if_approved=options.skip_if_approved,
                remind_after=span_of(options.remind_after),
                escalate_after=span_of(options.escalate_after),
            )
        ]

    def leave(self, options: ApprovalOptions, visit: Visit, outcome: str) -> Sequence[Do]:
        return setting(visit, options.set) if outcome == "approve" else []


def register(registry: Registry) -> None:
    registry.add(Approval())
