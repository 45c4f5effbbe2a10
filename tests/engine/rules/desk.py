"""The office of the tests with rules, keyword lists and a few more fields; and quick ways to look at it."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from engine.access.viewer import SYSTEM, Viewer
from engine.records.query import Change, Query
from engine.runtime import Runtime
from engine.system_tables import rule_runs
from tests.engine.conftest import OFFICE

KEYWORDS: dict[str, Any] = {
    "id": "words", "label": "关键词库", "title": "{code}",
    "keywords": {"code": "code", "rows": "rows", "word": "word", "also": "also", "enabled": "used"},
    "fields": [
        {"id": "code", "type": "text", "label": "代码", "unique": True},
        {"id": "rows", "type": "sub_form", "label": "词", "fields": [
            {"id": "word", "type": "text", "label": "词"},
            {"id": "also", "type": "text_list", "label": "别写"},
            {"id": "used", "type": "switch", "label": "启用"},
            {"id": "false_alarms", "type": "integer", "label": "误报"},
        ]},
    ],
}  # fmt: skip
MORE: dict[str, list[dict[str, Any]]] = {
    "client": [
        {"id": "note", "type": "long_text", "label": "备注", "sealed": True},
        {"id": "due", "type": "datetime", "label": "到期"},
        {"id": "birthday", "type": "date", "label": "生日"},
        {"id": "parent", "type": "link", "label": "上级客户", "options": {"form": "client"}},
        {"id": "state", "type": "text", "label": "状态"},
        {"id": "count", "type": "integer", "label": "次数"},
    ],
    "letter": [
        {"id": "state", "type": "text", "label": "状态"},
        {"id": "hits", "type": "integer", "label": "词数"},
        {"id": "found", "type": "text_list", "label": "命中", "sealed": True},
    ],
}  # fmt: skip


def desk(*rules: Mapping[str, Any], **parts: Any) -> dict[str, Any]:
    """The document with these rules; `parts` replace others of its parts."""
    document = copy.deepcopy(OFFICE)
    document["forms"].append(KEYWORDS)
    for form in document["forms"]:
        form["fields"] += copy.deepcopy(MORE.get(form["id"], []))
    document["roles"][1]["manages"] = ["design"]
    document["rules"] = [{"label": rule["id"], **rule} for rule in rules]
    return {**document, **parts}


def publish(office: Runtime, *rules: Mapping[str, Any], **parts: Any) -> Runtime:
    office.applications.publish(None, desk(*rules, **parts), "system")
    return office


def create(runtime: Runtime, form: str, *rows: Mapping[str, Any], viewer: Viewer = SYSTEM) -> list[str]:
    return runtime.records.create(viewer, "office", form, rows)


def client(runtime: Runtime, name: str = "恒锐", viewer: Viewer = SYSTEM, **values: Any) -> str:
    return create(runtime, "client", {"name": name, **values}, viewer=viewer)[0]


def update(runtime: Runtime, form: str, record: str, viewer: Viewer = SYSTEM, **values: Any) -> list[str]:
    """The codes of what was wrong."""
    (outcome,) = runtime.records.update(viewer, "office", form, [Change(record, values)])
    return [found.code for found in outcome.problems]


def values(runtime: Runtime, form: str, record: str) -> dict[str, Any]:
    return dict(runtime.records.get(SYSTEM, "office", form, record).values)


def revision(runtime: Runtime, form: str, record: str) -> int:
    return runtime.records.get(SYSTEM, "office", form, record).revision


def rows(runtime: Runtime, form: str) -> list[dict[str, Any]]:
    """Oldest first."""
    items = runtime.records.page(SYSTEM, "office", form, Query(limit=500)).items
    return [{"id": item.id, **item.values} for item in reversed(items)]


def runs(runtime: Runtime) -> list[tuple[str, str, list[str]]]:
    """(rule, outcome, codes of its problems), oldest first."""
    with runtime.database.read() as connection:
        found = connection.execute(sa.select(rule_runs).order_by(rule_runs.c.id)).all()
    traces = [(row.rule, row.outcome, runtime.box.open_json(row.trace_sealed)) for row in found]
    return [(rule, outcome, [p["code"] for p in trace["problems"]]) for rule, outcome, trace in traces]
