"""The office with a form that spreadsheets are imported into, files of lines, and a person who imports."""

from __future__ import annotations

import copy
import io
from collections.abc import Sequence
from typing import Any

import pytest
import xlsxwriter

from engine.access.viewer import Viewer
from engine.importing import Import, Plan
from engine.records.query import Query
from engine.runtime import Runtime
from tests.engine.conftest import OFFICE

ORDER: dict[str, Any] = {
    "id": "order", "label": "订单", "title": "{code}",
    "fields": [
        {"id": "code", "type": "text", "label": "订单号", "required": True, "unique": True},
        {"id": "client", "type": "link", "label": "客户", "options": {"form": "client"}},
        {"id": "seller", "type": "member", "label": "销售员"},
        {"id": "team", "type": "department", "label": "部门"},
        {"id": "price", "type": "money", "label": "金额（元）"},
        {"id": "placed", "type": "date", "label": "下单日期"},
        {"id": "state", "type": "select", "label": "状态", "default": "'new'",
         "options": {"choices": [{"value": "new", "label": "新建"}, {"value": "paid", "label": "已付款"}]}},
        {"id": "tags", "type": "tags", "label": "标签"},
        {"id": "rushed", "type": "switch", "label": "加急"},
        {"id": "note", "type": "long_text", "label": "备注", "sealed": True},
        {"id": "doubled", "type": "formula", "label": "两倍",
         "options": {"expression": "price * 2", "result": "number"}},
        {"id": "secret", "type": "text", "label": "底价", "sealed": True},
    ],
}  # fmt: skip
HEAD = ["订单号", "客户名称", "销售员", "金额", "下单日期", "状态", "标签", "备注"]


@pytest.fixture
def shop(office: Runtime) -> Runtime:
    document = copy.deepcopy(OFFICE)
    document["forms"].append(ORDER)
    everything = ["read", "create", "update", "export"]
    document["roles"][0]["forms"]["order"] = {"actions": everything, "fields": {"secret": "hide"}}
    document["roles"][1]["forms"]["order"] = {"actions": ["read"]}
    document["roles"][2]["forms"]["order"] = {"rows": "seller == me", "actions": everything}
    office.applications.publish(None, document, "system")
    return office


@pytest.fixture
def zhou(shop: Runtime) -> Viewer:
    return shop.require_viewer("zhou")


def workbook(*lines: Sequence[Any], sheet: str = "订单") -> bytes:
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True, "strings_to_formulas": False}) as book:
        page = book.add_worksheet(sheet)
        for number, line in enumerate(lines):
            page.write_row(number, 0, line)
    return made.getvalue()


def opened(runtime: Runtime, viewer: Viewer, content: bytes, name: str = "订单.xlsx") -> str:
    """The id of an import of this file."""
    file = runtime.store_file(viewer, content, name, "application/octet-stream")
    return runtime.imports.open(viewer, "office", "order", str(file["id"]))


def checked(runtime: Runtime, viewer: Viewer, content: bytes, **plan: Any) -> Import:
    """The import after its lines were tried, by the guessed plan with these parts of it changed."""
    import msgspec

    identifier = opened(runtime, viewer, content)
    guessed = runtime.imports.look(viewer, identifier).plan
    runtime.imports.check(viewer, identifier, msgspec.structs.replace(guessed, **plan))
    runtime.jobs.run_due()
    return runtime.imports.get(viewer, identifier)


def done(runtime: Runtime, viewer: Viewer, content: bytes, **plan: Any) -> Import:
    found = checked(runtime, viewer, content, **plan)
    runtime.imports.begin(viewer, found.id)
    runtime.jobs.run_due()
    return runtime.imports.get(viewer, found.id)


def orders(runtime: Runtime, viewer: Viewer) -> list[dict[str, Any]]:
    """Oldest first."""
    items = runtime.records.page(viewer, "office", "order", Query(limit=500)).items
    return [dict(item.values) for item in reversed(items)]


def wrong(runtime: Runtime, viewer: Viewer, found: Import) -> dict[int, list[tuple[str, str]]]:
    """(code, path) by line."""
    lines = runtime.imports.wrong(viewer, found.id, 100)
    return {line.number: [(p.code, p.path) for p in line.problems] for line in lines}


__all__ = ["HEAD", "Plan", "checked", "done", "opened", "orders", "workbook", "wrong"]
