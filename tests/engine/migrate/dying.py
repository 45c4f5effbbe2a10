"""Publishes and dies in the middle, again and again: run as a script by test_dying.py.

Each round is two children of this process: one works until its Nth statement and is killed (SIGKILL) there, the
other opens what is left and tells what it finds, one JSON line a round.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from engine.access.viewer import SYSTEM
from engine.config import Config
from engine.records.query import Query
from engine.runtime import Runtime

ROWS = 1_200
WORTH = {"id": "worth", "label": "值"}
NAME = {"id": "name", "type": "text", "label": "名称", "searchable": True}
OLD = [NAME, {**WORTH, "type": "text"}, {"id": "note", "type": "text", "label": "备注"}]
NEW = [
    NAME, {**WORTH, "type": "integer"}, {"id": "day", "type": "date", "label": "日期"},
    {"id": "tags", "type": "tags", "label": "标签"},
]  # fmt: skip


SIZE = {
    "id": "size",
    "type": "formula",
    "label": "长",
    "options": {"expression": "LEN(name)", "result": "number"},
}


def document(fields: list[dict[str, Any]]) -> dict[str, Any]:
    """An app with an ordinary form, and an archive whose fields change alike."""
    letter = [{"id": "body", "type": "text", "label": "正文", "evidence": True}, *fields[1:]]
    size = [SIZE] if fields is NEW else []
    return {
        "muniment": 1,
        "app": {"id": "shop", "label": "店"},
        "forms": [
            {"id": "order", "label": "订单", "fields": [*fields, *size]},
            {"id": "letter", "label": "信", "kind": "archive", "fields": letter},
        ],
    }


def fill(runtime: Runtime) -> None:
    runtime.applications.publish(None, document(OLD), "li")
    rows = [{"name": f"单{n}", "worth": str(n) if n % 40 else "很多", "note": "旧"} for n in range(ROWS)]
    runtime.records.create(SYSTEM, "shop", "order", rows)
    runtime.records.create(SYSTEM, "shop", "letter", [{"body": f"信{n}", "worth": str(n)} for n in range(40)])
    runtime.jobs.run_due()


def publish(runtime: Runtime) -> None:
    runtime.applications.publish(None, document(NEW), "li")


def copy(runtime: Runtime) -> None:
    runtime.jobs.run_due()


def die_at(runtime: Runtime, number: int) -> None:
    """This process is killed when it is about to send its statement `number`."""
    seen = 0

    def count(*_: Any) -> None:
        nonlocal seen
        seen += 1
        if seen == number:
            os.kill(os.getpid(), signal.SIGKILL)

    sa.event.listen(runtime.database._engine, "before_cursor_execute", count)


def found(runtime: Runtime) -> dict[str, Any]:
    """What stands there, as people would read it."""
    app = runtime.applications.get("shop")
    told: dict[str, Any] = {"version": runtime.applications.version("shop")}
    for form in app.forms:
        table = runtime.catalog.form("shop", form.id)
        fields = [field.id for field in form.fields]
        assert sorted(table.fields) == sorted(fields), (form.id, fields, sorted(table.fields))
        query = Query(columns=tuple(fields), limit=2_000)
        page = runtime.records.page(SYSTEM, "shop", form.id, query)
        shown = [item.display["worth"].replace(",", "") for item in reversed(page.items)]
        told[form.id] = [text or None for text in shown]
        if "size" in fields:
            told["size"] = [item.values["size"] for item in reversed(page.items)]
            told["pending"] = sorted({name for item in page.items for name in item.pending})
        told["total"] = told.get("total", 0) + page.total
    told["findings"] = [one.kind for one in runtime.verify().findings]
    return told


def dying(work: Callable[[Runtime], object], number: int) -> Callable[[Runtime], object]:
    return lambda runtime: (die_at(runtime, number), work(runtime))


def in_child(config: Config, work: Callable[[Runtime], object]) -> int:
    """How the child ended, as `os.waitpid` says it."""
    sys.stdout.flush()
    child = os.fork()
    if child:
        return os.waitpid(child, 0)[1]
    code = 1
    try:
        runtime = Runtime.open(config)
        work(runtime)
        runtime.close()
        code = 0
    finally:
        sys.stdout.flush()
        os._exit(code)


def tell(runtime: Runtime) -> None:
    print(json.dumps(found(runtime)))


# Statements: among the plan's steps, after the version's row, late; in a copy's first chunk and its second; while
# a computed field is computed.
POINTS: tuple[tuple[Callable[[Runtime], None], tuple[int, ...]], ...] = (
    (publish, (12, 38)), (copy, (3, 13, 90)),
)  # fmt: skip


def main(folder: str, url: str) -> None:
    config = Config(data=Path(folder), database_url=url or None)
    assert in_child(config, fill) == 0
    for work, points in POINTS:
        for point in points:
            ended = in_child(config, dying(work, point))
            print(json.dumps({"work": work.__name__, "killed": os.WIFSIGNALED(ended), "at": point}))
            in_child(config, tell)
        assert in_child(config, work) == 0
        in_child(config, tell)


if __name__ == "__main__":
    main(*sys.argv[1:])
