"""Running an app's tests: what they can do and see, how they fail, and that none sees another's data."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from engine.app_tests import Result, run_tests
from engine.cli import main
from engine.commands.app_tests import find_apps, lines_of
from metamodel.problems import Rejected
from tests.engine.app_tests.shop import write_shop

Steps = list[dict[str, Any]]
ORDER: Mapping[str, Any] = {
    "create": "order",
    "values": {"name": "锅炉", "price": "2000", "owner": "zhou"},
    "name": "o",
}
CHEAP: Mapping[str, Any] = {
    "create": "order",
    "values": {"name": "螺丝", "price": "2", "owner": "wang"},
    "name": "o",
}


class Bench:
    """Runs steps as the tests of the shop, on one database or the other."""

    def __init__(self, folder: Path, database_url: str) -> None:
        self.folder, self.database_url = folder, database_url

    def run(self, *steps: Mapping[str, Any], data: Any = "people", **more: Any) -> Result:
        (found,) = self.run_all({"id": "t", "label": "试", "data": data, "steps": list(steps), **more})
        return found

    def run_all(self, *tests: Mapping[str, Any], keep: bool = False) -> list[Result]:
        found = find_apps([write_shop(self.folder / "shop", *tests)])
        work = self.folder / "work"
        work.mkdir(exist_ok=True)
        return run_tests(found.apps, found.sources, work, self.database_url, keep=keep)

    def told(self, *steps: Mapping[str, Any], **more: Any) -> list[tuple[str, str, str]]:
        """(code, path, text) of what went wrong."""
        return [(p.code, p.path, p.text("zh")) for p in self.run(*steps, **more).problems]


@pytest.fixture
def bench(tmp_path: Path, database_url: str) -> Bench:
    return Bench(tmp_path, database_url)


@pytest.fixture
def quick(tmp_path: Path) -> Bench:
    """On SQLite alone: for what does not depend on the database."""
    return Bench(tmp_path, "")


# -- what tests can do -----------------------------------------------------------------------------


def test_deleting_saying_and_handing_in(quick: Bench) -> None:
    result = quick.run(
        {**ORDER, "values": {**ORDER["values"], "paper": [{"$file": "合同.pdf"}]}},
        {
            "create": "order",
            "as": "zhou",
            "values": {"name": "图", "owner": "zhou", "paper": [{"$file": "图.png"}]},
            "refused": "value.wrong_file_kind",
        },
        {"say": "@王磊 请看合同", "on": "o", "as": "zhou", "about": "paper"},
        {"say": " ", "on": "o", "as": "zhou", "refused": "value.required"},
        {"delete": "o", "as": "zhou", "refused": "access.denied"},
        {"delete": "o"},
        {"expect": {"form": "order", "record": "o", "count": 0}},
        {"restore": "o"},
        {"restore": "o", "refused": "record.not_deleted"},
        {"expect": {"form": "order", "record": "o", "values": {"name": "锅炉"}}},
        {
            "package": "order",
            "where": "name == '锅炉'",
            "comment": "对账",
            "as": "zhou",
            "refused": "access.denied",
        },
    )
    assert result.passed, [(one.path, one.text("zh")) for one in result.problems]
    with pytest.raises(Rejected) as refused:
        quick.run({"delete": "nobody"}, {"say": "x", "on": "nobody"}, {"package": "nothing"})
    places = [one.path for one in refused.value.problems]
    assert places == ["/tests/0/steps/0/delete", "/tests/0/steps/1/on", "/tests/0/steps/2/package"]


def test_a_package_is_what_its_step_says(quick: Bench) -> None:
    said = {"channel": "chat", "from": "wm1", "to": ["zhou"], "text": "我要货"}
    package = {"package": "note", "comment": "对账", "as": "lu"}
    whole = quick.run({"message": said}, {**package, "count": 1, "says": "我要货"})
    assert whole.passed, [(one.path, one.text("zh")) for one in whole.problems]
    wrong = quick.run({"message": said}, {**package, "count": 2, "says": "不要了"})
    told = "被拒绝：留言应有 2 条，实有 1 条 (app_test.count)；没有找到 留言：不要了 (app_test.nothing)"
    assert [one.text("zh") for one in wrong.problems] == [told]


def test_a_whole_story(bench: Bench) -> None:
    result = bench.run(
        ORDER,
        {"expect": {"form": "order", "record": "o", "values": {"price": 2000, "state": "new", "owner": "zhou"},
                    "has": {"tags": ["大单"], "name": "锅"}, "lacks": {"tags": ["小单"]}}},
        {"expect": {"tasks_of": "zhou", "rule": "big", "about": "o", "count": 1, "hits": 1, "title": "锅炉",
                    "due": {"$moment": {"workday": 1, "time": "10:00:00"}}}},
        {"expect": {"notifications_of": "wang", "about": "o", "count": 1, "title": "大单"}},
        {"as": "zhou", "task": {"rule": "big", "about": "o"}, "do": "ok"},
        {"expect": {"tasks_of": "zhou", "count": 0}},
        {"expect": {"tasks_of": "zhou", "state": "done", "count": 1}},
        {"update": "o", "values": {"owner": "wang", "before": {"$record": "o"}}},
        {"expect": {"form": "order", "record": "o.before", "values": {"owner": "wang"}}},
        {"expect": {"search": "锅炉", "form": "order", "as": "wang", "count": 1}},
        {"expect": {"search": "锅炉", "form": "order", "as": "zhou", "count": 0}},
    )  # fmt: skip
    assert result.problems == ()
    assert result.passed


def test_messages_come_in_by_the_channel_and_rules_see_them(bench: Bench) -> None:
    result = bench.run(
        {"message": {"channel": "chat", "from": "wm1", "to": ["zhou"], "names": {"wm1": "李雷"}, "text": "我要货",
                     "name": "m"}},
        {"expect": {"form": "note", "record": "m", "values": {"sender": "李雷", "direction": "in"},
                    "has": {"content": "要货"}}},
        {"expect": {"form": "order", "record": "m.order", "values": {"name": "李雷"}}},
        {"message": {"channel": "chat", "from": "zhou", "to": ["wm1"], "text": "要货", "times": 3, "every": "PT1M"}},
        {"expect": {"form": "note", "where": "direction == 'out'", "count": 3, "values": {"sender": "周婧"}}},
        {"expect": {"form": "order", "where": "name == '周婧'", "count": 1}},
        {"message": {"channel": "chat", "from": "wm1", "action": "recall", "refers_to": "m"}},
        {"expect": {"form": "note", "where": "action == 'recall'", "values": {"refers_to": {"$record": "m"}}}},
    )  # fmt: skip
    assert result.problems == ()


def test_time_passes_and_what_is_due_is_done(bench: Bench) -> None:
    due = {
        "create": "order",
        "values": {"name": "a", "due_at": {"$moment": {"workday": 0, "time": "15:00:00"}}},
    }
    result = bench.run(
        {**due, "name": "a"},
        {"wait": "PT4H50M"},
        {"expect": {"form": "order", "record": "a", "values": {"state": "new"}}},
        {"wait": "2026-03-02T15:10:00+08:00"},
        {"expect": {"form": "order", "record": "a", "values": {"state": "late"}}},
    )
    assert result.problems == ()


@pytest.mark.parametrize(
    ("data", "orders"), [("none", 0), ("people", 0), ("order", 2), (["people", "order"], 2), ("sample", 2)]
)
def test_what_is_there_when_a_test_begins(quick: Bench, data: Any, orders: int) -> None:
    steps: Steps = [{"expect": {"form": "order", "count": orders}}]
    if orders:
        steps += [
            {
                "expect": {
                    "form": "order",
                    "record": "order/next",
                    "values": {"before": {"$record": "order/old"}},
                }
            },
            {"expect": {"form": "order", "record": "shop.order/next.before", "values": {"name": "旧单"}}},
        ]
    assert quick.run(*steps, data=data).problems == ()


@pytest.mark.parametrize(("data", "lists"), [("none", 0), ("people", 1), ("order", 1)])
def test_keyword_lists_are_there_wherever_people_are(quick: Bench, data: str, lists: int) -> None:
    assert quick.run({"expect": {"form": "words", "count": lists}}, data=data).problems == ()


def test_a_request_goes_its_way(bench: Bench) -> None:
    result = bench.run(
        {"as": "zhou", "create": "discount", "values": {"reason": "老客户"}, "name": "d"},
        {"expect": {"flow": "d", "state": "running", "waiting_for": ["lu"], "path": ["start"]}},
        {"as": "zhou", "flow": "d", "do": "approve", "refused": "flow.own_request"},
        {"expect": {"tasks_of": "lu", "flow": "discount", "about": "d", "count": 1}},
        {"as": "lu", "flow": "d", "do": "reject", "comment": "不行"},
        {"expect": {"flow": "d", "state": "rejected", "waiting_for": []}},
        {"as": "wang", "create": "discount", "values": {"reason": "新客户"}, "name": "e"},
        {"as": "lu", "task": {"flow": "discount", "about": "e"}, "do": "approve"},
        {"expect": {"flow": "e", "state": "approved", "path": ["start", "boss", "end"]}},
    )
    assert result.problems == ()


def test_figures_of_a_report_are_what_is_compared(bench: Bench) -> None:
    orders = [("zhou", 5, 0), ("zhou", 7, 0), ("wang", 1, 1)]
    made = [
        {"create": "order", "values": {"name": "a", "owner": owner, "price": price,
                                       "due_at": {"$moment": {"workday": day}}}}
        for owner, price, day in orders
    ]  # fmt: skip
    board: dict[str, Any] = {"report": "sales", "widget": "by_owner"}
    result = bench.run(
        *made,
        {"expect": {**board, "as": "zhou", "rows": 1, "first": {"owner": "周婧", "n": 2, "sum": 12}}},
        {"expect": {**board, "as": "wang", "row": {"owner": "wang", "n": {"least": 1, "most": 1}}}},
        {"expect": {**board, "as": "wang", "filters": {"state": "late"}, "rows": 0}},
        {"expect": {**board, "as": "lu", "denied": True}},
        {"expect": {**board, "widget": "by_day", "as": "zhou", "rows": 2,
                    "highest": {"by": "n", "row": {"due_at": {"$date": {"workday": 0}}, "n": 2}}}},
    )  # fmt: skip
    assert result.problems == ()


def test_a_to_do_that_is_due_at_another_time_or_not_there_is_said(quick: Bench) -> None:
    wanted = {"expect": {"tasks_of": "zhou", "due": "2026-03-03T09:00"}}
    assert quick.told(ORDER, wanted) == [
        ("app_test.value", "/tests/0/steps/1/expect/due",
         "看看 锅炉的“due”应为 2026-03-03T09:00:00+08:00，实为 2026-03-03T10:00:00+08:00"),
    ]  # fmt: skip
    assert [(code, path) for code, path, _ in quick.told(CHEAP, wanted)] == [
        ("app_test.count", "/tests/0/steps/1/expect")
    ]


def test_a_figure_that_is_otherwise_is_said(quick: Bench) -> None:
    board = {"report": "sales", "widget": "by_owner", "as": "wang"}
    told = quick.told(CHEAP, {"expect": {**board, "rows": 2, "first": {"n": 3}}})
    assert told == [
        ("app_test.count", "/tests/0/steps/1/expect/rows", "各人应有 2 条，实有 1 条"),
        ("app_test.value", "/tests/0/steps/1/expect/first/n", "各人的“n”应为 3，实为 1"),
    ]


def test_a_person_sees_no_more_than_is_his(quick: Bench) -> None:
    result = quick.run(
        {"create": "order", "values": {"name": "a", "owner": "zhou", "secret": "9"}, "name": "o"},
        {"expect": {"form": "order", "as": "zhou", "count": 1, "hides": ["secret"]}},
        {"expect": {"form": "order", "as": "wang", "count": 0}},
        {"expect": {"form": "order", "record": "o", "as": "wang", "count": 0}},
        {"expect": {"form": "note", "as": "wang", "count": 0}, "refused": "access.denied"},
        {"as": "zhou", "update": "o", "values": {"name": "b"}, "refused": "access.denied"},
    )
    assert result.problems == ()


def chain() -> Steps:
    """An order and three after it, of two people."""
    later = [
        {"create": "order", "values": {"name": name, "owner": owner, "secret": secret, "before": {"$record": "o"},
                                       "due_at": {"$moment": {"workday": day}}}}
        for name, owner, secret, day in (("甲", "wang", "1", 1), ("乙", "wang", "2", 3), ("丙", "zhou", "", 2))
    ]  # fmt: skip
    return [CHEAP, *later]  # type: ignore[list-item]


def test_a_timeline_has_its_lines_in_order_and_a_number_for_the_rest(bench: Bench) -> None:
    after = {"timeline": "after", "form": "order", "of": "o"}
    lines = [{"values": {"name": "乙"}, "says": "2"}, {"values": {"name": "甲"}, "says": "1"}]
    unseen = [{"values": {"name": "乙"}, "says": ""}, {"values": {"name": "甲"}}]
    result = bench.run(
        *chain(),
        {"expect": {**after, "count": 3, "lines": lines, "hidden": 0}},
        {"expect": {**after, "as": "wang", "count": 2, "lines": unseen, "hidden": 1}},
        {"expect": {**after, "as": "wang", "least": 2, "hidden": {"least": 1, "most": 1}}},
        {"expect": {**after, "as": "zhou", "count": 1, "lines": [{"says": ""}], "hidden": 0}},
        {"expect": {**after, "as": "lu", "count": 0, "hidden": 0}},
    )
    assert result.problems == ()


@pytest.mark.parametrize(
    ("expected", "code", "path", "text"),
    [
        ({"count": 2}, "count", "/count", "此后各单应有 2 条，实有 3 条（乙 2；丙；甲 1）"),
        ({"hidden": 1}, "value", "/hidden", "此后各单的“hidden”应为 1，实为 0"),
        ({"lines": [{"values": {"name": "甲"}}, {"says": "2"}]}, "no_line", "/lines/1",
         "“此后各单”上没有这一行：“2”；由新到旧还有：（空）"),
        ({"lines": [{"values": {"name": "丁"}}]}, "no_line", "/lines/0",
         "“此后各单”上没有这一行：name = 丁；由新到旧还有：乙 2；丙；甲 1"),
    ],
)  # fmt: skip
def test_a_timeline_that_is_otherwise_is_said(
    quick: Bench, expected: dict[str, Any], code: str, path: str, text: str
) -> None:
    told = quick.told(*chain(), {"expect": {"timeline": "after", "form": "order", "of": "o", **expected}})
    assert told == [(f"app_test.{code}", "/tests/0/steps/4/expect" + path, text)]


# -- none sees another's data ----------------------------------------------------------------------


def test_every_test_begins_afresh(bench: Bench) -> None:
    test = {"steps": [ORDER, {"expect": {"form": "order", "count": 1}}], "data": "people"}
    assert [r.passed for r in bench.run_all(*({"id": f"t{n}", **test} for n in range(3)))] == [True] * 3
    assert list((bench.folder / "work").iterdir()) == []


def test_what_a_failed_one_left_may_be_kept(quick: Bench) -> None:
    failing = {"id": "bad", "steps": [{"expect": {"form": "order", "count": 9}}]}
    quick.run_all(failing, {"id": "good", "steps": [{"wait": "PT1M"}]}, keep=True)
    assert [path.name for path in (quick.folder / "work").iterdir()] == ["bad"]


# -- how they fail ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expected", "code", "path", "text"),
    [
        (
            {"record": "o", "values": {"price": 3}},
            "value",
            "/values/price",
            "螺丝的“单价”应为 ¥3.00，实为 ¥2.00",
        ),
        (
            {"record": "o", "values": {"state": "late"}},
            "value",
            "/values/state",
            "螺丝的“状态”应为 拖延，实为 新订单",
        ),
        (
            {"record": "o", "values": {"owner": "zhou"}},
            "value",
            "/values/owner",
            "螺丝的“负责人”应为 周婧，实为 王磊",
        ),
        (
            {"record": "o", "values": {"tags": ["大单"]}},
            "value",
            "/values/tags",
            "螺丝的“标签”应为 大单，实为 （空）",
        ),
        (
            {"record": "o", "has": {"tags": ["大单"]}},
            "has",
            "/has/tags",
            "螺丝的“标签”应含 大单，实为 （空）",
        ),
        (
            {"record": "o", "lacks": {"name": "螺"}},
            "lacks",
            "/lacks/name",
            "螺丝的“品名”不应含 螺，实为 螺丝",
        ),
        ({"record": "o", "hides": ["name"]}, "visible", "/hides", "螺丝的“品名”不应看得到"),
        ({"count": 3}, "count", "", "订单应有 3 条，实有 1 条（螺丝）"),
        ({"where": "name == 'x'", "least": 1}, "count", "", "订单应有 ≥ 1 条，实有 0 条"),
        ({"where": "name == 'x'"}, "nothing", "", "没有找到 订单：name == 'x'"),
    ],
)
def test_what_is_otherwise_is_said_in_words(
    quick: Bench, expected: dict[str, Any], code: str, path: str, text: str
) -> None:
    told = quick.told(CHEAP, {"expect": {"form": "order", **expected}})
    assert told == [(f"app_test.{code}", "/tests/0/steps/1/expect" + path, text)]


@pytest.mark.parametrize(
    ("step", "code"),
    [
        ({"as": "zhou", "update": "o", "values": {"name": "x"}}, "app_test.refused"),
        ({**CHEAP, "name": "p", "refused": "access.denied"}, "app_test.not_refused"),
        ({"as": "zhou", "create": "order", "values": {}, "refused": "access.denied"}, "app_test.refused_otherwise"),
        ({"as": "zhou", "task": {"rule": "big"}, "do": "ok"}, "app_test.refused"),
        ({"as": "nobody", "create": "order", "values": {"name": "x"}}, "app_test.refused"),
        ({"expect": {"tasks_of": "zhou", "count": 1}}, "app_test.count"),
        ({"expect": {"notifications_of": "zhou", "least": 1}}, "app_test.count"),
        ({"expect": {"search": "没有", "form": "order", "count": 1}}, "app_test.count"),
    ],
)  # fmt: skip
def test_a_step_that_goes_wrong_ends_the_test_where_it_stands(
    quick: Bench, step: dict[str, Any], code: str
) -> None:
    result = quick.run(CHEAP | {"name": "first"}, CHEAP, step, {"expect": {"form": "order", "count": 99}})
    assert [found.code for found in result.problems] == [code]
    assert result.step == 3
    assert result.problems[0].path.startswith("/tests/0/steps/2")


def test_a_bug_is_one_tests_failure_and_not_the_end(quick: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    from engine.records.records import Records

    def breaks(*_: Any) -> None:
        raise ZeroDivisionError("oh")

    monkeypatch.setattr(Records, "create", breaks)
    broken, good = quick.run_all({"id": "a", "steps": [ORDER]}, {"id": "b", "steps": [{"wait": "PT1M"}]})
    assert [found.code for found in broken.problems] == ["app_test.broken"]
    assert "ZeroDivisionError: oh" in broken.problems[0].text("en")
    assert good.passed


def test_the_lines_say_step_and_place(quick: Bench) -> None:
    result = quick.run(CHEAP, {"expect": {"form": "order", "record": "o", "values": {"price": 3}}})
    head, step, text, place = lines_of(result, quick.folder / "shop")
    assert head.startswith("✗ t  试")
    assert step.startswith('    2. {"expect"')
    assert text.strip() == "螺丝的“单价”应为 ¥3.00，实为 ¥2.00"
    assert place.strip() == f"{quick.folder}/shop/app.json#/tests/0/steps/1/expect/values/price"


# -- the command -----------------------------------------------------------------------------------


def command(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(
        main, ["test", *arguments], env={"LANG": "zh_CN", "MUNIMENT_DATABASE_URL": ""}
    )
    return result.exit_code, result.output


def test_the_command_ends_with_one_when_a_test_fails(tmp_path: Path) -> None:
    good = {"id": "good", "label": "好的", "steps": [{"wait": "PT1M"}]}
    bad = {"id": "bad", "label": "坏的", "steps": [{"expect": {"form": "order", "count": 1}}]}
    shop = str(write_shop(tmp_path / "shop", good, bad))
    code, output = command(shop)
    assert code == 1
    assert "✓ good  好的" in output
    assert "✗ bad  坏的" in output
    assert "1 / 2 ✗" in output
    assert command(shop, "--only", "good")[0] == 0
    code, output = command(shop, "--json")
    assert [(row["test"], row["passed"], row["step"]) for row in json.loads(output)] == [
        ("good", True, 1), ("bad", False, 1)
    ]  # fmt: skip


def test_a_document_with_errors_is_not_run(tmp_path: Path) -> None:
    bad = {"id": "bad", "steps": [{"press": "nothing", "on": "x"}]}
    code, output = command(str(write_shop(tmp_path / "shop", bad)))
    assert code == 1
    assert "app_test.unknown_rule" in output


def test_required_apps_are_looked_for_beside(tmp_path: Path) -> None:
    needs = {"requires": [{"app": "other", "forms": {}}]}
    with pytest.raises(Rejected, match="other"):
        find_apps([write_shop(tmp_path / "shop", **needs)])
    (tmp_path / "other.json").write_text('{"muniment": 1, "app": {"id": "other", "label": "别的"}}')
    found = find_apps([tmp_path / "shop"])
    assert [source.id for source in found.sources] == ["other", "shop"]
    assert [app.id for app in found.apps] == ["shop"]
