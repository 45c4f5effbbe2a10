"""The form designer's page and fragments, and what becomes of any sequence of its operations."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from typing import Any

import pytest

from builder_ui.design_pieces import for_paper
from engine.applications.packing import pack_file, unpack
from engine.runtime import Runtime
from metamodel.application import load
from metamodel.problems import has_errors
from tests.builder_ui.desk import Tab
from tests.house.source import ROOT
from tests.node import NODE

FORM = "/design/desk/forms/customer"
SignIn = Callable[[str], Tab]


@pytest.fixture
def cheng(sign_in: SignIn) -> Tab:
    return sign_in("cheng")


def test_the_page_has_palette_canvas_and_panel(cheng: Tab) -> None:
    html = cheng.get(FORM).text
    assert html.count('class="tile"') >= 60
    for key in ("form", "block:section", "field:number", "field:lines.what"):
        assert f'data-key="{key}"' in html
    assert "已发布一致" in html
    assert "select 单选 danxuan dx" in html


def test_what_most_forms_need_comes_first_in_the_palette(cheng: Tab) -> None:
    html = cheng.get(FORM).text
    tiles = re.findall(r'class="tile"[^>]*data-kind="field" data-name="(\w+)"', html)
    for first in (
        ["text", "long_text", "email", "mobile", "landline", "url", "id_card"],
        ["integer", "decimal", "money", "percent"],
        ["select", "radio", "multi_select", "checkbox_group"],
        ["date", "datetime", "date_range"],
        ["member", "members", "department"],
        ["attachment", "image"],
        ["link", "links"],
    ):
        at = tiles.index(first[0])
        assert tiles[at : at + len(first)] == first


@pytest.mark.parametrize(
    ("at", "words"),
    [
        ("", ("客户", "记录的标题")),
        ("?at=field:why", ("停用原因", "何时显示", "active == false", "已发布")),
        ("?at=field:active", ("控制 1 个字段：停用原因", "1 个字段")),
        ("?at=field:lines.what", ("品名", "必填")),
        ("?at=field:talks", ("那边的关联字段", "汇总方式", "会话")),
        ("?at=field:name&at=field:why", ("已选 2 个字段", "多个值")),
        ("?at=field:name&at=field:active", ("已选 2 个字段", 'data-used="1 个视图、1 个字段"')),
        ("?at=field:active&at=field:why", ("已选 2 个字段", 'data-used=""')),
        ("?at=block:section", ("分区", "栏数")),
        ("?at=block:section&at=field:name", ("已选 2 项",)),
        ("?at=field:gone", ("客户", "记录的标题")),
        ("", ("查重", "打印", "另排一个打印版式", "data-pieces-of-value")),
    ],
)
def test_the_panel_is_about_what_is_chosen(cheng: Tab, at: str, words: tuple[str, ...]) -> None:
    html = cheng.get(f"{FORM}/panel{at}").text
    assert [word for word in words if word not in html] == []


def test_a_page_on_paper_begins_as_the_form_is() -> None:
    tabs = {"id": "t", "kind": "tabs", "tabs": [
        {"id": "one", "label": "甲", "blocks": [
            {"id": "s", "kind": "section", "folded": True, "visible": "a", "fields": ["a"]}]},
        {"id": "two", "blocks": [{"id": "b", "kind": "button", "rule": "r"}, {"id": "n", "kind": "note", "text": "x"}]},
    ]}  # fmt: skip
    assert for_paper([tabs, {"id": "e", "kind": "embed", "url": "https://example.org"}]) == [
        {"id": "divider", "kind": "divider", "label": "甲"},
        {"id": "s", "kind": "section", "fields": ["a"]},
        {"id": "n", "kind": "note", "text": "x"},
    ]


def test_a_draft_that_is_wrong_still_shows(cheng: Tab, runtime: Runtime) -> None:
    patch: list[dict[str, Any]] = [
        {"op": "add", "path": "/forms/0/fields/-", "value": {"id": "odd", "type": "no_such", "label": ""}},
        {"op": "add", "path": "/forms/0/layout", "value": [
            {"kind": "section", "fields": ["name", "odd", "gone"]}, {"kind": "tabs", "tabs": [{"label": "一"}]},
            {"kind": "huh"}]},
    ]  # fmt: skip
    runtime.drafts.edit(None, "desk", 0, patch, "cheng")
    html = cheng.get(f"{FORM}/canvas").text
    for key in ("block:section", "block:tabs", "block:huh", "field:odd", "field:why"):
        assert f'data-key="{key}"' in html
    assert "field:gone" not in html
    assert "problem-dot bad" in html
    assert cheng.get(f"{FORM}/panel?at=field:odd").status_code == 200
    problems = cheng.get("/design/desk/problems").text
    assert f"{FORM}?at=field:odd" in problems


@pytest.mark.parametrize(
    ("sent", "status", "made"),
    [
        ({"field": "fresh", "label": "合同金额"}, 200, "he_tong_jin_e"),
        ({"field": "fresh", "label": "Name"}, 200, "name_2"),
        ({"field": "fresh", "id": "total"}, 200, "total"),
        ({"field": "fresh", "id": "name"}, 422, None),
        ({"field": "fresh", "id": "No!"}, 422, None),
        ({"field": "fresh", "id": "class"}, 422, None),
        ({"field": "name", "id": "other"}, 409, None),
        ({"field": "gone", "label": "x"}, 404, None),
    ],
)
def test_ids_are_made_from_labels_until_published(
    cheng: Tab, runtime: Runtime, sent: dict[str, Any], status: int, made: str | None
) -> None:
    add = [
        {
            "op": "add",
            "path": "/forms/0/fields/-",
            "value": {"id": "fresh", "type": "text", "visible": "fresh != ''"},
        }
    ]
    draft = runtime.drafts.edit(None, "desk", 0, add, "cheng").draft
    answer = cheng.client.post(
        f"{FORM}/names", json={"revision": draft.revision, **sent}, headers={"x-csrf-token": cheng.csrf}
    )
    assert answer.status_code == status, answer.text
    if made:
        assert answer.json()["id"] == made
        after = runtime.drafts.edit(
            None, "desk", draft.revision, answer.json()["patch"], "cheng"
        ).draft.document
        assert after["forms"][0]["fields"][-1] == {"id": made, "type": "text", "visible": f"{made} != ''"}


# -- any sequence of operations --------------------------------------------------------------------


@pytest.mark.skipif(NODE is None, reason="Node is not installed")
@pytest.mark.parametrize("seed", [3, 2027])
def test_whatever_is_done_in_the_designer_loads(runtime: Runtime, seed: int) -> None:
    for document in _documents(seed):
        app, problems = load(document, runtime.registry)
        assert app is not None
        assert [found for found in problems if found.code.startswith("shape.")] == []
        assert len(app.forms[0].fields) == len(document["forms"][0]["fields"])


@pytest.mark.skipif(NODE is None, reason="Node is not installed")
def test_publish_export_import_publish_is_the_identity(runtime: Runtime) -> None:
    sound = [one for one in _documents(2026) if not has_errors(runtime.applications.check(one))]
    document = sound[-1]
    version = runtime.applications.publish(None, document, "cheng")
    published = runtime.applications.document("x")
    again = unpack(pack_file(published))
    assert again == published == document
    assert runtime.applications.publish(None, again, "cheng") == version  # the same version, not the next one


def _documents(seed: int) -> list[dict[str, Any]]:
    """The form after each twenty of two hundred operations by chance."""
    assert NODE is not None
    command = [NODE, str(ROOT / "tests/js/random_edits.mjs"), str(seed)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]
