"""An app as a folder and as one document: the same app, and places that can be found again."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from metamodel.folders import from_files, locator, to_files
from metamodel.problems import pointer
from tests.metamodel.samples import SAMPLE


def test_round_trip_of_the_sample() -> None:
    files = to_files(SAMPLE)
    assert sorted(files) == [
        "app.json", "forms/note.json", "forms/ticket.json", "roles/agent.json", "rules/capture.json", "rules/mark.json",
    ]  # fmt: skip
    head = json.loads(files["app.json"])
    assert (head["forms"], head["rules"]) == (["ticket", "note"], ["capture", "mark"])
    assert head["channels"] == SAMPLE["channels"]
    assert from_files(files) == (SAMPLE, [])
    assert list(from_files(files)[0]) == list(SAMPLE)


PART = st.dictionaries(
    st.sampled_from(["id", "label", "x"]), st.sampled_from(["a", "b", "../a", "", 1, None])
)
PARTS = st.lists(st.one_of(PART, st.integers()), max_size=4) | st.none() | st.integers()


@given(st.dictionaries(st.sampled_from(["app", "forms", "rules", "roles", "menus", "extra"]), PARTS))
@settings(max_examples=80, deadline=None)
def test_round_trip_of_any_draft(document: Any) -> None:
    assert from_files(to_files(document)) == (document, [])


# name -> (files, problems)
WRONG = {
    "no app.json": ({"forms/a.json": "{}"}, [("", "folder.no_app")]),
    "app.json is no JSON": ({"app.json": "{"}, [("", "app.unreadable")]),
    "a file is missing": ({"app.json": '{"forms": ["a"]}'}, [("/forms/0", "folder.missing_file")]),
    "a file is no JSON": ({"app.json": '{"forms": ["a"]}', "forms/a.json": "["}, [("/forms/0", "app.unreadable")]),
    "a file has another id": (
        {"app.json": '{"forms": ["a"]}', "forms/a.json": '{"id": "b"}'}, [("/forms/0/id", "folder.other_id")],
    ),
    "a file is not listed": (
        {"app.json": '{"forms": []}', "forms/a.json": "{}", "data/a.json": "{}"}, [("/forms", "folder.unlisted")],
    ),
    "a list that is none": ({"app.json": '{"forms": 5}', "forms/a.json": "{}"}, [("/forms", "folder.unlisted")]),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_with_a_folder(name: str) -> None:
    files, expected = WRONG[name]
    document, problems = from_files(files)
    assert [(p.path, p.code) for p in problems] == expected
    assert (document is None) == (name in ("no app.json", "app.json is no JSON"))
    assert all(p.text("zh") and p.text("en") for p in problems)


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("/forms/1/fields/0/id", "forms/note.json#/fields/0/id"),
        ("/forms/1", "forms/note.json#"),
        ("/forms", "app.json#/forms"),
        ("/forms/9", "app.json#/forms/9"),
        ("/rules/0/then/0/with", "rules/capture.json#/then/0/with"),
        ("/channels/0/id", "app.json#/channels/0/id"),
        ("/app/label", "app.json#/app/label"),
        ("", "app.json#"),
    ],
)
def test_where_a_pointer_stands(path: str, place: str) -> None:
    assert locator(to_files(SAMPLE))(path) == place


def test_every_place_is_found_in_its_file() -> None:
    files = to_files(SAMPLE)
    locate = locator(files)
    for number, form in enumerate(SAMPLE["forms"]):
        for place, field in enumerate(form["fields"]):
            file, _, inner = locate(pointer("forms", number, "fields", place)).partition("#")
            found: Any = json.loads(files[file])
            for key in inner.split("/")[1:]:
                found = found[int(key)] if isinstance(found, list) else found[key]
            assert found == field
