"""Measures an import: lines with some of them wrong, checked and then written, with its time and memory.

    .venv/bin/python scripts/measure_import.py [LINES] [PER CENT WRONG]

Prints seconds, lines a second and memory after each step, on a fresh SQLite installation: what the process holds
itself, not the pages of the database that the system keeps mapped for it.
"""

from __future__ import annotations

import io
import sys
import tempfile
import time
from pathlib import Path

import xlsxwriter

from engine.access.people import Membership, Person
from engine.config import Config
from engine.runtime import Runtime

HEAD = ["订单号", "客户", "销售员", "金额", "下单日期", "状态", "标签", "备注", "电话", "邮箱"]
APP = {
    "muniment": 1, "app": {"id": "shop", "label": "订单"},
    "forms": [
        {"id": "client", "label": "客户", "title": "{name}", "fields": [
            {"id": "name", "type": "text", "label": "名称", "required": True}]},
        {"id": "order", "label": "订单", "title": "{code}", "fields": [
            {"id": "code", "type": "text", "label": "订单号", "required": True, "unique": True},
            {"id": "client", "type": "link", "label": "客户", "options": {"form": "client"}},
            {"id": "seller", "type": "member", "label": "销售员"},
            {"id": "price", "type": "money", "label": "金额"},
            {"id": "placed", "type": "date", "label": "下单日期"},
            {"id": "state", "type": "select", "label": "状态",
             "options": {"choices": [{"value": "new", "label": "新建"}, {"value": "paid", "label": "已付款"}]}},
            {"id": "tags", "type": "tags", "label": "标签"},
            {"id": "note", "type": "long_text", "label": "备注", "sealed": True, "searchable": True},
            {"id": "phone", "type": "mobile", "label": "电话"},
            {"id": "email", "type": "email", "label": "邮箱"}]},
    ],
    "roles": [{"id": "seller", "label": "销售", "forms": {
        "client": {"actions": ["read", "create"]}, "order": {"actions": ["read", "create", "update"]}}}],
}  # fmt: skip


def main() -> None:
    lines = int(sys.argv[1]) if len(sys.argv) > 1 else 50_000
    share = float(sys.argv[2]) if len(sys.argv) > 2 else 3
    with tempfile.TemporaryDirectory() as folder:
        runtime = Runtime.open(Config(data=Path(folder) / "data"))
        measure(runtime, lines, share)
        runtime.close()


def measure(runtime: Runtime, lines: int, share: float) -> None:
    runtime.applications.publish(None, APP, "system")

    def people(unit: object) -> None:
        runtime.people.save_people(unit, [Person("zhou", "周婧")])  # type: ignore[arg-type]
        runtime.people.save_memberships(unit, [Membership("shop", "seller", "person", "zhou")])  # type: ignore[arg-type]

    runtime.database.write(people)
    zhou = runtime.require_viewer("zhou")
    runtime.records.create(zhou, "shop", "client", [{"name": f"客户 {number}"} for number in range(500)])
    content = workbook(lines, share)
    print(f"{lines:,} lines, {share} % wrong, {len(content) / 1e6:.1f} MB; held before: {held():.0f} MB")
    file = runtime.store_file(zhou, content, "orders.xlsx", "application/octet-stream")
    del content
    started = now()
    made = runtime.imports.open(zhou, "shop", "order", str(file["id"]))
    plan = runtime.imports.look(zhou, made).plan
    told("opened and mapped", started, lines)
    started = now()
    runtime.imports.check(zhou, made, plan)
    told("counted", started, lines)
    for step in ("checked", "written"):
        if step == "written":
            runtime.imports.begin(zhou, made)
        started = now()
        runtime.jobs.run_due()
        told(step, started, lines)
        found = runtime.imports.get(zhou, made)
        print(f"    {found.state}: {found.created:,} right, {found.wrong:,} wrong")
        assert found.created + found.wrong == lines, "every line is one or the other"
    started = now()
    size = len(runtime.imports.wrong_workbook(zhou, made))
    told(f"wrong lines as a workbook of {size / 1e6:.1f} MB", started, lines)


def workbook(lines: int, share: float) -> bytes:
    """Every so many lines one is wrong, in one way or another."""
    made, every = io.BytesIO(), round(100 / share) if share else 0
    with xlsxwriter.Workbook(made, {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEAD)
        for number in range(1, lines + 1):
            row = [
                f"D{number:07}", f"客户 {number % 500}", "周婧", 100 + number / 100, f"2026-{number % 12 + 1:02}-15",
                "已付款" if number % 2 else "新建", "老客户、续约", f"第 {number} 张订单，由旧系统导出，备注若干字",
                f"138{number % 10**8:08}", f"a{number}@example.com",
            ]  # fmt: skip
            if every and number % every == 0:
                place, value = [(1, "没有这家客户"), (3, "一百元"), (8, "12"), (0, "")][number // every % 4]
                row[place] = value
            sheet.write_row(number, 0, row)
    return made.getvalue()


def told(what: str, started: tuple[float, float], lines: int) -> None:
    seconds, busy = time.perf_counter() - started[0], time.process_time() - started[1]
    print(
        f"{what}: {seconds:.1f} s ({busy:.1f} s of a core), {lines / seconds:,.0f} lines/s, holds {held():.0f} MB"
    )


def now() -> tuple[float, float]:
    return time.perf_counter(), time.process_time()


def held() -> float:
    """Megabytes of this process' own memory."""
    rows = Path("/proc/self/status").read_text().splitlines()
    return int(next(row for row in rows if row.startswith("RssAnon")).split()[1]) / 1024


if __name__ == "__main__":
    main()
