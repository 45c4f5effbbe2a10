"""The samples loaded the ordinary ways in: what the scenarios give, and who sees what of it."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from statistics import fmean
from typing import Any
from zoneinfo import ZoneInfo

import pytest

import sample_apps
from engine.access.viewer import SYSTEM
from engine.app_tests import Prepared, run_tests
from engine.clock import FrozenClock
from engine.commands.app_tests import find_apps, lines_of
from engine.config import Config
from engine.records.query import Query, RecordView
from engine.reports.stretches import read_stretch
from engine.runtime import Runtime
from metamodel.asks import GroupAnswer, RowAnswer
from metamodel.plugin_api import read_duration
from metamodel.problems import Rejected
from tests.flagship import MOMENT, load, loaded_data

ZONE = ZoneInfo("Asia/Shanghai")
ROOT = Path(next(iter(sample_apps.__path__)))
ARCHIVE, BOARD, PERIOD = "conversation_archive", "sales_behaviour", "last_90_days"
READERS = ["sales04", "dir01"]  # of the same board: one's own rows, and all of sales


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def samples(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prepared]:
    if request.param == "sqlite":
        yield loaded_data(tmp_path_factory)
        return
    server = request.getfixturevalue("postgresql")
    name, url = server.create()
    yield load(Config(data=tmp_path_factory.mktemp("postgresql") / name, database_url=url))
    server.drop(name)


@pytest.fixture(scope="module")
def loaded(samples: Prepared, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runtime]:
    """For looking only, as they are."""
    data, url = tmp_path_factory.mktemp("samples") / "data", samples.config.database_url
    shutil.copytree(samples.config.data, data)
    runtime = Runtime.open(Config(data=data, database_url=url, synchronous="OFF"), FrozenClock(MOMENT))
    yield runtime
    runtime.close()


def test_the_apps_tests_pass(samples: Prepared, tmp_path: Path) -> None:
    """All that the two apps bring along: what `muniment test` runs."""
    found = find_apps([ROOT / "crm", ROOT / ARCHIVE])
    results = run_tests(
        found.apps, found.sources, tmp_path, samples.config.database_url, samples={MOMENT: samples}
    )
    failed = [line for one in results if not one.passed for line in lines_of(one, ROOT / one.app)]
    assert failed == []
    ran = Counter(one.app for one in results)
    assert ran[ARCHIVE] >= 40
    assert ran["crm"] >= 10


def page(
    loaded: Runtime, person: str, app: str, form: str, text: str = "", limit: int = 1000
) -> list[RecordView]:
    viewer = loaded.require_viewer(person)
    return list(loaded.records.page(viewer, app, form, Query(text=text, limit=limit)).items)


def conversations_saying(loaded: Runtime, person: str, words: str) -> list[RecordView]:
    """The conversations of the messages that a search for the exact words finds."""
    found = page(loaded, person, ARCHIVE, "message", f'"{words}"')
    wanted = {message.values["conversation"] for message in found}
    return [one for one in page(loaded, person, ARCHIVE, "conversation") if one.id in wanted]


def test_every_message_became_a_record_with_a_conversation(loaded: Runtime) -> None:
    assert loaded.channels.quarantine() == []
    messages = page(loaded, "audit01", ARCHIVE, "message", limit=10_000)
    assert len(messages) > 3_500
    assert all(message.values["conversation"] for message in messages)
    assert max(message.values["sent_at"] for message in messages) <= "2026-11-20T10:00:00Z"


@pytest.mark.parametrize(
    ("person", "words", "customer", "tags"),
    [
        ("sales04", "300 个点位一年多少钱", "苏州恒锐精密机械有限公司", {"价格咨询", "商务洽谈", "重要商机"}),
        ("sales02", "同样点位便宜三成", "宁波远港冷链物流有限公司", {"风险预警", "竞品"}),
        ("sales05", "年底预算紧", "东莞立信包装制品有限公司", {"风险预警"}),
        ("sales10", "合同第七条违约金", "无锡晶澄光伏科技有限公司", {"重要商机", "商务洽谈"}),
        ("svc02", "再不解决我就投诉", "佛山市顺和陶瓷有限公司", {"投诉", "风险预警"}),
        ("svc03", "要求退款", "厦门海沧国际物业服务有限公司", {"退款"}),
        ("svc04", "推荐给兄弟医院了", "杭州仁济康复医院", set()),
        ("sales07", "给您做到 6 折", "深圳前海速仓科技有限公司", {"撤回"}),
        ("sales08", "便宜两千", "中山市亮泽照明电器有限公司", {"违规话术", "商务洽谈"}),
        ("sales06", "标准 Modbus", "珠海海润压缩机有限公司", {"风险预警", "竞品"}),
        ("sales09", "给我们报了个价", "东莞松湖产业园运营有限公司", {"风险预警", "竞品"}),
        ("sales07", "香港總部", "惠州德讯电子有限公司", {"风险预警", "竞品"}),
    ],
)
def test_scenarios_are_linked_and_tagged(
    loaded: Runtime, person: str, words: str, customer: str, tags: set[str]
) -> None:
    (conversation,) = conversations_saying(loaded, person, words)
    assert conversation.display["customer"] == customer
    assert conversation.values["contact"]
    found = set(conversation.values["tags"] or ())
    assert tags <= found
    assert tags or "风险预警" not in found


def test_four_hours_of_silence_begin_another_conversation(loaded: Runtime) -> None:
    asked = conversations_saying(loaded, "sales01", "能不能和 SAP 对接")
    quoted = conversations_saying(loaded, "sales01", "带 SAP 接口的")
    assert len(asked) == len(quoted) == 1
    assert asked[0].id != quoted[0].id
    assert asked[0].values["thread_id"] == quoted[0].values["thread_id"]


def test_a_mail_thread_stays_one_conversation_over_days(loaded: Runtime) -> None:
    (thread,) = conversations_saying(loaded, "sales10", "合同第七条违约金")
    assert thread.values["message_count"] == 6
    assert set(thread.values["participants"]) == {"sales10", "legal01"}


def test_a_number_carries_the_day_it_happened_on(loaded: Runtime) -> None:
    for conversation in page(loaded, "audit01", ARCHIVE, "conversation"):
        happened = datetime.fromisoformat(conversation.values["happened_at"]).astimezone(ZONE)
        assert conversation.values["number"].startswith(f"HH{happened:%Y%m%d}-")


def test_a_group_has_all_of_our_people(loaded: Runtime) -> None:
    group = conversations_saying(loaded, "dlv01", "铸造车间周四停炉检修")
    assert {"sales10", "dlv01"} <= set(group[0].values["participants"])
    assert conversations_saying(loaded, "sales10", "交换机那天也断电")  # inside a forwarded chat


def test_strangers_wait_to_be_linked(loaded: Runtime) -> None:
    waiting = [
        c for c in page(loaded, "audit01", ARCHIVE, "conversation") if c.values["link_state"] != "auto"
    ]
    assert len([c for c in waiting if c.values["channel"] == "wecom"]) >= 5


@pytest.mark.parametrize(
    ("rule", "words", "hit", "told"),
    [
        (
            "mark_opportunity",
            "我们招的合同工",
            "合同",
            ("lead_state", "dismissed", "不是商机"),
        ),  # scenario 18
        ("mark_risk", "也不是不满意", "不满意", ("risk_state", "false_alarm", "误报")),  # scenario 10
    ],
)
def test_a_trial_shows_the_false_alarm_among_what_it_finds(
    loaded: Runtime, rule: str, words: str, hit: str, told: tuple[str, str, str]
) -> None:
    trial = loaded.rules.try_out(SYSTEM, ARCHIVE, rule, last=10_000, samples=1_000)
    assert len(trial.examples) == trial.matched
    pieces = {one.record: [piece for _, pieces in one.texts for piece in pieces] for one in trial.examples}
    (found,) = (one for one in trial.examples if words in "".join(text for text, _ in pieces[one.record]))
    assert (hit, True) in pieces[found.record]
    assert told in [(stands.field, stands.value, stands.text) for stands in found.standing]
    message = loaded.records.get(SYSTEM, ARCHIVE, "message", found.record)
    conversation = loaded.records.get(SYSTEM, ARCHIVE, "conversation", message.values["conversation"])
    assert conversation.values[told[0]] == told[1]
    assert {text: count for (_, text), count in trial.standing.items()}[told[2]] >= 1


def test_a_request_is_refused_with_a_reason(loaded: Runtime) -> None:
    requests = page(loaded, "audit01", ARCHIVE, "read_request")
    (refused,) = (one for one in requests if one.values["grant_state"] == "已驳回")
    flow = loaded.flows.view(SYSTEM, ARCHIVE, "read_request", refused.id)
    assert flow is not None
    assert [(step.person, step.comment) for step in flow.steps if step.action == "reject"] == [
        ("mgr01", "与岗位无关，范围过大，请通过辅导学习")
    ]


def test_the_leavers_promise_leaves_as_evidence(loaded: Runtime) -> None:
    """Scenario 20: the manager of the leaver's conversations has the package made."""
    (package,) = loaded.packages.of(loaded.require_viewer("mgr01"))
    assert (package.state, package.request.form, package.request.scope) == ("ready", "message", "only")
    assert "孟浩" in package.request.reason
    assert sum(package.counts[f"{ARCHIVE}.message"].values()) >= 1


def test_a_salesperson_sees_the_own_rows_only(loaded: Runtime) -> None:
    own = page(loaded, "sales04", ARCHIVE, "conversation")
    assert own
    assert all("sales04" in conversation.values["participants"] for conversation in own)
    assert page(loaded, "sales04", ARCHIVE, "message", '"同样点位便宜三成"') == []
    assert page(loaded, "sales02", ARCHIVE, "message", '"85 折我就能往上报"') == []


def test_managers_see_their_department_and_the_director_all_of_sales(loaded: Runtime) -> None:
    south = {c.values["owner_department"] for c in page(loaded, "mgr02", ARCHIVE, "conversation")}
    assert south == {"sales_south"}
    east = {c.values["owner_department"] for c in page(loaded, "mgr01", ARCHIVE, "conversation")}
    assert east > {"sales_east"}  # and, for thirty days, one customer's
    sales = {c.values["owner_department"] for c in page(loaded, "dir01", ARCHIVE, "conversation")}
    assert sales == {"sales_east", "sales_south", "key_accounts"}


def test_contact_details_are_masked_but_for_the_owner(loaded: Runtime) -> None:
    def mobiles(person: str) -> dict[str, Any]:
        return {c.values["name"]: c.values["mobile"] for c in page(loaded, person, "crm", "contact")}

    assert mobiles("sales04")["孙国梁"] == "19900000001"
    assert mobiles("dir01")["孙国梁"] != "19900000001"
    assert mobiles("sales02")["孙国梁"] != "19900000001"


def test_the_auditor_sees_when_and_who_but_no_word(loaded: Runtime) -> None:
    message = page(loaded, "audit01", ARCHIVE, "message", limit=1)[0]
    assert message.values["sent_at"]
    assert not {"content", "sender_name", "receivers", "customer_id"} & message.values.keys()


@pytest.mark.parametrize("person", ["it01", "it02", "gm01", "qa01", "legal01"])
@pytest.mark.parametrize("form", ["conversation", "message"])
def test_these_see_no_conversation_at_all(loaded: Runtime, person: str, form: str) -> None:
    with pytest.raises(Rejected):
        page(loaded, person, ARCHIVE, form)


def test_amounts_are_computed_from_the_lines(loaded: Runtime) -> None:
    amounts = {
        o.values["name"]: Decimal(o.values["amount"]) for o in page(loaded, "dir01", "crm", "opportunity")
    }
    assert amounts["苏州恒锐—巡检云 300 点位"] == 158_100  # 186,000 less the 15 % that were approved
    assert {Decimal("99999.99"), Decimal("100000.00"), Decimal("100000.01")} <= set(amounts.values())
    contract = next(
        c for c in page(loaded, "dir01", "crm", "contract") if c.values["received"] == c.values["amount"]
    )
    assert contract.values["payments"][0]["paid"] == contract.values["payments"][0]["amount"]
    assert contract.values["capitals"].endswith("元整")


def test_both_people_called_wang_lei_are_there(loaded: Runtime) -> None:
    found = loaded.people.organisation().find_people("wanglei")
    assert {person.id for person in found} == {"sales01", "svc01"}


def test_most_customers_agreed(loaded: Runtime) -> None:
    """By contact, as their last conversation has it: 86 % agreed, 9 % by default, 3 % refused, 2 % unknown."""
    states: dict[Any, str] = {}
    rows = loaded.records.page(SYSTEM, ARCHIVE, "conversation", Query(limit=10_000)).items
    for one in sorted(rows, key=lambda row: row.values["happened_at"]):
        if one.values.get("contact"):
            states[one.values["contact"]] = one.values["consent_state"]
    assert Counter(states.values()) == {"agreed": 77, "default": 8, "refused": 3, "unknown": 2}


# -- the same board of two people -------------------------------------------------------------------


def when(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(ZONE)


def conversations(loaded: Runtime, person: str) -> list[Mapping[str, Any]]:
    """Those of the board's period that this person may read."""
    stretch = read_stretch(PERIOD, MOMENT.astimezone(ZONE).date())
    found = [one.values for one in page(loaded, person, ARCHIVE, "conversation", limit=10_000)]
    return [one for one in found if stretch.first <= when(one["happened_at"]).date() <= stretch.last]


def asked(loaded: Runtime, person: str, widget: str) -> Any:
    viewer = loaded.require_viewer(person)
    return loaded.reports.answers(viewer, ARCHIVE, BOARD, widget, {"period": PERIOD})[0]


def numbers(loaded: Runtime, person: str, widget: str) -> dict[Any, Any]:
    """By their key; that of a single number is blank."""
    answer = asked(loaded, person, widget)
    assert isinstance(answer, GroupAnswer)
    return {
        keys[0] if len(keys) == 1 else keys: next(iter(values.values()))
        for keys, values in answer.values.items()
    }


@pytest.mark.parametrize("person", READERS)
def test_the_numbers_are_those_of_the_readers_own_conversations(loaded: Runtime, person: str) -> None:
    own = conversations(loaded, person)
    assert numbers(loaded, person, "contacts") == {(): len(own)}
    assert numbers(loaded, person, "active_customers") == {(): len({c["customer"] for c in own} - {None})}
    assert numbers(loaded, person, "contacts_by_owner") == Counter(c["owner"] for c in own)
    assert numbers(loaded, person, "channel_share") == Counter(c["channel"] for c in own)
    started = [when(c["happened_at"]) for c in own]
    assert numbers(loaded, person, "hours") == Counter((at.isoweekday(), at.hour) for at in started)
    waits = [read_duration(c["first_response"]).total_seconds() * 1e6 for c in own if c.get("first_response")]
    (found,) = numbers(loaded, person, "first_answer").values()
    assert float(found) == pytest.approx(fmean(waits), rel=1e-6)


@pytest.mark.parametrize("person", READERS)
def test_the_win_rate_is_that_of_the_readers_own_opportunities(loaded: Runtime, person: str) -> None:
    stretch = read_stretch(PERIOD, MOMENT.astimezone(ZONE).date())
    days = (stretch.first.isoformat(), stretch.last.isoformat())
    deals = [one.values for one in page(loaded, person, "crm", "opportunity")]
    closed = [d for d in deals if d.get("closed_on") and days[0] <= d["closed_on"][:10] <= days[1]]
    stages = Counter(d["stage"] for d in closed if d["stage"] in ("赢单", "输单"))
    (found,) = numbers(loaded, person, "win_rate").values()
    assert float(found) == pytest.approx(stages["赢单"] / stages.total())


@pytest.mark.parametrize("person", READERS)
def test_the_leads_are_the_readers_own(loaded: Runtime, person: str) -> None:
    own = {c["number"] for c in conversations(loaded, person) if c.get("lead_state") in ("key", "candidate")}
    answer = asked(loaded, person, "key_leads")
    assert isinstance(answer, RowAnswer)
    assert answer.total == len(own)
    assert {cells[0] for _, _, cells in answer.rows} <= own


def test_a_salespersons_board_tells_nothing_of_the_others(loaded: Runtime) -> None:
    """Not their number, not their names, not by a filter."""
    own, all_of_sales = (numbers(loaded, person, "contacts_by_owner") for person in READERS)
    assert own["sales04"] == all_of_sales["sales04"]
    assert {who for who in own if who.startswith("sales")} == {"sales04"}
    assert {who for who in all_of_sales if who.startswith("sales")} > {"sales02", "sales05", "sales10"}
    (axis,) = asked(loaded, "sales04", "contacts_by_owner").axes
    assert set(axis.keys) == set(own)
    viewer = loaded.require_viewer("sales04")
    one = {"period": PERIOD, "department": "key_accounts"}
    (answer, *_) = loaded.reports.answers(viewer, ARCHIVE, BOARD, "contacts", one)
    assert isinstance(answer, GroupAnswer)
    assert [answer.value(measure) for measure in answer.measures] == [0]


def test_anger_peaks_on_two_days(loaded: Runtime) -> None:
    """The day after 5.2, and the one on which invoices are switched; what is marked there says why."""
    viewer = loaded.require_viewer("gm01")
    (answer, *_) = loaded.reports.answers(
        viewer, ARCHIVE, "service_quality", "negative_rate", {"period": PERIOD}
    )
    assert isinstance(answer, GroupAnswer)
    rates = {
        date.fromordinal(int(str(day))): float(str(found["rate"])) for (day,), found in answer.values.items()
    }
    larger, smaller, third = sorted(rates, key=lambda day: -rates[day])[:3]
    assert (larger, rates[larger]) == (date(2026, 10, 28), pytest.approx(90, abs=10))
    assert (smaller, rates[smaller]) == (date(2026, 11, 16), pytest.approx(50, abs=8))
    assert rates[third] < 0.85 * rates[smaller]
    marked = {date.fromordinal(int(str(day))): name for day, name in answer.marks}
    assert (marked[larger - timedelta(days=1)], marked[smaller]) == ("巡检云 5.2", "新开票系统")


@pytest.mark.parametrize("report", ["sales_process", "service_quality", "archive_compliance"])
def test_the_other_boards_are_not_there_for_a_salesperson(loaded: Runtime, report: str) -> None:
    viewer = loaded.require_viewer("sales04")
    assert [name for name, _ in loaded.reports.list(viewer, ARCHIVE)] == [BOARD]
    with pytest.raises(Rejected) as refused:
        loaded.reports.board(viewer, ARCHIVE, report)
    assert [found.code for found in refused.value.problems] == ["board.unknown"]
    widget = next(r for r in loaded.applications.get(ARCHIVE).reports if r.id == report).widgets[0]
    with pytest.raises(Rejected) as refused:
        loaded.reports.answers(viewer, ARCHIVE, report, widget.id, {})
    assert [found.code for found in refused.value.problems] == ["board.unknown"]
