"""A spreadsheet is mapped, tried without writing, and then comes in line by line, once, as its person may."""

from __future__ import annotations

import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Literal

import msgspec
import pytest
import sqlalchemy as sa
from python_calamine import CalamineWorkbook

from engine.access.viewer import SYSTEM, Viewer
from engine.clock import FrozenClock
from engine.importing import running as room
from engine.records.query import Query
from engine.runtime import Runtime
from engine.system_tables import audit
from metamodel.problems import Rejected
from tests.engine.importing.conftest import HEAD, checked, done, opened, orders, workbook, wrong


def client(runtime: Runtime, name: str, owner: str = "zhou") -> str:
    (made,) = runtime.records.create(SYSTEM, "office", "client", [{"name": name, "owner": owner}])
    return made


def codes(action: Callable[[], Any]) -> list[str]:
    with pytest.raises(Rejected) as refused:
        action()
    return [found.code for found in refused.value.problems]


GOOD = ["D1", "恒锐", "周婧", "1,200.5", "2026-11-20", "已付款", "重要、加急", "=1+1"]


def test_columns_are_guessed_by_label_id_pinyin_and_likeness(shop: Runtime, zhou: Viewer) -> None:
    content = workbook(
        ["订单一览"], ["订单号*", "KeHu", "销售", "金额", "state", "下单日", "底价", "无关"], [1, "恒锐"]
    )
    look = shop.imports.look(zhou, opened(shop, zhou, content))
    assert look.plan.heading == 2
    assert [c.field for c in look.columns] == ["code", "client", "seller", "price", "state", "placed", "", ""]
    assert look.columns[1].samples == ("恒锐",)
    assert "secret" not in {field.id for field in look.targets}
    assert "doubled" not in {field.id for field in look.targets}
    assert look.keys[0].id == "code"


def test_what_is_right_comes_in_and_what_is_wrong_is_told(shop: Runtime, zhou: Viewer) -> None:
    known = client(shop, "恒锐")
    client(shop, "双名"), client(shop, "双名"), client(shop, "别人的", owner="wang")
    lines = [
        GOOD,
        ["D2", "", "", "", "", "", "", ""],
        [],
        ["", "恒锐", "", "", "", "", "", ""],
        ["D3", "双名", "没有人", "abc", "昨天?", "不知道", "", ""],
        ["D4", "别人的", "", "", "", "", "", ""],
        ["D1", "", "", "", "", "", "", ""],
    ]
    found = checked(shop, zhou, workbook(HEAD, *lines))
    assert (found.state, found.total, found.created, found.wrong) == ("checked", 6, 2, 4)
    assert orders(shop, zhou) == []
    assert wrong(shop, zhou, found) == {
        5: [("value.required", "/code")],
        6: [
            ("import.several_named", "/client"), ("import.no_such_name", "/seller"), ("value.not_a_number", "/price"),
            ("value.not_a_date", "/placed"), ("value.not_a_choice", "/state"),
        ],
        7: [("import.no_such_name", "/client")],
        8: [("import.twice", "/code")],
    }  # fmt: skip
    shop.imports.begin(zhou, found.id)
    shop.jobs.run_due()
    found = shop.imports.get(zhou, found.id)
    assert (found.state, found.created, found.wrong) == ("done", 2, 4)
    first, second = orders(shop, zhou)
    wanted = {"code": "D1", "client": known, "seller": "zhou", "price": "1200.50", "placed": "2026-11-20",
              "state": "paid", "tags": ["重要", "加急"], "note": "=1+1"}  # fmt: skip
    assert {name: first[name] for name in wanted} == wanted
    assert second["state"] == "new"


def test_wrong_lines_come_back_as_a_workbook_that_can_be_mended(shop: Runtime, zhou: Viewer) -> None:
    found = done(shop, zhou, workbook(HEAD, ["D1", "无此人", "", "abc"], ["D2"]))
    content = shop.imports.wrong_workbook(zhou, found.id)
    head, line = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    assert (head[:3], line[0], line[2:6]) == (
        ["原行号", "错误原因", "订单号"],
        2.0,
        ["D1", "无此人", "", "abc"],
    )
    assert "无此人" in line[1]
    client(shop, "无此人")
    mended = [[*line[:5], "12", *line[6:]]]
    again = done(shop, zhou, workbook(head, *mended))
    assert (again.created, again.wrong) == (1, 0)


def test_what_was_exported_changes_the_records_it_came_from(shop: Runtime, zhou: Viewer) -> None:
    client(shop, "恒锐")
    head = ["编号", "名称", "旧编号"]
    file = shop.store_file(zhou, workbook(head, ["KH0001", "恒锐精密", "9"]), "客户.xlsx", "application/zip")
    made = shop.imports.open(zhou, "office", "client", str(file["id"]))
    plan = shop.imports.look(zhou, made).plan
    assert ([c.field for c in plan.columns], plan.mode, plan.key) == (
        ["number", "name", ""],
        "update",
        "number",
    )
    shop.imports.check(zhou, made, plan)
    shop.jobs.run_due()
    shop.imports.begin(zhou, made)
    shop.jobs.run_due()
    (found,) = shop.records.page(zhou, "office", "client", Query()).items
    assert (found.values["name"], shop.imports.get(zhou, made).updated) == ("恒锐精密", 1)


MODES = [
    # mode, created, updated, wrong
    ("create", 1, 0, {3: "value.not_unique"}),
    ("both", 1, 1, {}),
    ("update", 0, 1, {2: "record.no_such_key"}),
]


@pytest.mark.parametrize(("mode", "created", "updated", "bad"), MODES)
def test_known_records_are_left_changed_or_refused(
    shop: Runtime, zhou: Viewer, mode: str, created: int, updated: int, bad: dict[int, str]
) -> None:
    shop.records.create(zhou, "office", "order", [{"code": "A7", "price": "5", "note": "旧"}])
    content = workbook(["订单号", "金额", "备注"], ["A8", 8, "新"], ["A7", 7, ""])
    found = done(shop, zhou, content, mode=mode, key="" if mode == "create" else "code")
    assert (found.created, found.updated) == (created, updated)
    assert {line: one[0][0] for line, one in wrong(shop, zhou, found).items()} == bad
    kept = {order["code"]: (order["price"], order["note"]) for order in orders(shop, zhou)}
    assert kept["A7"] == (("7.00" if updated else "5.00"), "旧")  # a blank cell says nothing


def test_all_or_nothing(shop: Runtime, zhou: Viewer) -> None:
    found = checked(shop, zhou, workbook(["订单号", "金额"], ["A1", 1], ["A2", "x"]), bad="nothing")
    assert (found.right, found.wrong) == (1, 1)
    assert codes(lambda: shop.imports.begin(zhou, found.id)) == ["import.not_now"]
    found = checked(shop, zhou, workbook(["订单号", "金额"], ["A1", 1], ["A2", 2]), bad="nothing")
    shop.records.create(zhou, "office", "order", [{"code": "A2"}])  # meanwhile
    shop.imports.begin(zhou, found.id)
    shop.jobs.run_due()
    found = shop.imports.get(zhou, found.id)
    assert (found.state, found.right, found.wrong) == ("checked", 0, 1)
    assert [order["code"] for order in orders(shop, zhou)] == ["A2"]
    assert done(shop, zhou, workbook(["订单号"], ["A1"], ["A3"]), bad="nothing").state == "done"
    assert len(orders(shop, zhou)) == 3


def test_a_job_that_dies_goes_on_where_it_stopped(
    shop: Runtime, zhou: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "BATCH", 4)
    lines = [[f"A{number}", "x" if number % 5 == 0 else number] for number in range(1, 18)]
    found = checked(shop, zhou, workbook(["订单号", "金额"], *lines, ["A1", 3]))
    assert (found.created, found.wrong) == (14, 4)
    create, calls = shop.records.writer.create, []

    def dying(*args: Any, **kwargs: Any) -> Any:
        calls.append(args)
        if len(calls) == 3:
            raise RuntimeError("the power went")
        return create(*args, **kwargs)

    monkeypatch.setattr(shop.records.writer, "create", dying)
    shop.imports.begin(zhou, found.id)
    with pytest.raises(RuntimeError):
        shop.imports.runner.work(found.id)  # a worker that does not come back
    assert len(orders(shop, zhou)) == 7
    assert shop.imports.get(zhou, found.id).done == 8
    shop.jobs.run_due()
    found = shop.imports.get(zhou, found.id)
    assert (found.state, found.created, found.wrong, found.done) == ("done", 14, 4, 18)
    assert len({order["code"] for order in orders(shop, zhou)}) == len(orders(shop, zhou)) == 14


def test_it_can_be_stopped_and_go_on(shop: Runtime, zhou: Viewer) -> None:
    found = checked(shop, zhou, workbook(["订单号"], ["A1"]))
    shop.imports.begin(zhou, found.id)
    shop.imports.stop(zhou, found.id)
    shop.jobs.run_due()
    assert orders(shop, zhou) == []
    shop.imports.begin(zhou, found.id)
    shop.jobs.run_due()
    assert shop.imports.get(zhou, found.id).state == "done"
    assert codes(lambda: shop.imports.begin(zhou, found.id)) == ["import.not_now"]
    with shop.database.read() as connection:
        actions = list(connection.scalars(sa.select(audit.c.action).where(audit.c.form == "order")))
    assert actions.count("import.done") == 1


PLANS: list[tuple[dict[str, Any], list[str]]] = [
    ({"columns": {}}, ["import.nothing_mapped"]),
    ({"columns": {0: "code", 1: "code"}}, ["import.mapped_twice"]),
    ({"columns": {0: "code", 1: "secret"}}, ["import.field_closed"]),
    ({"columns": {0: "code", 1: "doubled"}}, ["import.field_closed"]),
    ({"columns": {0: "code", 1: "nothing"}}, ["import.field_closed"]),
    ({"columns": {1: "price"}, "mode": "both", "key": "code"}, ["import.no_key"]),
    ({"columns": {0: "note"}, "mode": "update", "key": "note"}, ["import.no_key"]),
]


def test_a_plan_that_cannot_be_is_refused(shop: Runtime, zhou: Viewer) -> None:
    identifier = opened(shop, zhou, workbook(["一", "二"], ["A1", "2"]))
    guessed = shop.imports.look(zhou, identifier).plan
    for given, expected in PLANS:
        chosen = given["columns"]
        columns = tuple(
            msgspec.structs.replace(column, field=chosen.get(place, ""))
            for place, column in enumerate(guessed.columns)
        )
        plan = msgspec.structs.replace(guessed, **{**given, "columns": columns})
        found = codes(lambda plan=plan: shop.imports.check(zhou, identifier, plan))  # type: ignore[misc]
        assert [code for code in found if code != "import.needed"] == expected, given


def test_an_import_and_its_form_are_for_who_may(shop: Runtime, zhou: Viewer) -> None:
    found = checked(shop, zhou, workbook(["订单号"], ["A1"]))
    lu, ye, wang = (shop.require_viewer(name) for name in ("lu", "ye", "wang"))
    assert codes(lambda: shop.imports.get(wang, found.id)) == ["import.unknown"]
    assert codes(lambda: shop.imports.begin(wang, found.id)) == ["import.unknown"]
    assert codes(lambda: opened(shop, lu, workbook(["订单号"], ["A1"]))) == ["access.denied"]
    assert not shop.imports.may(lu, "office", "order")
    assert not shop.imports.may(zhou, "office", "letter")  # evidence is not made from a spreadsheet
    file = shop.store_file(zhou, b"a,b\n1,2", "x.csv", "text/csv")
    assert codes(lambda: shop.imports.open(ye, "office", "order", str(file["id"]))) == ["import.file_gone"]


def test_the_next_file_with_these_headings_is_mapped_alike(shop: Runtime, zhou: Viewer) -> None:
    content = workbook(["甲", "乙"], ["A1", 3])
    identifier = opened(shop, zhou, content)
    plan = shop.imports.look(zhou, identifier).plan
    assert [column.field for column in plan.columns] == ["", ""]
    columns = tuple(
        msgspec.structs.replace(c, field=f) for c, f in zip(plan.columns, ("code", "price"), strict=True)
    )
    shop.imports.check(
        zhou, identifier, msgspec.structs.replace(plan, columns=columns, mode="both", key="code")
    )
    look = shop.imports.look(zhou, opened(shop, zhou, content))
    assert look.remembered
    assert [c.field for c in look.columns] == ["code", "price"]
    assert (look.plan.mode, look.plan.key) == ("both", "code")
    wang = shop.require_viewer("wang")
    assert not shop.imports.look(wang, opened(shop, wang, content)).remembered


def test_after_a_week_the_file_is_gone(shop: Runtime, zhou: Viewer, clock: FrozenClock) -> None:
    found = done(shop, zhou, workbook(["订单号"], ["A1"]))
    clock.advance(days=8)
    assert shop.imports.expire() == 1
    assert shop.imports.of(zhou, "office", "order") == []
    assert codes(lambda: shop.imports.wrong_workbook(zhou, found.id)) == ["import.file_gone"]


def test_the_template_is_what_comes_in_again(shop: Runtime, zhou: Viewer) -> None:
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(shop.imports.template(zhou, "office", "order")))
    (head,) = sheet.get_sheet_by_index(0).to_python()
    assert head[0] == "订单号*"
    look = shop.imports.look(zhou, opened(shop, zhou, workbook(head, ["A1"])))
    assert [column.field for column in look.columns] == [field.id for field in look.targets]


def test_all_or_nothing_says_how_far_it_is_and_can_be_stopped(
    shop: Runtime, zhou: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "BATCH", 2)
    lines = [[f"A{number}"] for number in range(6)]
    found = checked(shop, zhou, workbook(["订单号"], *lines), bad="nothing")
    create, seen = shop.records.writer.create, list[int]()

    def watched(*args: Any, **kwargs: Any) -> Any:
        seen.append(shop.imports.get(zhou, found.id).done)
        if len(seen) == 2:
            shop.imports.runner.given_up.add(found.id)  # as `stop` does before it waits for the unit's end
        return create(*args, **kwargs)

    monkeypatch.setattr(shop.records.writer, "create", watched)
    shop.imports.begin(zhou, found.id)
    shop.imports.runner.work(found.id)
    assert seen == [0, 2]
    shop.imports.stop(zhou, found.id)
    assert (shop.imports.get(zhou, found.id).state, orders(shop, zhou)) == ("stopped", [])
    monkeypatch.setattr(shop.records.writer, "create", create)
    shop.imports.begin(zhou, found.id)
    shop.jobs.run_due()
    found = shop.imports.get(zhou, found.id)
    assert (found.state, found.created, found.done, len(orders(shop, zhou))) == ("done", 6, 6, 6)


@pytest.mark.parametrize("bad", ["nothing", "leave_out"])
def test_another_process_stops_it(
    shop: Runtime, zhou: Viewer, bad: Literal["nothing", "leave_out"], monkeypatch: pytest.MonkeyPatch
) -> None:
    """On PostgreSQL two may write at once: of all or nothing nothing stays, else what was written by then."""
    if shop.database.dialect != "postgresql":
        pytest.skip("one process writes at a time")
    monkeypatch.setattr(room, "BATCH", 2)
    found = checked(shop, zhou, workbook(["订单号"], *([f"A{number}"] for number in range(6))), bad=bad)
    create, other, batches = shop.records.writer.create, Runtime.open(shop.config), list[int]()

    def watched(*args: Any, **kwargs: Any) -> Any:
        batches.append(len(batches))
        made = create(*args, **kwargs)
        if len(batches) == 2:  # its rows stand there, and are not told yet
            with ThreadPoolExecutor() as elsewhere:
                elsewhere.submit(other.imports.stop, other.require_viewer("zhou"), found.id).result(
                    timeout=20
                )
        return made

    monkeypatch.setattr(shop.records.writer, "create", watched)
    try:
        shop.imports.begin(zhou, found.id)
        shop.imports.runner.work(found.id)
        kept = [] if bad == "nothing" else ["A0", "A1"]  # the batch in which it was stopped is undone
        assert (other.imports.get(zhou, found.id).state, batches) == ("stopped", [0, 1])
        assert [one["code"] for one in orders(other, zhou)] == kept
        monkeypatch.setattr(shop.records.writer, "create", create)
        other.imports.begin(zhou, found.id)
        other.jobs.run_due()
        assert shop.imports.get(zhou, found.id).state == "done"
        assert len(orders(shop, zhou)) == 6
    finally:
        other.close()
