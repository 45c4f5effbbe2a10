"""Rules that contradict each other: two that hear the same and may both hold, setting a field to something else.

The later one counts, and nobody said that it should.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from metamodel.apart import UNKNOWN, never_both, never_with
from metamodel.checking import Checking
from metamodel.expressions.checker import paths_in
from metamodel.forms import Form
from metamodel.labels import Label
from metamodel.problems import Problem, pointer, problem
from metamodel.rules_seen import Seen, name_of, seen_rules, tree_of, value_of


def check_rule_conflicts(checking: Checking) -> list[Problem]:
    seen = seen_rules(checking)
    return [
        found
        for place, first in enumerate(seen)
        for second in seen[place + 1 :]
        if _hear_the_same(first, second) and first.rule.priority == second.rule.priority
        for found in _contradictions(first, second)
    ]


def _hear_the_same(first: Seen, second: Seen) -> bool:
    one, other = first.rule, second.rule
    if one.trigger is not other.trigger or not one.form or one.form != other.form or first.event == "button":
        return False
    if first.event == "record_updated":
        return not first.fields or not second.fields or bool({*first.fields} & {*second.fields})
    return one.trigger_options == other.trigger_options


def _contradictions(first: Seen, second: Seen) -> Iterator[Problem]:
    if never_both(first.condition, second.condition):
        return
    ours, theirs = _set_by(first), _set_by(second)
    before = {path: value_of(text) for path, (_, _, text) in ours.items()}
    if never_with(second.condition, {path: value for path, value in before.items() if value is not UNKNOWN}):
        return
    aware = set(map(".".join, paths_in(second.condition))) if second.condition is not None else set()
    for path in ours.keys() & theirs.keys():
        form, name, text = theirs[path]
        tree, other = tree_of(text), tree_of(ours[path][2])
        if tree is None or other is None or ast.dump(tree) == ast.dump(other):
            continue
        if path in aware or path in map(".".join, paths_in(tree)):
            continue  # it looks at what the other one left
        field = form.field(name)
        label: Label = field.label if field is not None else name
        place = second.rule.path + pointer("then")
        yield problem(
            "rule.conflict",
            place,
            first=name_of(first.rule),
            second=name_of(second.rule),
            field=label or name,
        )


def _set_by(seen: Seen) -> dict[str, tuple[Form, str, str]]:
    """`field` or `link.field` -> (its form, the field, the expression it is set to)."""
    return {
        f"{one.writing.link}.{name}" if one.writing.link else name: (one.form, name, text)
        for one in seen.written
        if one.writing.to in ("own", "linked") and one.writing.sure and not one.writing.joins
        for name, text in one.values.items()
        if text
    }
