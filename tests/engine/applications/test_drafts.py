"""Drafts on both databases: edits on any revision come together by id, and the other's change is named."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

import pytest

from engine.applications import Drafts
from engine.config import Config
from engine.database import Database
from engine.evidence.seals import MasterKeys
from metamodel.plugin_api import Registry
from metamodel.problems import Rejected
from tests.engine.stored_apps import AMOUNT, LEVEL, NAME, House, document, form

FIELDS = "/forms/0/fields"


@pytest.fixture
def house(database: Database, registry: Registry, config: Config) -> House:
    made = House(database, registry, MasterKeys.open(config.master_key))
    made.publish(form("order", NAME, AMOUNT))
    return made


@pytest.fixture
def drafts(house: House) -> Drafts:
    return Drafts(house.database, house.applications)


def ids(document: Mapping[str, Any]) -> list[str]:
    return [field["id"] for field in document["forms"][0]["fields"]]


def add(field: Mapping[str, Any], at: str = "-") -> list[dict[str, Any]]:
    return [{"op": "add", "path": f"{FIELDS}/{at}", "value": dict(field)}]


def relabel(number: int, label: str) -> list[dict[str, Any]]:
    return [{"op": "replace", "path": f"{FIELDS}/{number}/label", "value": label}]


def refused(drafts: Drafts, on: int, patch: Any) -> list[str]:
    with pytest.raises(Rejected) as caught:
        drafts.edit(None, "shop", on, patch, "li")
    return [found.code for found in caught.value.problems]


def test_it_begins_with_what_is_published_and_publishing_waits(house: House, drafts: Drafts) -> None:
    assert (drafts.open("shop").revision, ids(drafts.open("shop").document)) == (0, ["name", "amount"])
    edited = drafts.edit(None, "shop", 0, add(LEVEL), "li", "新增 级别")
    assert (edited.draft.revision, ids(edited.draft.document)) == (2, ["name", "amount", "level"])
    assert house.applications.get("shop").forms[0].field("level") is None
    assert [(one.revision, one.by, one.note) for one in drafts.history("shop")] == [
        (2, "li", "新增 级别"),
        (1, "li", ""),
    ]
    assert ids(drafts.at("shop", 1).document) == ["name", "amount"]


def test_an_edit_on_an_older_revision_keeps_both_and_names_the_others(drafts: Drafts) -> None:
    drafts.edit(None, "shop", 0, add(LEVEL, "0"), "lin")
    edited = drafts.edit(None, "shop", 0, relabel(1, "合计"), "li")
    assert ids(edited.draft.document) == ["level", "name", "amount"]
    assert edited.draft.document["forms"][0]["fields"][2]["label"] == "合计"
    assert [(who, change.kind, change.id) for who, change in edited.others] == [("lin", "added", "level")]
    assert edited.conflicts == ()


def test_of_a_true_clash_ours_stands_and_it_is_said(drafts: Drafts) -> None:
    drafts.edit(None, "shop", 0, relabel(1, "总额"), "lin")
    edited = drafts.edit(None, "shop", 1, relabel(1, "合计"), "li")
    assert edited.draft.document["forms"][0]["fields"][1]["label"] == "合计"
    assert [found.path for found in edited.conflicts] == [f"{FIELDS}/1/label"]
    assert "总额" in edited.conflicts[0].text("zh")


def test_undo_is_a_patch_like_any_other(drafts: Drafts) -> None:
    added = drafts.edit(None, "shop", 0, add(LEVEL), "li").draft
    drafts.edit(None, "shop", added.revision, relabel(0, "名称"), "lin")
    undone = drafts.edit(None, "shop", added.revision, [{"op": "remove", "path": f"{FIELDS}/2"}], "li")
    assert ids(undone.draft.document) == ["name", "amount"]
    assert undone.draft.document["forms"][0]["fields"][0]["label"] == "名称"


@pytest.mark.parametrize(
    ("on", "patch", "code"),
    [
        (7, add(LEVEL), "draft.no_revision"),
        (0, [{"op": "remove", "path": f"{FIELDS}/9"}], "draft.bad_patch"),
        (0, [{"op": "test", "path": "/app/id", "value": "other"}], "draft.bad_patch"),
        (0, [{"op": "add", "path": "no pointer", "value": 1}], "draft.bad_patch"),
        (0, [{"op": "explode", "path": ""}], "draft.bad_patch"),
        (0, [{"op": "replace", "path": ""}], "draft.bad_patch"),
        (0, [], "draft.bad_patch"),
        (0, {"op": "add"}, "draft.bad_patch"),
        (0, ["add"], "draft.bad_patch"),
        (0, add(LEVEL) * 2_001, "draft.bad_patch"),
        (0, [{"op": "replace", "path": "/app/id", "value": "other"}], "draft.other_app"),
        (0, [{"op": "replace", "path": "", "value": []}], "draft.other_app"),
        (0, [{"op": "add", "path": "/app/note", "value": "长" * 2_000_000}], "draft.too_large"),
    ],
)
def test_what_is_no_edit_changes_nothing(drafts: Drafts, on: int, patch: Any, code: str) -> None:
    assert refused(drafts, on, patch) == [code]
    assert drafts.history("shop") == []


def test_a_new_app_begins_once(drafts: Drafts) -> None:
    blank = document(app="fresh")
    assert drafts.begin(None, blank, "li").revision == 1
    for again in (blank, document(app="shop")):
        with pytest.raises(Rejected, match=r"draft\.there_already"):
            drafts.begin(None, again, "li")
    assert drafts.open("fresh").document == blank
    with pytest.raises(Rejected, match=r"app\.unknown"):
        drafts.open("nowhere")


def test_many_at_once_lose_nothing(drafts: Drafts) -> None:
    fields = [{**NAME, "id": f"more_{number}", "label": f"更多{number}"} for number in range(8)]
    at_once = [
        threading.Thread(target=drafts.edit, args=(None, "shop", 0, add(field), f"p{number}"))
        for number, field in enumerate(fields)
    ]
    for each in at_once:
        each.start()
    for each in at_once:
        each.join()
    assert set(ids(drafts.open("shop").document)) == {"name", "amount", *(field["id"] for field in fields)}
    assert drafts.open("shop").revision == 9
