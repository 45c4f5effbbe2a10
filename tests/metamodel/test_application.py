"""load: all problems at once, placeholders for what is unknown, other apps at hand or not."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from metamodel.application import App, load, read, tidy
from metamodel.formats import upgrade
from metamodel.problems import problem
from tests.metamodel.samples import CRM, SAMPLE


def codes(document: Any, registry: Any, apps: Any = None) -> list[tuple[str, str]]:
    return [(p.path, p.code) for p in load(document, registry, apps)[1]]


def changed(document: Any, path: str, value: Any) -> Any:
    result = copy.deepcopy(document)
    *way, last = path.split("/")
    inside = result
    for key in way:
        inside = inside[int(key) if key.isdigit() else key]
    inside[int(last) if last.isdigit() else last] = value
    return result


@pytest.mark.parametrize("document", [None, 1, "x", [], {}, {"app": 1}, {"app": {}}, {"app": {"id": 5}}])
def test_unreadable_shapes_give_no_app(document: Any, registry: Any) -> None:
    app, problems = load(document, registry)
    assert app is None
    assert problems


@pytest.mark.parametrize("document", [SAMPLE, CRM, {"app": {}}, {"app": {"id": "x"}, "muniment": 999}])
def test_reading_builds_what_loading_builds(document: Any, registry: Any) -> None:
    assert read(document, registry) == load(document, registry)[0]


def test_unknown_parts_are_placeholders(registry: Any) -> None:
    document = changed(SAMPLE, "forms/0/fields/1/type", "hologram")
    app, _ = load(document, registry)
    assert app is not None
    field = app.forms[0].fields[1]
    assert (field.id, field.type_name, field.type, field.options, field.usable) == (
        "subject", "hologram", None, None, False,
    )  # fmt: skip
    assert (field.required, field.path, field.derived) == (True, "/forms/0/fields/1", None)


def test_unreadable_options_are_none(registry: Any) -> None:
    app, _ = load(changed(SAMPLE, "forms/0/fields/7/options", {"digits": "two"}), registry)
    assert app is not None
    assert app.forms[0].fields[7].type is not None
    assert app.forms[0].fields[7].options is None


def test_what_is_built(registry: Any) -> None:
    app, _ = load(SAMPLE, registry)
    assert app is not None
    ticket, note = app.forms
    assert (app.id, app.text("en"), app.format) == ("desk", "Service desk", 1)
    assert note.is_archive
    assert ticket.view("open").columns == ("number", "subject", "customer.name", "state")  # type: ignore[union-attr]
    assert app.rules[0].trigger is registry.get("trigger", "message_received")
    assert (app.rules[0].form, app.rules[1].form) == ("", "note")
    assert app.rules[1].actions[0].options.tags == ("商机",)  # type: ignore[union-attr]
    assert app.role("agent").forms["ticket"].field_access("secret") == "hide"  # type: ignore[union-attr]
    assert app.menus[0].items[1].page == "search"
    assert app.document is not None
    assert app.required("crm").forms == {"customer": {"name": "text", "level": "select"}}  # type: ignore[union-attr]


def test_each_mistake_is_told_once() -> None:
    twice = problem("shape.missing", "/a", key="b")
    shape = problem("shape.type", "/c", expected="x", found="y")
    meaning = problem("label.missing", "/c", id="c")
    assert tidy([twice, twice, shape, meaning]) == [twice, shape]


# -- other apps ------------------------------------------------------------------------------------


def loaded(document: Any, registry: Any) -> App:
    app, problems = load(document, registry)
    assert app is not None
    assert problems == []
    return app


def test_with_the_other_app_at_hand(registry: Any) -> None:
    crm = loaded(CRM, registry)
    assert codes(SAMPLE, registry, {"crm": crm}) == []
    assert codes(SAMPLE, registry, {}) == [("/requires/0/app", "requires.absent")]


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        ("forms/0/fields/1/type", "text", [("/requires/0/forms/customer/level", "requires.changed")]),
        ("forms/0/fields/0/id", "title", [("/requires/0/forms/customer/name", "reference.unknown_field")]),
        ("forms/0/id", "client", [("/requires/0/forms/customer", "reference.unknown_form")]),
    ],
)
def test_the_other_app_has_changed(path: str, value: str, expected: Any, registry: Any) -> None:
    other, _ = load(changed(changed(CRM, path, value), "forms/0/fields/1/options", {}), registry)
    found = codes(SAMPLE, registry, {"crm": other})
    assert found[:1] == expected


def test_fields_that_requires_does_not_list(registry: Any) -> None:
    crm = loaded(CRM, registry)
    document = changed(SAMPLE, "forms/0/views/0/columns", ["customer.city"])
    expected = [("/forms/0/views/0/columns/0", "requires.unlisted")]
    assert codes(document, registry, {"crm": crm}) == expected
    assert codes(document, registry) == [("/forms/0/views/0/columns/0", "reference.unknown_field")]
    rows = changed(SAMPLE, "roles/0/forms/ticket/rows", "customer.city == '合肥'")
    assert codes(rows, registry, {"crm": crm}) == [("/roles/0/forms/ticket/rows", "requires.unlisted")]


def test_a_channel_belongs_to_one_app(registry: Any) -> None:
    other = loaded(changed(CRM, "channels", [{**SAMPLE["channels"][0]}]), registry)
    assert codes(SAMPLE, registry, {"crm": other}) == [("/channels/0/id", "channel.taken")]


# -- formats ---------------------------------------------------------------------------------------


def test_old_formats_are_brought_up_step_by_step() -> None:
    steps = {1: lambda d: {**d, "two": True}, 2: lambda d: {**d, "three": True}}
    document, problems = upgrade({"muniment": 1, "app": {}}, steps, newest=3)
    assert (document, problems) == ({"muniment": 3, "app": {}, "two": True, "three": True}, [])


@pytest.mark.parametrize("found", [2, 99, 0, -1])
def test_formats_we_do_not_know(found: int) -> None:
    _, problems = upgrade({"muniment": found})
    assert [(p.path, p.code) for p in problems] == [("/muniment", "app.format")]


# -- hostile documents -----------------------------------------------------------------------------

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, item in inner for place in places(item, (*path, key)))]


PLACES = places(SAMPLE)[1:]


@given(place=st.sampled_from(PLACES), value=JSON)
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_anything_anywhere_is_survived(place: tuple[Any, ...], value: Any, registry: Any) -> None:
    document = copy.deepcopy(SAMPLE)
    inside = document
    for key in place[:-1]:
        inside = inside[key]
    inside[place[-1]] = value
    _, problems = load(document, registry)
    for found in problems:
        assert found.text("zh")
        assert found.text("en")
        json.dumps(found.to_json())
