"""Have records shredded that a request names, once somebody else has approved it in a flow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import msgspec

from metamodel.plugin_api import (
    Action,
    Effect,
    Options,
    Registry,
    Shred as ShredEffect,
    ShredTarget,
    Texts,
    labelled,
    pointer,
    problem,
)
from plugins.actions.assignments import TEXTS, Assignments, Target, own_record
from plugins.actions.linked import linked_record

if TYPE_CHECKING:
    from metamodel.plugin_api import ActionScope, Problem, Subject

COUNTS = ("shredded", "restricted", "held")


class What(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Records of a form that a condition picks, or the one our link leads to."""

    form: Annotated[str, labelled("表单", "Form")] = ""
    where: Annotated[
        str, labelled("哪些记录（record.x 为本记录的字段）", "Which rows (record.x is ours)")
    ] = ""
    app: Annotated[str, labelled("应用（空为本应用）", "App (blank: this one)")] = ""
    of: Annotated[str, labelled("或：关联字段所指的记录", "Or: the record our link leads to")] = ""


class ShredOptions(Options, frozen=True):
    what: Annotated[tuple[What, ...], labelled("销毁哪些记录", "Which records")]
    done: Annotated[Assignments, labelled("完成后填写", "Set when it is done")] = {}
    shredded: Annotated[str, labelled("已销毁条数填入", "Count of shredded into")] = ""
    restricted: Annotated[str, labelled("停止使用条数填入", "Count of restricted into")] = ""
    held: Annotated[str, labelled("因保全未动条数填入", "Count of held into")] = ""


class Shred(Action):
    name = "shred"
    label = {"zh": "销毁记录", "en": "Shred records"}
    icon = "trash"
    doc = {
        "zh": "经他人批准后销毁记录的内容；法定期限未满的停止使用，保全中的不动",
        "en": "Destroys what records say once somebody else approved; what a law still keeps is put out of use, "
        "what is on hold stays",
    }
    texts = {
        **TEXTS,
        "rule.shred_what": Texts(
            "请选择表单和条件，或一个关联字段", "Name a form and a condition, or a link of ours"
        ),
    }
    Options = ShredOptions

    def check_options(self, options: ShredOptions, scope: ActionScope) -> list[Problem]:
        if not scope.form:
            return [problem("rule.needs_record")]
        own, found = own_record(scope), list[Any]()
        for number, what in enumerate(options.what):
            found += _check_what(what, scope, own, pointer("what", number))
        found += own.check_values(options.done, "/done")
        for name in COUNTS:
            field = getattr(options, name)
            found += own.check_field(field, "/" + name) if field else ()
        return found

    def plan(self, options: ShredOptions, subject: Subject) -> list[Effect]:
        targets = tuple(made for what in options.what if (made := _target(what, subject)) is not None)
        done = subject.evaluate_all(options.done)
        counts = {name: getattr(options, name) for name in COUNTS}
        return [ShredEffect(subject.app, subject.form, subject.record, targets, done, **counts)]


def _check_what(what: What, scope: ActionScope, own: Target, path: str) -> list[Problem]:
    if bool(what.of) == bool(what.form and what.where):
        return [problem("rule.shred_what", path)]
    if what.of:
        return own.check_link(what.of, path + "/of")
    unknown = Target(scope, what.app, what.form).check_form(what.form, path + "/form")
    return unknown or scope.check_rows(what.where, path + "/where", what.app, what.form)


def _target(what: What, subject: Subject) -> ShredTarget | None:
    """None while nothing is linked."""
    if what.of:
        linked = linked_record(subject, what.of)
        return ShredTarget(linked[0], linked[1], record=linked[2]) if linked else None
    return ShredTarget(what.app or subject.app, what.form, subject.inlined(what.where))


def register(registry: Registry) -> None:
    registry.add(Shred())
