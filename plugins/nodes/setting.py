"""What nodes have in common: fields of the record they set, and spans of time they are told."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from metamodel.plugin_api import BadValue, Do, SetFields, Texts, problem, read_duration
from plugins.actions.assignments import TEXTS as FIELDS, Assignments, own_record

if TYPE_CHECKING:
    from metamodel.plugin_api import ActionScope, Problem, Visit

SHORTEST = timedelta(minutes=1)
TEXTS = {
    **FIELDS,
    "flow.bad_span": Texts(
        "“{text}”不是不短于一分钟的时长",
        "“{text}” is not a duration of a minute or more",
        "如 PT24H",
        "Like PT24H",
    ),
}


def check_setting(scope: ActionScope, values: Assignments, path: str) -> list[Problem]:
    return own_record(scope).check_values(values, path)


def setting(visit: Visit, values: Assignments) -> list[Do]:
    """The effect that sets them; nothing when there is nothing to set."""
    if not values:
        return []
    effect = SetFields(visit.app, visit.form, visit.record, visit.evaluate_all(values))
    return [Do((effect,))]


def span_of(text: str) -> timedelta | None:
    """`PT24H`; None for what cannot be read or is too short."""
    try:
        found = read_duration(text)
    except BadValue:
        return None
    return found if found >= SHORTEST else None


def check_spans(options: Any, *names: str) -> list[Problem]:
    return [
        problem("flow.bad_span", f"/{name}", text=text)
        for name in names
        if (text := getattr(options, name)) and span_of(text) is None
    ]
