"""View models of to-dos, flows, requests, notifications and the rule log, for templates and the gallery."""

from __future__ import annotations

from builder_ui.cells import Cell, Chip
from builder_ui.flow_picture import Arrow, Box, Picture, drawn
from builder_ui.models.news import Notice, NoticeDay, NoticesPage
from builder_ui.models.parts import Link, Option, Tab
from builder_ui.models.rules import (
    RuleGroup,
    RuleLine,
    RuleLogPage,
    RuleRecordLine,
    RuleRunLine,
    RulesPage,
    TrialLine,
    TrialPage,
)
from builder_ui.models.tasks import (
    Answer,
    FlowAction,
    FlowPart,
    FlowStep,
    RequestLine,
    RequestsPage,
    TaskCard,
    TaskGroup,
    TaskLine,
    TaskPage,
    TasksPage,
)

REQUEST = "/apps/archive/forms/read_request/records/7"


def picture() -> Picture:
    boxes = [
        Box("start", "发起", "done", "play", "周婧 · 11-20 09:12", "发起:周婧 11-20 09:12"),
        Box("manager", "直属上级审批", "done", "person", "陆志恒 · 11-20 10:32"),
        Box("amount", "金额判断", "done", "branch", "> 100,000"),
        Box("legal", "法务审批", "waiting", "person", "秦若兰、叶知秋", "等待秦若兰、叶知秋"),
        Box("grant", "授权", "ahead", "key"),
        Box("cc", "抄送审计员与客户经理", "ahead", "mail"),
        Box("end", "结束", "ahead", "flag"),
        Box("rejected", "驳回", "skipped", "flag"),
    ]
    arrows = [
        Arrow("start", "manager", "", True),
        Arrow("manager", "amount", "同意", True),
        Arrow("manager", "rejected", "驳回"),
        Arrow("amount", "legal", "> 100,000", True),
        Arrow("amount", "grant", "否则"),
        Arrow("legal", "grant", "同意"),
        Arrow("legal", "rejected", "驳回"),
        Arrow("grant", "cc"),
        Arrow("cc", "end"),
    ]
    return drawn(boxes, arrows, "发起(已完成)、直属上级审批(已完成)、法务审批(等待秦若兰、叶知秋)")


def flow(actions: bool = True) -> FlowPart:
    steps = (
        FlowStep("周婧", "sales04", "昨天 09:12", "发起了申请", "发起"),
        FlowStep(
            "陆志恒", "mgr01", "昨天 10:32", "同意", "直属上级审批", "客户投诉属实,请尽快核对原话。", "ok"
        ),
    )
    doing = (
        FlowAction("remind", "催办", "bell"),
        FlowAction("withdraw", "撤回", "recall", "reason", hint="撤回后可修改并重新提交。"),
    )
    return FlowPart(
        "会话查阅申请", "running", "审批中", "amber", "等待 秦若兰、叶知秋 · 自昨天 10:32", picture(), steps,
        f"{REQUEST}/flow", doing if actions else (), "" if actions else "/tasks/12",
    )  # fmt: skip


def facts() -> tuple[Cell, ...]:
    return (
        Cell("applicant", "申请人", "chips", chips=(Chip("周婧", key="sales04", look="person"),)),
        Cell(
            "purpose",
            "事由类别",
            "chips",
            chips=(Chip("客户投诉处理", "amber", "complaint", look="dot"),),
        ),
        Cell("scope_count", "命中会话数", "number", "23"),
        Cell("involved_amount", "涉及金额", "number", "¥186,000.00"),
        Cell(
            "reason",
            "事由",
            "long",
            "客户称我方承诺第二年免实施费,现要求兑现。需核对孟浩在职期间与合肥科瑞医疗器械的全部往来,找到原话。",
            sealed=True,
        ),
    )


def approval(problem: str = "") -> TaskCard:
    return TaskCard(
        "12", "审批:周婧 的会话查阅申请 CY2026-0012", "approval", "会话查阅申请 · 法务审批", "客户会话存档",
        "昨天 10:32 收到", "/tasks/12", Link("CY2026-0012", REQUEST, "link"), "今天 18:00", "today",
        others="也在 叶知秋 名下", facts=facts(),
        answers=(Answer("approve", "同意", "primary", False, "1", "已同意"),
                 Answer("reject", "驳回", "danger", True, "2", "已驳回"),
                 Answer("return", "退回修改", "", True, "3", "已退回")),
        adding=(Answer("add_before", "前加签", done="已加签", hint="对方先审批，之后再回到您这里。"),
                Answer("add_after", "同意并加签", done="已加签", hint="您现在即同意，之后还须对方同意。")),
        reasons=("范围过大,请只选与投诉有关的客户。", "事由写得太笼统。", "请先与原负责人沟通。"),
        close_action="/tasks/12/close", transfer_action="/tasks/12/transfer", people_url="/people/options",
        next_href="/tasks/13", problem=problem, flow=flow(),
    )  # fmt: skip


def rule_task() -> TaskCard:
    return TaskCard(
        "13", "跟进重要商机:苏州恒锐精密机械", "rule", "重要商机", "客户会话存档", "今天 09:40 收到", "/tasks/13",
        Link("HH20261123-0007 苏州恒锐精密机械", "/apps/archive/forms/conversation/records/1", "chat"),
        "逾期 2 小时", "late", "又命中 4 次", note="“今天下班前把报价单发您”\n“超 9 折要走审批,我先提”",
        answers=(Answer("confirm", "确认为关键商机", "primary", False, "1", "已确认"),
                 Answer("no", "不是商机", "", True, "2", "已记为不是商机")),
        close_action="/tasks/13/close", transfer_action="/tasks/13/transfer", people_url="/people/options",
    )  # fmt: skip


def done_task() -> TaskCard:
    return TaskCard(
        "9", "跟进重要商机:宁波远港冷链物流", "rule", "重要商机", "客户会话存档", "11月20日 收到", "/tasks/9",
        state="done", closed="沈佳宁 昨天 16:20:确认为关键商机", comment="本周内见到采购负责人。",
    )  # fmt: skip


def tasks_page(full: bool = True, state: str = "open") -> TasksPage:
    late = TaskLine(
        "13", "跟进重要商机:苏州恒锐精密机械", "/tasks/13", "task", "重要商机", "HH20261123-0007", "逾期 2 小时",
        "late", 5,
    )  # fmt: skip
    today = (
        TaskLine(
            "12", "审批:周婧 的会话查阅申请 CY2026-0012", "/tasks/12", "flow", "法务审批", "CY2026-0012",
            "今天 18:00", "today",
        ),
        TaskLine(
            "14", "兑现承诺:明天上午给您演示账号,连同三个厂区的试点清单和交付计划一起发给采购与设备部的同事",
            "/tasks/14", "task", "承诺", "东莞立信包装", "今天 17:30", "today",
        ),
    )  # fmt: skip
    later = (
        TaskLine("15", "确认未知联系人:199****0123", "/tasks/15", "task", "关联客户", "HH20261120-0003"),
    )
    groups = (
        TaskGroup("已逾期", "late", (late,)),
        TaskGroup("今天", "today", today),
        TaskGroup("没有期限", "", later),
    )
    tabs = (
        Tab("待处理", "/tasks", state == "open", "4"),
        Tab("已逾期", "/tasks?state=overdue", state == "overdue", "1"),
        Tab("已处理", "/tasks?state=done", state == "done"),
    )
    return TasksPage(
        "待办", tabs, groups if full else (), "/tasks", state, total="4 条" if full else "",
        apps=(Option("archive", "客户会话存档"), Option("crm", "客户关系")),
    )  # fmt: skip


def requests_page(full: bool = True) -> RequestsPage:
    lines = (
        RequestLine(
            "CY2026-0012 客户投诉处理", REQUEST, "会话查阅申请", "审批中", "amber", "昨天 09:12 发起",
            "等待 秦若兰、叶知秋", "自昨天 10:32", people=("秦若兰", "叶知秋"),
        ),
        RequestLine(
            "CY2026-0011 质检复盘", REQUEST, "会话查阅申请", "已退回", "blue", "11月18日 发起", "等待您修改",
            "自 11月19日",
            people=("周婧",),
        ),
        RequestLine(
            "CY2026-0009 纠纷取证", REQUEST, "会话查阅申请", "已通过", "green", "11月12日 发起", ended="11月12日 通过",
        ),
        RequestLine(
            "CY2026-0004 其他", REQUEST, "会话查阅申请", "已驳回", "red", "11月2日 发起", ended="11月3日 驳回",
        ),
    )  # fmt: skip
    tabs = (
        Tab("全部", "/requests", True),
        Tab("审批中", "/requests?state=running"),
        Tab("已结束", "/requests?state=ended"),
    )
    new = (Link("会话查阅申请", "/apps/archive/forms/read_request/new"),)
    return RequestsPage("我的申请", tabs, lines if full else (), new)


def notices(full: bool = True) -> NoticesPage:
    days = (
        NoticeDay(
            "今天",
            (
                Notice(
                    "3", "风险预警:宁波远港冷链物流", "/notifications/3", "10:31", body="客户提到了竞品。",
                    unread=True, hits=3, app="客户会话存档",
                ),
                Notice("2", "您的会话查阅申请已通过", "/notifications/2", "09:05", unread=True),
            ),
        ),
        NoticeDay(
            "昨天", (Notice("1", "授权将于明天到期", "/notifications/1", "昨天 17:00", app="客户会话存档"),)
        ),
    )  # fmt: skip
    tabs = (Tab("全部", "/notifications", True), Tab("未读", "/notifications?unread=yes", count="2"))
    return NoticesPage("通知", days if full else (), tabs, 2 if full else 0)


def rule_log(full: bool = True) -> RuleLogPage:
    runs = (
        RuleRunLine(
            "9", "今天 10:31", "2026-11-23 10:31:07", "风险预警", "/apps/archive/rule-log?rule=mark_risk", "完成",
            "green",
            ("看了 12 条消息，命中 2 条。", "给 2 条记录加了标签，发出 1 条通知。"),
            (RuleRecordLine(
                Link("李建国 10:31", "/apps/archive/forms/message/records/1"), "“内容”里有“竞品A”；“方向”是客户发来",
                "给 1 条记录加了标签（标签 = 风险预警）"),),
            "等 2 条",
        ),
        RuleRunLine(
            "8", "今天 09:12", "2026-11-23 09:12:40", "退款", "/apps/archive/rule-log?rule=refund", "失败", "red",
            ("看了 1 条消息，命中 1 条。",), problems=("找不到收件人：角色 客服经理 下没有人。",),
        ),
    )  # fmt: skip
    return RuleLogPage(
        "规则日志", "/apps/archive/rule-log", (Option("mark_risk", "风险预警", True), Option("refund", "退款")),
        (Option("done", "完成"), Option("failed", "失败")), runs if full else (), "/apps/archive/rule-log?after=8",
        not full, "/apps/archive/rule-log", tabs=rule_tabs(1), try_href="/apps/archive/rules/mark_risk/try",
    )  # fmt: skip


def rule_tabs(here: int) -> tuple[Tab, ...]:
    places = (("规则", "/apps/archive/rules"), ("规则日志", "/apps/archive/rule-log"))
    return tuple(Tab(text, url, n == here) for n, (text, url) in enumerate(places))


def rules(full: bool = True, query: str = "") -> RulesPage:
    url = "/apps/archive/rules/mark_risk/try"
    lines = [
        RuleLine("风险预警", "新增记录 (消息)", "CONTAINS_ANY(content, KEYWORDS('risk'))", True, url,
                 "/apps/archive/rule-log?rule=mark_risk"),
        RuleLine("退款", "新增记录 (消息)", "", False, "", ""),
    ]  # fmt: skip
    return RulesPage(
        "规则", "/apps/archive/rules", (RuleGroup("消息", lines),) if full else (), rule_tabs(0), query
    )


def rule_trial(full: bool = True) -> TrialPage:
    message = Link("李建国 10:31", "/apps/archive/forms/message/records/1")
    hits = (
        TrialLine(
            message, ([("竞品Ａ", True), ("上周来演示了，便宜三成", False)],), "“方向”是客户发来；“内容”里有“竞品Ａ”",
            "给 1 条记录加了标签（标签 = 风险预警）；发出 1 条通知", ("预警状态 = 误报",),
        ),
    )  # fmt: skip
    return TrialPage(
        "试运行：风险预警", (Link("规则", "/apps/archive/rules"),), "新增记录 (消息)",
        (Option("1000", "最新 1,000 条记录", True), Option("10000", "最新 10,000 条记录")),
        "1,000" if full else "0", "46" if full else "0", "4.6%" if full else "", "0.31",
        "给 46 条记录加了标签，发出 46 条通知" if full else "", "最新命中的 20 条" if full else "",
        (("预警状态 = 误报", "3"), ("预警状态 = 已处理", "12")) if full else (), hits if full else (),
        (TrialLine(message, why="“内容”里没有要找的词"), TrialLine(message)) if full else (),
        ("找不到收件人：角色 客服经理 下没有人。",) if full else (),
    )  # fmt: skip


def task_pages() -> dict[str, tuple[str, tuple[str, ...], object]]:
    """Name -> template, styles, model."""
    styles = ("list", "record", "form", "tasks")
    trail = (Link("待办", "/tasks"),)
    return {
        "tasks": ("tasks.html", styles, tasks_page()),
        "tasks_none": ("tasks.html", styles, tasks_page(False)),
        "tasks_late_none": ("tasks.html", styles, tasks_page(False, "overdue")),
        "task_approval": ("task.html", styles, TaskPage("审批", trail, approval("有人已经处理了这条待办。"))),
        "task_rule": ("task.html", styles, TaskPage("跟进", trail, rule_task())),
        "task_done": ("task.html", styles, TaskPage("跟进", trail, done_task())),
        "requests": ("requests.html", styles, requests_page()),
        "requests_none": ("requests.html", styles, requests_page(False)),
        "notifications": ("notifications.html", styles, notices()),
        "notifications_none": ("notifications.html", styles, notices(False)),
        "rules": ("rules.html", (*styles, "pages"), rules()),
        "rules_none": ("rules.html", (*styles, "pages"), rules(False)),
        "rules_unfound": ("rules.html", (*styles, "pages"), rules(False, "x")),
        "rule_trial": ("rule_trial.html", (*styles, "pages"), rule_trial()),
        "rule_trial_none": ("rule_trial.html", (*styles, "pages"), rule_trial(False)),
        "rule_log": ("rule_log.html", styles, rule_log()),
        "rule_log_none": ("rule_log.html", styles, rule_log(False)),
    }
