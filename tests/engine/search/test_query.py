"""The query language: every row of tests/cases/search.json over the three backends, filters by hand."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings, strategies as st

from engine.search import Filter, ParsedQuery, Scope, Search, candidates, fold_tree, matches, parse
from engine.search.folding import fold
from metamodel.application import App
from metamodel.plugin_api import Reference
from tests.engine.search.conftest import KEY, Table

CASES = json.loads((Path(__file__).parents[2] / "cases" / "search.json").read_text(encoding="utf-8"))
ZONE = ZoneInfo("Asia/Shanghai")


@pytest.fixture(scope="module")
def app(app_from: Any) -> App:
    return app_from(CASES["app"])


@pytest.fixture(scope="module")
def scope(app: App) -> Scope:
    return make_scope(app)


def make_scope(app: App, **more: Any) -> Scope:
    form = app.form("message")
    assert form is not None
    return Scope(app, form, {app.id: app}, date.fromisoformat(CASES["today"]), ZONE, names, **more)


def names(reference: Reference, text: str) -> list[str]:
    if reference.target == "person":
        return [i for i, name in CASES["people"].items() if text in (i, name)]
    assert (reference.app, reference.form) == ("archive", "customer")
    return [i for i, customer in CASES["customers"].items() if text in customer["name"]]


class World:
    """The records of the case file in an index, filters evaluated on their values."""

    def __init__(self, app: App, search: Search, database: Any) -> None:
        self.app, self.search, self.database = app, search, database
        self.rows = {form: self._load(form, form + "s") for form in ("customer", "message")}

    def _load(self, form_id: str, key: str) -> dict[int, dict[str, Any]]:
        form = self.app.form(form_id)
        assert form is not None
        texts = self.search.texts(self.app.id, form)
        rows: dict[int, dict[str, Any]] = {}
        for record, raw in CASES[key].items():
            fields = {name: form.field(name) for name in raw}
            rows[int(record)] = {n: f.type.parse(raw[n], f) for n, f in fields.items() if f and f.type}
        documents = [(record, texts.tokens(values)) for record, values in rows.items()]
        table = self.table(form_id)
        self.database.write(lambda unit: self.search.prepare(unit, table))
        self.database.write(lambda unit: self.search.index(unit, table, documents))
        return rows

    def table(self, form: str) -> Any:
        import sqlalchemy as sa

        return Table(self.app.id, form, sa.table(f"r_{form}"))

    def find(self, parsed: ParsedQuery) -> list[int]:
        rows = self.rows["message"]
        tree = candidates(parsed.tree) if parsed.tree else None
        found = self.ids("message", tree) if tree else set(rows)
        form = self.app.form("message")
        assert form is not None
        texts = self.search.texts(self.app.id, form)

        def is_it(record: int) -> bool:
            return matches(parsed, texts.texts(rows[record]), lambda f: record in self.filtered(f))

        return sorted(filter(is_it, found))

    def ids(self, form_id: str, node: Any) -> set[int]:
        everything = set(self.rows[form_id])
        form = self.app.form(form_id)
        assert form is not None
        fields = [field.id for field in self.search.texts(self.app.id, form).fields]

        def text(part: Any) -> set[int]:
            with self.database.read() as connection:
                return set(connection.scalars(self.search.matching(self.table(form_id), part, fields)))

        return fold_tree(
            node,
            text,
            self.filtered,
            lambda parts: set.intersection(*parts),
            lambda parts: set.union(*parts),
            lambda part: everything - part,
        )

    def filtered(self, filter_: Filter) -> set[int]:
        return {record for record, values in self.rows["message"].items() if self._holds(filter_, values)}

    def _holds(self, filter_: Filter, values: Mapping[str, Any], depth: int = 0) -> bool:
        if depth < len(filter_.path) - 1:
            linked = values.get(filter_.path[depth])
            if linked is None:
                return False
            if filter_.operator == "search":
                return int(linked) in self.ids(filter_.form, filter_.values[0])
            return self._holds(filter_, self.rows[filter_.form][int(linked)], depth + 1)
        value, wanted = values.get(filter_.field.id), filter_.values
        if value is None:
            return False
        return {
            "is": lambda: value == wanted[0],
            "any_of": lambda: value in wanted,
            "has_any": lambda: bool(set(value) & set(wanted)),
            "contains": lambda: wanted[0] in value,
            "lt": lambda: value < wanted[0],
            "le": lambda: value <= wanted[0],
            "gt": lambda: value > wanted[0],
            "ge": lambda: value >= wanted[0],
        }[filter_.operator]()


@pytest.fixture(scope="module", params=["sqlite", "postgresql", "whoosh"])
def world(request: pytest.FixtureRequest, tmp_path_factory: Any, app: App) -> Any:
    from engine.clock import FrozenClock
    from engine.config import Config
    from engine.database import Database
    from tests.conftest import NOW

    url, name = "", ""
    if request.param == "postgresql":
        name, url = request.getfixturevalue("postgresql").create()
    database = Database(Config(data=tmp_path_factory.mktemp("data"), database_url=url), FrozenClock(NOW))
    database.migrate()
    yield World(app, Search(database, lambda: [KEY], "whoosh" if request.param == "whoosh" else ""), database)
    database.close()
    if name:
        request.getfixturevalue("postgresql").drop(name)


@pytest.mark.parametrize("case", CASES["cases"], ids=lambda case: case["query"] or "nothing")
def test_the_query_language(case: dict[str, Any], world: World, scope: Scope) -> None:
    parsed = parse(case["query"], scope)
    assert [hint.code for hint in parsed.hints] == case.get("hints", [])
    assert all(hint.severity == "hint" for hint in parsed.hints)
    assert world.find(parsed) == case["finds"]
    if "words" in case:
        assert list(parsed.words) == case["words"]
    assert parsed.exact is case.get("exact", parsed.exact)


def test_every_query_of_the_page_is_understood(scope: Scope) -> None:
    page = (Path(__file__).parents[3] / "docs" / "search.md").read_text(encoding="utf-8")
    queries = re.findall(r"^\| `([^`]+)` \|", page, re.M)
    assert len(queries) > 10
    assert {query: parse(query, scope).hints for query in queries} == dict.fromkeys(queries, ())


def test_a_field_one_may_not_read_is_not_there(app: App) -> None:
    scope = make_scope(app, may=lambda _app, _form, field: field not in ("sender_name", "tags"))
    for query in ("from:张三", "tag:商务洽谈", "customer_tag:重点"):
        parsed = parse(query, scope)
        assert [hint.code for hint in parsed.hints] == ["search.unknown_field"]
        assert not {filter_.field.id for filter_ in parsed.filters} & {"sender_name", "tags"}
    assert [filter_.field.id for filter_ in parse("重点", scope).filters] == ["name"]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("报价 " * 400, "search.too_long"),
        ("报价 " * 60, "search.too_many"),
        ("(" * 30 + "报价" + ")" * 30, "search.too_deep"),
    ],
)
def test_what_is_too_much_is_cut_with_a_hint(query: str, code: str, scope: Scope) -> None:
    parsed = parse(query, scope)
    assert code in {hint.code for hint in parsed.hints}
    assert set(parsed.words) == {"报价"}


pieces = st.sampled_from(
    ["报价", "OR", "NOT", "AND", "(", ")", '"', "“", " ", " ", "from:", "tag:", "date:", "amount:", "..",
     ":", "*", "?", "~3", "^2", "[", "TO", "]", "{", "}", "'", "-", "+",
     "2026-11-01", "，", "\\", "\n", "\0", ">", "10万"]
)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.one_of(st.lists(pieces, max_size=25).map("".join), st.text(max_size=60)))
def test_nothing_typed_is_an_error(scope: Scope, query: str) -> None:
    parsed = parse(query, scope)
    for word in parsed.words:
        assert fold(word)
    tree = candidates(parsed.tree) if parsed.tree else None
    if tree is not None:
        fold_tree(tree, lambda _: 1, lambda _: 1, sum, sum, lambda part: -part)
    assert matches(parsed, {"content": query}) in (True, False)
