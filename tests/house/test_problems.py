"""Every problem code that is raised has its words, in both languages, with the same places to fill."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from string import Formatter
from typing import Any

import pytest

from metamodel.problems import TEXTS, Texts
from metamodel.texts import TABLES
from tests.house.source import Source, none_of, sources

RAISERS = frozenset({"problem", "Problem", "BadValue"})
CODE = re.compile(r"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$")


def used_codes(source: Source) -> list[tuple[str, ast.Call]]:
    found = []
    for node in source.nodes if any(name in source.text for name in RAISERS) else ():
        if isinstance(node, ast.Call) and node.args and _called(node) in RAISERS:
            found += [(code, node) for code in _constants(node.args[0])]
    return found


def _called(node: ast.Call) -> str:
    return getattr(node.func, "attr", None) or getattr(node.func, "id", "")


def _constants(node: ast.expr) -> list[str]:
    if isinstance(node, ast.IfExp):
        return _constants(node.body) + _constants(node.orelse)
    return [node.value] if isinstance(node, ast.Constant) and isinstance(node.value, str) else []


def places(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name is not None}


def wrong_texts(texts: Mapping[str, Texts]) -> list[str]:
    found = []
    for code, entry in texts.items():
        if not CODE.match(code):
            found.append(f"{code}: a code is area.reason")
        if not (entry.zh.strip() and entry.en.strip()):
            found.append(f"{code}: a language is missing")
        if bool(entry.hint_zh) != bool(entry.hint_en):
            found.append(f"{code}: a hint has one language only")
        if places(entry.zh) != places(entry.en) or places(entry.hint_zh) != places(entry.hint_en):
            found.append(f"{code}: the languages have different places")
    return found


def unfilled_places(source: Source, texts: Mapping[str, Texts]) -> list[str]:
    """Calls of `problem(code, path, name=…)` that leave a place of the text empty."""
    found = []
    for code, call in used_codes(source):
        if _called(call) != "problem" or code not in texts or any(word.arg is None for word in call.keywords):
            continue
        entry = texts[code]
        wanted = places(entry.zh) | places(entry.hint_zh)
        missing = wanted - {word.arg for word in call.keywords}
        if missing:
            found.append(f"{source.module}:{call.lineno}: {code} is not told {', '.join(sorted(missing))}")
    return found


def test_every_code_has_a_text(registry: Any) -> None:
    missing = {
        f"{source.module}:{call.lineno}: {code}"
        for source in sources()
        for code, call in used_codes(source)
        if code not in TEXTS
    }
    none_of(sorted(missing))


def test_every_text_has_both_languages(registry: Any) -> None:
    none_of(wrong_texts(TEXTS))


def test_every_place_is_filled(registry: Any) -> None:
    none_of(line for source in sources() for line in unfilled_places(source, TEXTS))


@pytest.mark.parametrize(
    ("code", "entry", "complaint"),
    [
        ("a.b", Texts("有", ""), "language is missing"),
        ("a.b", Texts("有“{x}”", "there is {y}"), "different places"),
        ("a.b", Texts("有", "there is", "去那里"), "one language only"),
        ("Wrong", Texts("有", "there is"), "area.reason"),
    ],
)
def test_a_wrong_text_is_seen(code: str, entry: Texts, complaint: str) -> None:
    assert complaint in "".join(wrong_texts({code: entry}))


def test_codes_are_found_where_they_are_used() -> None:
    source = Source(
        "engine.x", 'problem("a.b" if x else "a.c")\nraise plugin_api.BadValue("a.d")\nother("a.e")'
    )
    assert [code for code, _ in used_codes(source)] == ["a.b", "a.c", "a.d"]


def test_an_unfilled_place_is_seen() -> None:
    texts = {"a.b": Texts("有“{x}”", "there is {x}")}
    assert unfilled_places(Source("engine.x", 'problem("a.b", path)'), texts) == [
        "engine.x:1: a.b is not told x"
    ]
    assert unfilled_places(Source("engine.x", 'problem("a.b", path, x=1)'), texts) == []


def test_a_code_stands_in_one_table_and_its_area_too() -> None:
    areas = [{code.partition(".")[0] for code in table.TEXTS} for table in TABLES]
    assert sum(map(len, areas)) == len(set().union(*areas))
