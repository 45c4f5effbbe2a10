"""What actions about people share: whom, which record it is about, and what there may be one of."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any

from metamodel.plugin_api import Texts, labelled, pointer, problem
from plugins.actions.assignments import TEXTS, own_record
from plugins.actions.linked import linked_record
from plugins.spans import SPAN_TEXTS

if TYPE_CHECKING:
    from metamodel.plugin_api import ActionScope, Problem, Subject

Several = str | tuple[str, ...]
Words = str | dict[str, str]  # a text, or one for each language
AboutOption = Annotated[
    str, labelled("关于哪条关联记录（空为本记录）", "About the record linked by (blank: ours)")
]
ONCE_NAMES = ("record", "day", "week", "person")
ABOUT_TEXTS = {
    **TEXTS,
    **SPAN_TEXTS,
    "rule.bad_once": Texts(
        "“{name}”不能用来区分",
        "“{name}” cannot tell one from another",
        "可用 record、day、week、person 或本表单的字段",
        "Use record, day, week, person, or a field of the form",
    ),
    "rule.two_dues": Texts("到期时间只能用一种方式填写", "Say when it is due in one way only"),
    "rule.twin_outcome": Texts("结果“{outcome}”写了两次", "The outcome “{outcome}” stands twice"),
}


def listed(given: Several) -> tuple[str, ...]:
    return (given,) if isinstance(given, str) else given


def check_about(scope: ActionScope, link: str, path: str) -> list[Problem]:
    """Our link field to the record it is about; blank: ours."""
    if not link:
        return []
    return own_record(scope).check_link(link, path) if scope.form else [problem("rule.needs_record", path)]


def about(subject: Subject, link: str) -> tuple[str, str, str]:
    """(app, form, record) it is about: the linked one, or ours while nothing is linked."""
    return linked_record(subject, link) or (subject.app, subject.form, subject.record)


def check_once(scope: ActionScope, names: Several, path: str) -> list[Problem]:
    found: list[Problem] = []
    several = not isinstance(names, str)
    for number, name in enumerate(listed(names)):
        place = path + pointer(number) if several else path
        if name and name not in ONCE_NAMES:
            wrong = scope.check_expression(name, place) if scope.form else [True]
            found += [problem("rule.bad_once", place, name=name)] if wrong else []
    return found


def once_key(subject: Subject, names: Several, people: Sequence[str]) -> str:
    """A text that is the same for what there may be one of; a blank field stands for our own record."""
    wanted = listed(names)
    if not any(wanted):
        return ""
    return json.dumps([_part(subject, name, people) for name in wanted], ensure_ascii=False, default=str)


def _part(subject: Subject, name: str, people: Sequence[str]) -> Any:
    if name == "person":
        return list(people)
    if name == "day":
        return subject.evaluate("TODAY()")
    if name == "week":
        today = subject.evaluate("TODAY()")
        return today - timedelta(days=today.weekday())
    value = None if name == "record" else subject.evaluate(name)
    return ["record", subject.record] if value in (None, "", []) else value
