"""View models of the pages of retention, for templates and the gallery."""

from __future__ import annotations

from builder_ui.models.design_retention import KeepBody, KeepPage, KeepRow, Term, UsualPeriod
from builder_ui.models.design_roles import Wrong
from builder_ui.models.parts import Link, Option, Tab
from builder_ui.models.retention import (
    ForecastLine,
    ForecastPage,
    FormRules,
    GoneLine,
    GonePage,
    HoldLine,
    HoldsPage,
    PresetLine,
    RuleLine,
    RulesPage,
    StoredLine,
)
from tests.builder_ui.design_life_samples import frame

BASE = "/admin/retention"
TABS = (
    Tab("规则", BASE, True), Tab("保全", f"{BASE}/holds"), Tab("推演", f"{BASE}/forecast"),
    Tab("已销毁与仅存储", f"{BASE}/shredded"),
)  # fmt: skip
TERMS = ("自“发送时间”起算", "至少 3 年", "至多 5 年", "届满销毁")
CUSTOMER = Link("苏州恒锐精密机械", "/apps/crm/forms/customer/records/1")
SOURCE = "电子商务法第三十一条（三年）；个人信息保护法第十九条（最短必要）"
RULES = (
    RuleLine(
        "一般会话", "active", "已启用", "green", TERMS, "", SOURCE, "叶知秋 提出 · 今天 09:12",
        f"{BASE}/rules/a/m/ordinary", (("end", "停用", ""),),
    ),
    RuleLine(
        "与商机有关的会话", "protects", "只作保护", "blue", TERMS[:2], "not ISBLANK(conversation.opportunity)",
        "公司合同档案制度：十年", "", f"{BASE}/rules/a/m/deals",
    ),
)  # fmt: skip
WAITING = (
    RuleLine(
        "便笺", "waiting", "待第二人确认", "amber", ("自“归档之日”起算", "至少 30 天", "届满仅存储"), "", "",
        "方圆 提出", f"{BASE}/rules/a/n/stale", (("77", "确认", "primary"), ("end", "停用", "")),
    ),
)  # fmt: skip
HOLD = HoldLine(
    "12", "恒锐仲裁案", "苏仲 2026-117，法务叶知秋", "客户及其全部相关记录", "", (CUSTOMER,),
    "保全 1,204 条", "叶知秋 · 昨天 16:40",
)  # fmt: skip
OLD_HOLD = HoldLine(
    "9",
    "旧案",
    "",
    "消息",
    "channel == 'wecom'",
    (),
    "",
    "方圆 · 2025-03-01",
    "方圆 · 2026-01-05",
    "和解，已结案",
)
FORECAST = ForecastLine(
    "消息", "一般会话", " · ".join(TERMS), "4,120", "1,044", "与商机有关的会话 1,044", "31", "3,045", "销毁", "red",
    False, (Link("孙国梁 2021-03-02", "/apps/a/forms/message/records/5"),
    Link("#17", "/apps/a/forms/message/records/17")),
)  # fmt: skip


def keeps_page(full: bool = True) -> KeepPage:
    """The designer of how long records are kept: one rule begun with a usual period, one wrong in every place."""

    def chosen(*words: str) -> tuple[Option, ...]:
        return tuple(Option(word, word, place == 0) for place, word in enumerate(words))

    def term(path: str, number: str, written: str = "", *problems: Wrong) -> Term:
        return Term(path, number, chosen("年", "个月", "周", "天"), written, problems)

    wrong = (Wrong("至少保存的时间比最多的还长", True), Wrong("没有人核对过出处", False))
    rows = (
        KeepRow("usual", "普通会话", "label", "", chosen("发送时间", "记录之日"), term("keep", "3"),
                term("at_most", "5"),
                chosen("销毁", "仅封存", "只保护"), "《电子商务法》第三十一条", "source", "电子商务交易", True),
        KeepRow("odd", "", "label/zh", "not ISBLANK(oportunity)", chosen("发送时间"), term("keep", "", "P1Y6M", *wrong),
                term("at_most", "1"), chosen("销毁"), "", "source/zh", "", False, wrong, wrong, wrong, wrong),
    )  # fmt: skip
    usual = (UsualPeriod("securities", "证券业务", "至少 20 年", "《证券法》第一百三十七条", "{}"),)
    body = KeepBody("order", rows if full else (), usual, () if full else ("存期模板无法读取",))
    words = {name: name for name in ("add", "use", "set", "remove", "removed", "undo", "label")}
    return KeepPage(frame("forms"), "order", "订单", "/design/desk/forms/order", body, words, BASE)


def retention_pages() -> dict[str, tuple[str, object]]:
    """By name: template and model."""
    record = Link("#128", "/apps/a/forms/message/records/128")
    forms = (
        FormRules("消息", "客户会话存档", "chat", RULES),
        FormRules("便笺", "客户会话存档", "list", WAITING),
    )
    presets = (
        PresetLine("证券业务资料", "至少 20 年", "《证券法》（2019 年修订）第一百三十七条：不得少于二十年"),
    )
    options = (Option("a/message", "客户会话存档 · 消息", True), Option("crm/customer", "客户关系 · 客户"))
    stored = StoredLine(
        record, "消息", "今天 16:40", "申请：删除申请 #77", f"{BASE}/shredded/a/message/128/lift"
    )
    gone = GoneLine(record, "消息", "今天 16:40", "规则：一般会话", "叶知秋 2026-11-02 · 方圆 2026-11-03")
    refused = ("请写明原因",)
    return {
        "retention": ("retention.html", RulesPage(TABS, forms, presets, False, True, refused)),
        "retention-none": ("retention.html", RulesPage(TABS, (), presets, True, True)),
        "retention-holds": (
            "retention_holds.html",
            HoldsPage(TABS, (HOLD,), (OLD_HOLD,), options, "远汀案", open=True, problems=refused),
        ),
        "retention-holds-none": ("retention_holds.html", HoldsPage(TABS, (), (), options, open=True)),
        "retention-forecast": (
            "retention_forecast.html", ForecastPage(TABS, "2027-01-01", "2027年1月1日", (FORECAST,), "3,045 条")
        ),
        "retention-forecast-none": ("retention_forecast.html", ForecastPage(TABS, "2027-01-01", "", (), "")),
        "retention-shredded": ("retention_gone.html", GonePage(TABS, (gone,), (stored,), BASE, refused)),
        "retention-shredded-none": ("retention_gone.html", GonePage(TABS, (), ())),
    }  # fmt: skip
