"""View models of a board and of its widgets in every state, for the template tests and the gallery."""

from __future__ import annotations

from builder_ui.models.board import (
    BoardFilter,
    BoardPage,
    Choice,
    HeadCell,
    TableCell,
    TableRow,
    WidgetFrame,
    WidgetNumber,
    WidgetTable,
    WidgetView,
)
from builder_ui.models.parts import Link, Option

BASE = "/apps/archive/reports/sales"
CHART = {
    "tooltip": {"trigger": "axis"},
    "xAxis": {"type": "category", "data": ["周婧", "王磊"]},
    "yAxis": {"type": "value"},
    "series": [
        {"type": "bar", "name": "沟通次数", "data": [{"value": 12, "key": '["n","zhou"]'}, {"value": 3}]}
    ],
}
PEOPLE = ("周婧 zhoujing zj", "王磊 wanglei wl", "欧阳思远 ouyangsiyuan oysy")


def board_page() -> BoardPage:
    period = BoardFilter(
        "period", "时间", "period", "本月",
        (Choice("today", "今天", f"{BASE}?period=today"), Choice("this_month", "本月", BASE, True)),
        default="this_month", span="11月1日 – 11月30日", since="2026-11-01", until="2026-11-30",
    )  # fmt: skip
    owner = BoardFilter(
        "owner", "责任人", "choice", "周婧",
        tuple(Choice(f"p{n}", find.split()[0], chosen=not n, find=find) for n, find in enumerate(PEOPLE * 4)),
        True, clear_href=BASE,
    )  # fmt: skip
    frames = [("contacts", "kpi", 3, 2), ("by_owner", "bar", 6, 4), ("big", "list", 12, 4)]
    return BoardPage(
        "销售行为分析", BASE, tuple(WidgetFrame(i, k, i, w, h, f"{BASE}/widgets/{i}") for i, k, w, h in frames),
        (period, owner), "谁在什么渠道谈了什么",
        boards=(Option(BASE, "销售行为分析", True), Option("/x", "客户服务质量")),
        reset_href=BASE, charts=False, totals=True,
    )  # fmt: skip


def widget_views() -> dict[str, WidgetView]:
    drill = f"{BASE}/widgets/by_owner/drill?key="
    table = WidgetTable(
        ((HeadCell(""), HeadCell("沟通次数", numeric=True)),),
        (TableRow((TableCell("周婧"),), (TableCell("12", f"{drill}1"),)),),
        TableRow((TableCell("合计"),), (TableCell("15"),)),
    )
    pivot = WidgetTable(
        ((HeadCell("渠道"), HeadCell("11 月", 2, True)), (HeadCell(""), HeadCell("次数", 1, True))),
        table.rows, TableRow((TableCell("合计"),), (TableCell("15"),), 2),
    )  # fmt: skip
    words = WidgetTable(
        ((HeadCell("词"), HeadCell(""), HeadCell("倍数", numeric=True)),),
        tuple(
            TableRow((TableCell(word, drill),), (TableCell("", bar=bar), TableCell("2")))
            for word, bar in (("方案", 80), ("便宜", -40))
        ),
    )  # fmt: skip
    records = WidgetTable(
        ((HeadCell("编号"), HeadCell("客户")),),
        (TableRow((TableCell("T0001", "/apps/archive/forms/talk/records/1"),), (TableCell("苏州恒锐"),)),),
        more=Link("全部 64 条", drill), numeric=False,
    )  # fmt: skip
    number = WidgetNumber("1,284", drill, "上月 1,190", "+7.9%", "up", "good", "1,500")
    said = ("沟通次数＝记录数", "时间在本月（2026-11-01 至 2026-11-30）")
    return {
        "number": WidgetView("contacts", "kpi", "沟通次数", definition=said, number=number),
        "course": WidgetView("won", "kpi_trend", "赢单金额", number=number, chart={**CHART, "bare": True}, table=table),
        "chart": WidgetView(
            "by_owner", "bar", "各人沟通次数", "ready", said, "一次会话计一次", chart=CHART,
            chart_files=("/static/x.js",), table=table, drill_href=drill,
        ),
        "pivot": WidgetView("cross", "pivot", "渠道 × 月", table=pivot),
        "keyness": WidgetView("words", "keyness", "用词对比", people="高绩效 2 人：周婧、徐薇", table=words),
        "list": WidgetView("big", "list", "大单", table=records),
        "empty": WidgetView(
            "old", "bar", "旧事", "empty", message="最近有数据的时段是 2025 年 6 月。",
            way_on=Link("查看 2025 年 6 月", f"{BASE}?period=2025-06-01..2025-06-30"),
        ),
        "denied": WidgetView("amounts", "bar", "金额", "denied", problems=("您的角色不能查看“金额”。",)),
        "broken": WidgetView("wrong", "bar", "算式", "broken", problems=("除数为零。",)),
    }  # fmt: skip
