"""Another id for a field: everything that names it follows, and nothing else does."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from engine.applications.packing import read_path, sample_folders
from metamodel.application import App, load
from metamodel.asks import TIME_BUCKETS
from metamodel.plugin_api import Registry
from metamodel.problems import Problem, has_errors
from metamodel.renaming import NamedPart, naming, renamed
from tests.metamodel.sales_app import BASE

WORDS = frozenset({"label", "help", "doc", "description", "note", "title", "id", "type", "form"})


@pytest.fixture
def problems_of(registry: Registry) -> Callable[[Any], list[Problem]]:
    return lambda document: load(document, registry)[1]


@pytest.fixture
def after(problems_of: Callable[[Any], list[Problem]]) -> dict[str, Any]:
    """`level` of a customer is called `rank` now."""
    return dict(renamed(BASE, NamedPart("field", "level", "customer"), "rank", problems_of))


def test_what_names_the_field_follows(after: dict[str, Any]) -> None:
    customer, visit = after["forms"]
    assert [field["id"] for field in customer["fields"]] == ["name", "rank", "note"]
    assert customer["fields"][2]["visible"] == "rank == 'a'"
    assert customer["views"][0]["columns"] == ["name", "rank"]
    assert visit["fields"][1]["options"] == {"through": "customer", "field": "rank"}
    assert after["rules"][0]["if"] == "customer.rank == 'a'"


def test_what_only_looks_like_it_stays(after: dict[str, Any]) -> None:
    assert after["forms"][1]["fields"][1]["id"] == "level"  # another form's
    assert BASE["forms"][0]["fields"][1]["id"] == "level"  # nothing changes in place


@pytest.mark.parametrize(
    ("form", "old", "look"),
    [
        ({"title": "{amount} amount"}, "amount", lambda form: form["title"] == "{total} amount"),
        ({"layout": [{"kind": "section", "fields": ["amount", {"field": "amount2"}]}]}, "amount",
         lambda form: form["layout"][0]["fields"] == ["total", {"field": "amount2"}]),
        ({"search": {"amount": "amount"}}, "amount", lambda form: form["search"] == {"amount": "total"}),
        ({}, "amount", lambda form: form["fields"][1]["valid"] == "total > 0 and why != 'amount' and x.amount"),
        ({}, "amount", lambda form: form["fields"][2]["options"]["choices"][0]["value"] == "amount"),
        ({}, "lines.amount", lambda form: form["fields"][3]["fields"][0]["id"] == "total"),
    ],
)  # fmt: skip
def test_places_of_a_form(problems_of: Any, form: dict[str, Any], old: str, look: Any) -> None:
    fields = [
        {"id": "amount", "type": "money"},
        {"id": "why", "type": "text", "valid": "amount > 0 and why != 'amount' and x.amount"},
        {"id": "pick", "type": "select", "options": {"choices": [{"value": "amount"}]}},
        {"id": "lines", "type": "sub_form", "fields": [{"id": "amount", "type": "money"}]},
    ]
    document = {"muniment": 1, "app": {"id": "a"}, "forms": [{"id": "deal", "fields": fields, **form}]}
    assert look(renamed(document, NamedPart("field", old, "deal"), "total", problems_of)["forms"][0])


@pytest.fixture(scope="module")
def samples(registry: Registry) -> dict[str, tuple[Mapping[str, Any], App]]:
    """The sample apps, each after those it requires."""
    documents = {folder.name: read_path(folder)[0] for folder in sample_folders()}
    found: dict[str, tuple[Mapping[str, Any], App]] = {}
    for name in sorted(documents, key=lambda one: len(documents[one].get("requires", ()))):
        app, _ = load(documents[name], registry, {other: known for other, (_, known) in found.items()})
        assert app is not None
        found[name] = documents[name], app
    return found


@pytest.mark.parametrize(("name", "number"), [("crm", 5), ("conversation_archive", 2)])
def test_any_field_of_a_sample_app(samples: Any, registry: Registry, name: str, number: int) -> None:
    """Afterwards the app checks as before, nothing names the field any more, and named back it is what it was."""
    document, app = samples[name]
    apps = {other: known for other, (_, known) in samples.items()}

    def problems_of(one: Any) -> list[Problem]:
        return load(one, registry, apps)[1]

    before = _told(problems_of(document))
    paths = [(form.id, path) for form in app.forms for path in _paths(form)]
    ids = [path.rpartition(".")[2] for _, path in paths]
    pick = random.Random(20261123)
    for form, path in pick.sample(paths, number):
        old = path.rpartition(".")[2]
        made = renamed(document, NamedPart("field", path, form), f"{old}_zz", problems_of)
        back = renamed(made, NamedPart("field", f"{path}_zz", form), old, problems_of)
        assert _told(problems_of(made)) - before == set(), (form, path)
        assert json.dumps(back) == json.dumps(document), (form, path)
        unlike_others = ids.count(old) == 1 and not any(other.id == old for other in app.forms)
        if unlike_others and old not in TIME_BUCKETS:  # a board's week is no field
            assert [*_naming(made, old)] == [], (form, path)


def _paths(form: Any) -> list[str]:
    columns = [f"{field.id}.{column.id}" for field in form.fields for column in field.fields]
    return [*(field.id for field in form.fields), *columns]


def _told(problems: list[Problem]) -> set[tuple[str, str]]:
    return {(one.code, one.path.replace("_zz", "")) for one in problems}


def _naming(value: Any, word: str, path: str = "") -> Iterator[str]:
    """Where a document still says an id, but for words for people and the names of types."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if path.startswith("/channels/") or key in WORDS:
                continue  # what vendors call their fields
            yield from _naming(inner, word, f"{path}/{key}")
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from _naming(inner, word, f"{path}/{place}")
    elif isinstance(value, str) and re.search(rf"(?<!\w){word}(?!\w)", value):
        yield path


# -- views and roles: who names them, and by which id -----------------------------------------------------

PARTS: dict[str, Any] = {
    "muniment": 1, "app": {"id": "a"},
    "forms": [{"id": "deal", "fields": [{"id": "name", "type": "text"}], "views": [
        {"id": "all", "columns": ["name"], "options": {"opens": "talk"}, "default_for": ["boss"]},
        {"id": "talk", "kind": "chat", "options": {
            "messages": {"form": "line", "link": "deal"}, "time": "at", "text": "words"}},
    ]}, {"id": "line", "fields": [
        {"id": "deal", "type": "link", "options": {"form": "deal"}}, {"id": "at", "type": "datetime"},
        {"id": "words", "type": "text"}], "views": [{"id": "all"}]}],
    "rules": [{"id": "tell", "when": {"trigger": "record_created", "form": "deal"}, "if": "name == 'boss'", "then": [
        {"action": "notify", "with": {"to": ["role:boss"], "title": "boss"}}]}],
    "roles": [
        {"id": "boss", "forms": {"deal": {"actions": ["read"], "views": ["all"]}, "line": {"views": ["all"]}}},
        {"id": "all", "emergency": {"forms": ["deal"], "hours": 4, "alarm": ["role:boss"]}},
    ],
    "menus": [{"items": [{"form": "deal", "view": "all"}, {"form": "line", "view": "all"}]}],
}  # fmt: skip
BOSS, ALL = NamedPart("role", "boss"), NamedPart("view", "all", "deal")


@pytest.mark.parametrize(
    ("part", "places"),
    [
        (BOSS, ["/forms/0/views/0/default_for/0", "/rules/0/then/0/with/to/0", "/roles/1/emergency/alarm/0"]),
        (ALL, ["/roles/0/forms/deal/views/0", "/menus/0/items/0/view"]),
        (NamedPart("view", "talk", "deal"), ["/forms/0/views/0/options/opens"]),
        (NamedPart("role", "all"), []),
        (NamedPart("view", "all", "nothing"), []),
    ],
)
def test_who_names_a_part(problems_of: Any, part: NamedPart, places: list[str]) -> None:
    assert not has_errors(problems_of(PARTS))
    assert sorted(one.path for one in naming(PARTS, part, problems_of)) == sorted(places)


def test_who_names_it_follows_another_id(problems_of: Any) -> None:
    made = renamed(renamed(PARTS, ALL, "every", problems_of), BOSS, "head", problems_of)
    every = made["forms"][0]["views"][0]
    assert (every["id"], every["default_for"]) == ("every", ["head"])
    assert made["rules"][0]["then"][0]["with"] == {"to": ["role:head"], "title": "boss"}
    assert made["rules"][0]["if"] == "name == 'boss'"
    assert [role["id"] for role in made["roles"]] == ["head", "all"]
    assert made["roles"][0]["forms"]["deal"]["views"] == ["every"]
    assert [item["view"] for item in made["menus"][0]["items"]] == ["every", "all"]
    assert not has_errors(problems_of(made))
