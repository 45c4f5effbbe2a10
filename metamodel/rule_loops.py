"""Rules that set each other off without end, told when a document is checked.

While they run, `rule.too_deep` stops them; here whoever writes them learns it first. What is told is what can
be seen: what actions say they write (`Action.writes`), which conditions that makes false (`apart.py`), and what
the runtime does by itself: what a rule sets on its own record is part of the same revision and sets nothing
off, and a change to what stands there already is none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

import networkx as nx

from metamodel.apart import UNKNOWN, literal, never_with
from metamodel.checking import Checking
from metamodel.expressions.checker import path_of
from metamodel.forms import FieldDefinition
from metamodel.labels import Label, label_text
from metamodel.problems import Problem, pointer, problem
from metamodel.rules_seen import Seen, Spot, Written, name_of, seen_rules, tree_of

KEPT = frozenset({"clock", "button", "task_closed", "message_received"})  # their own record stands already


def check_rule_loops(checking: Checking) -> list[Problem]:
    """One problem for each knot of rules, told at its first rule."""
    seen = seen_rules(checking)
    graph: nx.DiGraph[int] = nx.DiGraph()
    causes: dict[tuple[int, int], list[Written]] = {}
    for a, one in enumerate(seen):
        for b, other in enumerate(seen):
            found = [written for written in one.written if _sets_off(written, one, other, seen)]
            if found:
                causes[a, b] = found
                graph.add_edge(a, b)
    knots = list(nx.strongly_connected_components(graph))
    return [found for knot in knots for found in _knotted(seen, graph.subgraph(knot).copy(), causes)]


def _knotted(
    seen: Sequence[Seen], graph: nx.DiGraph[int], causes: Mapping[tuple[int, int], Sequence[Written]]
) -> Iterator[Problem]:
    """Without what comes to rest by itself, is there still a circle?"""
    moved = {
        (written.form.id, name) for edge in graph.edges for written in causes[edge] for name in written.values
    }
    resting = [
        edge for edge in graph.edges
        if all(_rests(one, seen[edge[0]], seen[edge[1]], moved) for one in causes[edge])
    ]  # fmt: skip
    graph.remove_edges_from(resting)
    for knot in nx.strongly_connected_components(graph):
        circle = _shortest(graph.subgraph(knot), min(knot))
        if circle:
            yield _told(seen, circle, causes)


def _sets_off(written: Written, one: Seen, other: Seen, seen: Sequence[Seen]) -> bool:
    """May this be what the other rule hears, as far as its IF can be decided?"""
    if other.rule.form != written.form.id:
        return False
    if written.writing.to == "new":
        if other.event != "record_created":
            return False
        return not never_with(other.condition, _of_new(written, seen))
    if other.event != "record_updated" or (written.writing.to == "own" and one.event not in KEPT):
        return False
    touched = not other.fields or any(name in other.fields for name in written.values)
    return touched and not never_with(other.condition, {**written.known, **other.own_values})


def _of_new(written: Written, seen: Sequence[Seen]) -> dict[str, Any]:
    """What is known of a new record: literals, and blanks where nothing fills a field."""
    moved = {
        name
        for one in seen
        if one.rule.form == written.form.id and one.event in ("before_save", "record_created")
        for done in one.written
        if done.writing.to == "own"
        for name in done.values
    }
    blank = {
        field.id: None
        for field in written.form.fields
        if field.usable and field.derived is None and not field.default and field.id not in written.values
        and _plain(field)
    }  # fmt: skip
    known = {**blank, **written.known}
    return {name: value for name, value in known.items() if name not in moved}


def _plain(field: FieldDefinition) -> bool:
    """A field that is blank until somebody fills it."""
    return field.type is not None and not field.type.container and field.type_name != "switch"


def _rests(written: Written, one: Seen, other: Seen, moved: set[Spot]) -> bool:
    """Does it happen once? A value that is the same next time changes nothing, and what is found is not made
    again."""
    if written.writing.to == "new":
        match = written.writing.match
        return match is not None and all(_same_again(text, one, moved) for text in match.values())
    heard = [text for name, text in written.values.items() if not other.fields or name in other.fields]
    return all(_same_again(text, one, moved) for text in heard)


def _same_again(text: str, one: Seen, moved: set[Spot]) -> bool:
    """A literal, a field as it is, or computed from nothing that these rules change."""
    tree = tree_of(text) if text else None
    if tree is None:
        return False
    return bool(path_of(tree)) or literal(tree) is not UNKNOWN or not (one.reads(text) & moved)


def _shortest(graph: nx.DiGraph[int], start: int) -> list[int]:
    """The shortest circle through the first rule of a knot; [] where there is none."""
    found: list[int] = []
    for after in graph.successors(start):
        if nx.has_path(graph, after, start):
            way = [start, *nx.shortest_path(graph, after, start)]
            found = way if not found or len(way) < len(found) else found
    return found


def _told(
    seen: Sequence[Seen], circle: Sequence[int], causes: Mapping[tuple[int, int], Sequence[Written]]
) -> Problem:
    """A circle of rules that always create the next record never ends; of others it may be so."""
    edges = list(pairwise(circle))
    endless = all(
        seen[b].condition is None and any(_always(written) for written in causes[a, b]) for a, b in edges
    )
    rules = [seen[number].rule for number in circle]
    way = _joined([name_of(rule) for rule in rules], " → ")
    path = rules[0].path + pointer("then")
    if endless:
        return problem("rule.loop", path, rules=way)
    return problem("rule.may_loop", path, rules=way)


def _always(written: Written) -> bool:
    return written.writing.to == "new" and written.writing.match is None and written.writing.sure


def _joined(labels: Iterable[Label], between: str) -> Label:
    named = list(labels)
    return {language: between.join(label_text(one, language) for one in named) for language in ("zh", "en")}
