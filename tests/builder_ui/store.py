"""A small app with a board of every kind of widget over rows made by a rule one can check by hand."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from engine.access.people import Department, Membership, Person
from engine.access.viewer import SYSTEM
from engine.runtime import Runtime
from tests.builder_ui.desk import PASSWORD
from tests.conftest import NOW

APP = "store"
BOARD = f"/apps/{APP}/reports/work"
CHANNELS = {
    "choices": [
        {"value": "wecom", "label": {"zh": "企业微信", "en": "WeCom"}, "color": "green"},
        {"value": "phone", "label": {"zh": "电话", "en": "Phone"}},
        {"value": "mail", "label": {"zh": "邮件", "en": "Mail"}},
    ]
}
STAGES = {"choices": [{"value": v, "label": v} for v in ("线索", "报价", "谈判", "赢单")]}
SIDES = {"choices": [{"value": v, "label": v} for v in ("in", "out")]}
SALE = {"form": "sale"}
COUNT = {"id": "n", "label": {"zh": "沟通次数", "en": "Contacts"}}
BY_OWNER = [{"field": "owner"}]


def widget(id_: str, type_: str, label: Any, width: int, height: int, **options: Any) -> dict[str, Any]:
    return {
        "id": id_,
        "type": type_,
        "label": label,
        "options": {"width": width, "height": height, **options},
    }


WIDGETS = [
    widget("contacts", "kpi", {"zh": "沟通次数", "en": "Contacts"}, 3, 2, dataset=SALE, measures=[COUNT],
           compare="previous_period", better="up", goal=40),
    widget("won", "kpi_trend", "赢单金额", 3, 2, dataset={**SALE, "filter": "stage == '赢单'"}, bucket="day",
           measures=[{"id": "a", "aggregate": "sum", "field": "amount", "format": "money", "label": "金额"}]),
    widget("wait", "kpi_trend", "中位响应", 3, 2, dataset=SALE, bucket="day", better="down",
           measures=[{"id": "m", "aggregate": "median", "field": "wait", "format": "duration", "label": "响应"}]),
    widget("rate", "kpi", "赢单率", 3, 2, dataset=SALE,
           measures=[{"id": "r", "aggregate": "ratio", "where": "stage == '赢单'", "format": "percent",
                      "label": "赢单率"}]),
    widget("by_owner", "bar", {"zh": "各人沟通次数", "en": "Contacts by person"}, 6, 4, dataset=SALE,
           dimensions=BY_OWNER, measures=[COUNT], compare="previous_period",
           note={"zh": "一次会话计一次", "en": "One talk counts once"}),
    widget("by_channel", "pie", "渠道占比", 6, 4, dataset=SALE, dimensions=[{"field": "channel"}], ring=True,
           measures=[COUNT]),
    widget("by_day", "line", "每日沟通", 8, 4, dataset=SALE, dimensions=[{"bucket": "day"}], measures=[COUNT],
           average_over=7, marks=[{"at": "DATE(2026, 11, 9)", "label": "发布"}]),
    widget("stacked", "bar", "每周各渠道", 4, 4, dataset=SALE, stacked=True, measures=[COUNT],
           dimensions=[{"bucket": "week"}, {"field": "channel"}]),
    widget("combo", "combo", "次数与响应", 6, 4, dataset=SALE, dimensions=BY_OWNER, measures=[
        COUNT, {"id": "m", "aggregate": "median", "field": "wait", "format": "duration", "label": "中位响应"}]),
    widget("amounts", "bar", "各人金额", 6, 4, dataset=SALE, dimensions=BY_OWNER, horizontal=True, measures=[
        {"id": "a", "aggregate": "sum", "field": "amount", "format": "money", "label": "金额"}]),
    widget("hours", "heat_map", "时段分布", 12, 4, dataset=SALE, measures=[COUNT],
           dimensions=[{"bucket": "weekday"}, {"bucket": "hour"}]),
    widget("stages", "funnel", "阶段漏斗", 6, 4, dataset=SALE, dimensions=[{"field": "stage"}], measures=[COUNT],
           reached=True),
    widget("cross", "pivot", "渠道 × 阶段", 6, 4, dataset=SALE, measures=[COUNT],
           dimensions=[{"field": "channel"}, {"field": "stage"}]),
    widget("words", "word_cloud", "高频用词", 6, 4, words={"form": "line", "field": "words"}, minimum=1),
    widget("big", "list", "大单", 6, 4, dataset={**SALE, "filter": "amount >= 9000"}, sort="-amount", limit=5,
           columns=["number", "customer", "owner", "amount"], buttons=["talk_over"]),
    widget("gold", "bar", "重点客户的沟通", 6, 3, dataset={**SALE, "filter": "customer.level == 'gold'"},
           dimensions=[{"field": "channel"}],
           measures=[{"id": "w", "label": "微信以外", "where": "channel != 'wecom'"}]),
    widget("old", "bar", "去年的事", 6, 3, dataset={"form": "past"}, dimensions=[{"field": "what"}],
           measures=[{"id": "n", "label": "件数"}]),
]  # fmt: skip

STORE: dict[str, Any] = {
    "muniment": 1,
    "app": {"id": APP, "label": {"zh": "门店", "en": "Store"}},
    "forms": [
        {"id": "customer", "label": "客户", "title": "{name}", "fields": [
            {"id": "name", "type": "text", "label": "名称"},
            {"id": "level", "type": "select", "label": "级别",
             "options": {"choices": [{"value": "gold", "label": "重点"}, {"value": "plain", "label": "普通"}]}},
        ]},
        {"id": "sale", "label": {"zh": "沟通", "en": "Contact"}, "title": "{number}",
         "views": [{"id": "mine", "label": "我的", "filter": "owner == me"},
                   {"id": "all", "label": "全部", "columns": ["number", "owner", "channel", "stage", "at"]}],
         "fields": [
            {"id": "number", "type": "auto_number", "label": "编号", "options": {"pattern": "S{0000}"}},
            {"id": "customer", "type": "link", "label": "客户", "options": {"form": "customer"}},
            {"id": "owner", "type": "member", "label": {"zh": "责任人", "en": "Owner"}},
            {"id": "channel", "type": "select", "label": {"zh": "渠道", "en": "Channel"}, "options": CHANNELS},
            {"id": "stage", "type": "select", "label": "阶段", "options": STAGES},
            {"id": "amount", "type": "money", "label": "金额"},
            {"id": "wait", "type": "duration", "label": "等待"},
            {"id": "at", "type": "datetime", "label": {"zh": "时间", "en": "Time"}},
        ]},
        {"id": "past", "label": "旧事", "title": "{what}", "fields": [
            {"id": "what", "type": "text", "label": "何事"}, {"id": "at", "type": "date", "label": "日期"}]},
        {"id": "line", "label": "消息", "kind": "archive", "title": "{at}", "search": {"date": "at"}, "fields": [
            {"id": "words", "type": "long_text", "label": "内容", "evidence": True, "sealed": True,
             "searchable": True},
            {"id": "at", "type": "datetime", "label": "时间", "evidence": True},
            {"id": "side", "type": "select", "label": "方向", "evidence": True, "options": SIDES}]},
    ],
    "rules": [{"id": "cut", "label": "分词", "when": {"trigger": "record_created", "form": "line"},
               "then": [{"action": "run_analyzer", "with": {"analyzer": "words", "options": {"field": "words"}}}]},
              {"id": "talk_over", "label": "聊一聊",
               "when": {"trigger": "button", "form": "sale", "label": "聊一聊", "roles": ["lead"],
                        "where": "stage != '赢单'"},
               "then": [{"action": "open_form", "with": {"form": "past", "values": {"what": "number"}}}]}],
    "reports": [
        {"id": "work", "label": {"zh": "沟通看板", "en": "Contacts"},
         "description": {"zh": "谁在什么渠道谈了什么", "en": "Who talked where"},
         "filters": [
             {"id": "period", "kind": "period", "label": {"zh": "时间", "en": "Period"}, "default": "this_month",
              "fields": {"sale": "at", "past": "at", "line": "at"}},
             {"id": "owner", "kind": "choice", "label": {"zh": "销售", "en": "Salesperson"},
              "fields": {"sale": "owner"}},
             {"id": "channel", "kind": "choice", "label": {"zh": "渠道", "en": "Channel"},
              "fields": {"sale": "channel"}}],
         "widgets": WIDGETS},
        {"id": "other", "label": {"zh": "另一个看板", "en": "Another"}, "widgets": [
            widget("n", "kpi", "全部沟通", 4, 2, dataset=SALE, measures=[COUNT])]},
    ],
    "menus": [{"label": {"zh": "看板", "en": "Boards"}, "items": [
        {"label": {"zh": "沟通看板", "en": "Contacts"}, "report": "work"},
        {"label": {"zh": "另一个", "en": "Another"}, "report": "other"},
        {"label": {"zh": "沟通", "en": "Contacts"}, "form": "sale"}, {"label": "搜索", "page": "search"}]}],
    "roles": [
        {"id": "lead", "label": "主管", "reports": {"work": "rows", "other": "rows"},
         "forms": {form: {"actions": ["read", "create"]} for form in ("customer", "sale", "past", "line")}},
        {"id": "seller", "label": "销售", "reports": {"work": "rows"}, "forms": {
            "sale": {"rows": "owner == me", "actions": ["read"], "fields": {"amount": "hide"}},
            "customer": {"actions": ["read"]}}},
        {"id": "chief", "label": "总经理", "reports": {"work": "totals"}, "forms": {}},
    ],
}  # fmt: skip

PEOPLE = [
    Person("lu", "陆志恒", "主管", "sales"), Person("zhou", "周婧", "销售", "sales"),
    Person("ou", "欧阳思远", "销售", "sales"), Person("gu", "顾明远", "总经理", "sales"),
    *(Person(f"s{n}", name, "销售", "sales") for n, name in enumerate(("王磊", "陈思雨", "赵一鸣", "林晓彤", "徐薇"))),
]  # fmt: skip
ROLES = {"lu": "lead", "zhou": "seller", "ou": "seller", "gu": "chief"}
OWNERS = ("zhou", "zhou", "zhou", "ou", "ou", "s0")
SAID = (
    "网关又断线了,什么时候能修好",
    "报表导不出来,网关也断线",
    "请给我们一个续费报价",
    "发票开错了,请重开发票",
)


def furnish_store(runtime: Runtime) -> None:
    """The app, its people, and sixty contacts: half of them this month, the other half last month."""
    runtime.applications.publish(None, STORE, "system")
    hashed = runtime.accounts.passwords.hash(PASSWORD)

    def save(unit: Any) -> None:
        runtime.people.save_departments(unit, [Department("sales", "销售")])
        runtime.people.save_people(unit, PEOPLE)
        runtime.people.save_memberships(
            unit, [Membership(APP, role, "person", person) for person, role in ROLES.items()]
        )
        for person in PEOPLE:
            runtime.accounts.passwords.set_hash(unit, person.id, hashed)

    runtime.database.write(save)
    create = runtime.records.create
    levels = ("gold", "plain", "plain")
    customers = create(SYSTEM, APP, "customer", [{"name": f"客户 {n}", "level": levels[n]} for n in range(3)])
    create(SYSTEM, APP, "sale", [_sale(number, customers) for number in range(60)])
    create(SYSTEM, APP, "past", [{"what": "搬家", "at": "2025-06-03"}])
    said = [{"words": text, "at": _at(n), "side": "in"} for n, text in enumerate(SAID)]
    create(SYSTEM, APP, "line", said)


def _sale(number: int, customers: list[str]) -> dict[str, Any]:
    """Of every six: three are zhou's, two ou's, one s0's. Number 0 to 29 lie in November, the rest before."""
    return {
        "customer": customers[number % 3], "owner": OWNERS[number % 6],
        "channel": ("wecom", "wecom", "phone", "mail")[number % 4],
        "stage": ("线索", "线索", "报价", "谈判", "赢单")[number % 5], "amount": str(1000 * (number % 12)),
        "wait": f"PT{5 + number % 50}M", "at": _at(number if number < 30 else number + 10),
    }  # fmt: skip


def _at(number: int) -> str:
    moment: datetime = NOW - timedelta(hours=15 * number + number % 5)
    return moment.isoformat()
