"""View models of every page with believable words, for the template tests and the gallery."""

from __future__ import annotations

from dataclasses import replace

from builder_ui.cells import Cell, Chip, FileLink
from builder_ui.models.evidence import EvidencePage, LogLine
from builder_ui.models.inputs import Input, Picked
from builder_ui.models.listing import BulkField, Column, FilterRow, ListPage, Row
from builder_ui.models.parts import Button, EvidenceBadge, Link, Option, Tab
from builder_ui.models.places import (
    ChannelLine,
    ChannelPage,
    ChannelsPage,
    ErrorPage,
    HomePage,
    NewsItem,
    Quarantined,
    Stat,
)
from builder_ui.models.reading import (
    Bubble,
    ChatView,
    Facet,
    FacetEntry,
    Hit,
    SearchPage,
    TimelineEntry,
    TimelineView,
)
from builder_ui.models.record import (
    Embedded,
    FormPage,
    FormSection,
    FormTab,
    RecordPage,
    RelatedList,
    Section,
    SectionTab,
)
from builder_ui.models.unmasking import MaskNotice
from builder_ui.pages.design.retention import STYLES as KEEPS_STYLES
from builder_ui.pages.files import LookPage
from builder_ui.shell import AppCard, Counts, MenuEntry, MenuSection, Person, Shell
from tests.builder_ui.access_samples import NOTICES, access_pages
from tests.builder_ui.account_samples import account_pages
from tests.builder_ui.board_samples import board_page, widget_views
from tests.builder_ui.design_life_samples import life_pages
from tests.builder_ui.import_samples import (
    export_form,
    import_busy_page,
    import_checked_page,
    import_done_page,
    import_mapping_page,
    import_start_page,
)
from tests.builder_ui.key_samples import bytes_page, keys_page
from tests.builder_ui.organisation_samples import organisation_pages
from tests.builder_ui.package_samples import package_form, packages_page
from tests.builder_ui.public_samples import public_pages
from tests.builder_ui.retention_samples import keeps_page, retention_pages
from tests.builder_ui.task_samples import task_pages, tasks_page

IMPORTING = ("list", "form", "pages", "importing")
LONG = "苏州恒锐精密机械股份有限公司华东区域智能制造与设备巡检一体化项目联合采购办公室(含昆山、太仓、常熟三个厂区)"
ARCHIVE = AppCard(
    "archive", "客户会话存档", "/apps/archive", "chat", "teal", "1,300 个会话,7,512 条消息", True
)
CRM = AppCard("crm", "客户关系", "/apps/crm", "handshake", "blue", "40 位客户,64 个商机")
CHANNELS = [
    ("企业微信", "teal"),
    ("电话", "orange"),
    ("官网在线客服", "blue"),
    ("电子邮件", "purple"),
    ("钉钉", "cyan"),
]
CUSTOMERS = [
    "苏州恒锐精密机械",
    "宁波远港冷链物流",
    "佛山市顺和陶瓷",
    "杭州仁济康复医院",
    LONG,
    "无锡晶澄光伏",
]
LIST = "/apps/archive/forms/conversation"


def shell(title: str, *styles: str, theme: str = "auto", language: str = "zh", app: bool = True) -> Shell:
    menu = (
        MenuSection(
            "", (MenuEntry("工作台", "/", "home"), MenuEntry("搜索", "/apps/archive/search", "search"))
        ),
        MenuSection(
            "会话",
            (
                MenuEntry("我的会话", LIST, "chat", True),
                MenuEntry("本部门", LIST + "?view=dept", "people"),
                MenuEntry("待确认关联", LIST + "?view=x", "link"),
                MenuEntry("客户时间线", LIST + "?view=timeline", "timeline"),
                MenuEntry("消息", "/apps/archive/forms/message", "list"),
            ),
        ),
        MenuSection(
            "存档与合规",
            (
                MenuEntry("渠道", "/apps/archive/channels", "channel"),
                MenuEntry("存证", "/evidence", "shield"),
            ),
        ),
    )
    return Shell(
        title,
        language,
        theme,
        Person("sales04", "周婧", "销售", "华东销售部"),
        "token",
        (ARCHIVE, CRM),
        ARCHIVE if app else None,
        menu,
        "/apps/archive/search",
        "",
        LIST,
        styles,
        dock=(
            MenuEntry("工作台", "/", "home"),
            MenuEntry("会话", LIST, "chat", True),
            MenuEntry("搜索", "/s", "search"),
            MenuEntry("时间线", "/t", "timeline"),
        ),
        counts=Counts(4, 1, 2),
    )


def cells(index: int) -> tuple[Cell, ...]:
    channel, hue = CHANNELS[index % 5]
    tags = [
        ("商务洽谈", "blue"),
        ("重要商机", "amber"),
        ("风险预警", "red"),
        ("承诺", "purple"),
        ("竞品", "pink"),
    ][: index % 5]
    return (
        Cell("number", "会话ID", "text", f"HH20261123-{index + 1:04d}"),
        Cell(
            "customer",
            "客户",
            "chips",
            chips=(
                Chip(CUSTOMERS[index % 6], href=f"/apps/crm/forms/customer/records/{index}", look="link"),
            ),
        ),
        Cell("channel", "沟通渠道", "chips", chips=(Chip(channel, hue, look="dot"),)),
        Cell("owner", "责任人", "chips", chips=(Chip("周婧", key="sales04", look="person"),)),
        Cell("last_at", "最后消息时间", "text", f"2026-11-{23 - index % 9:02d} 10:{index + 10}"),
        Cell("tags", "会话标签", "chips" if tags else "blank", chips=tuple(Chip(t, h) for t, h in tags)),
        Cell("amount", "涉及金额", "number" if index % 3 else "blank", f"¥{index * 18600:,}.00"),
        Cell("contact_text", "客户联系方式", "text", "199****0123", masked=True),
    )


def rows(count: int) -> tuple[Row, ...]:
    return tuple(
        Row(str(i), f"{LIST}/records/{i}?list=x", cells(i), f"HH20261123-{i + 1:04d}") for i in range(count)
    )


COLUMNS = tuple(
    Column(
        cell.field,
        cell.label,
        cell.kind == "number",
        "?sort=" + cell.field,
        "descending" if cell.field == "last_at" else "",
    )
    for cell in cells(1)
)


def list_page(count: int = 20, filtered: bool = True) -> ListPage:
    fields = tuple(Option(c.field, c.label, c.field == "channel") for c in cells(1))
    condition = FilterRow(
        "沟通渠道 是 企业微信、电话",
        "?",
        "channel",
        "is",
        "wecom",
        fields,
        (Option("is", "是", True), Option("is_not", "不是")),
        Input("v", "v", "值", "select", options=(Option("wecom", "企业微信", True), Option("phone", "电话"))),
    )
    return ListPage(
        "会话存档",
        LIST,
        COLUMNS,
        rows(count),
        "1,300 条" if count else "0 条",
        "1–20 / 1,300",
        (),
        (
            Tab("我的会话", "?view=mine", True),
            Tab("本部门", "?view=dept"),
            Tab("待确认关联", "?view=c", count="12"),
            Tab("未回复", "?view=u"),
            Tab("商机会话", "?view=o"),
        ),
        LIST + "/new",
        LIST + "/export",
        LIST + "/import",
        "",
        True,
        (condition,) if filtered else (),
        LIST,
        (("view", "mine"),),
        tuple(Option(c.field, c.label, True) for c in COLUMNS),
        (Option("?sort=-last_at", "最后消息时间(新→旧)", True), Option("?sort=amount", "涉及金额(小→大)")),
        frozenset({"customer", "channel", "last_at"}),
        "?after=x",
        "",
        (BulkField("owner", "责任人"),),
        "tags",
        True,
        filtered=filtered,
        everything="选择全部 1,300 条",
        field_options=fields,
    )


MAP = Embedded("https://maps.example.com/?q=苏州", 240, "地图")


def record_page(tab: str = "details") -> RecordPage:
    tabs = (
        Tab("会话原文", "?tab=chat", tab == "chat"),
        Tab("详情", "?tab=details", tab == "details"),
        Tab("历史", "?tab=history", tab == "history", "4"),
    )
    detail = (
        *cells(4),
        Cell(
            "summary",
            "关键信息摘要",
            "long",
            "客户询问 300 个点位的年费," + "希望先给价格范围。" * 12,
            sealed=True,
        ),
    )
    related = RelatedList(
        "消息", COLUMNS[:4], tuple(Row(str(i), "#", cells(i)[:4]) for i in range(3)), "共 18 条", "#"
    )
    return RecordPage(
        "HH20261123-0005 苏州恒锐精密机械",
        (Link("会话存档", LIST),),
        tabs,
        tab,
        (
            Section("沟通", detail),
            Section(
                "附件与明细",
                (
                    Cell(
                        "files",
                        "附件",
                        "files",
                        files=(
                            FileLink("巡检云报价单v1.xlsx", "/files/1", "48 kB"),
                            FileLink("现场照片-二号车间-配电柜.jpg", "/files/2", "1.2 MB", "image/jpeg"),
                            FileLink("营业执照-扫描件.pdf", "", "310 kB"),
                        ),
                    ),
                    Cell("secret", "原始报文", "away"),
                    Cell("agreed", "已同意存档", "boolean", "是", (Chip("", "green"),)),
                    Cell(
                        "items",
                        "报价明细",
                        "rows",
                        head=("产品", "数量", "单价"),
                        rows=(
                            (
                                Cell("p", "产品", "text", "巡检云"),
                                Cell("q", "数量", "number", "300"),
                                Cell("u", "单价", "number", "¥620.00"),
                            ),
                        ),
                    ),
                ),
            ),
            Section("验收", note="请先核对金额,再按“验收”。", kind="note", key="hint"),
            Section("", kind="button", key="accept", button=Button("验收", "/press/accept", "spark")),
            Section("更多资料", kind="divider"),
            Section(
                "",
                kind="tabs",
                key="parts",
                tabs=(
                    SectionTab("said", "消息", (Section("", kind="related", related=related),)),
                    SectionTab("map", "地图", (Section("", kind="embed", embedded=MAP),)),
                ),
            ),
        ),
        None,
        (("创建", "2026-11-22 09:05"), ("创建人", "存档规则"), ("最后修改", "今天 10:32"), ("修订", "4")),
        EvidenceBadge("已存证 · 第 12,345 位", "/proof"),
        Link("在会话中查看", "#", "chat"),
        LIST + "/records/5/edit",
        "#p",
        "#n",
        "5 / 1,300",
        chat=chat_view() if tab == "chat" else None,
        timeline=timeline_view() if tab == "timeline" else None,
    )


def chat_view() -> ChatView:
    def said(i: str, side: str, text: str, time: str, **more: object) -> Bubble:
        sender = "周婧" if side == "right" else "李建国"
        return Bubble(
            i,
            side,
            str(more.pop("kind", "text")),
            ((text, False),),
            time,
            "2026-11-23 " + time,
            sender,
            sender,
            **more,
        )  # type: ignore[arg-type]

    hit = Bubble(
        "3",
        "left",
        "text",
        (("能不能先给个", False), ("报价", True), ("?我这边要往上报", False)),
        "10:05",
        "2026-11-23 10:05:11",
        "李建国",
        "李建国",
        hit=True,
        chips=(Chip("商务洽谈", "blue"), Chip("重要商机", "amber")),
        proof_href="/proof",
    )
    return ChatView(
        (
            said("1", "left", "你们巡检云 300 个点位一年多少钱?", "10:03", day="11月23日 星期一"),
            said("2", "left", "价格能不能先给个范围", "10:03", again=True),
            Bubble("0", "middle", "event", (("客户已同意存档聊天内容", False),), "10:03", ""),
            hit,
            said(
                "4",
                "right",
                "您好李工,300 个点位按年订阅有两档,今天下班前把报价单发您。"
                "标准版含移动巡检、工单闭环、基础报表;专业版另含物联网关接入与预测性维护,都包实施与培训。",
                "10:08",
                proof_href="/proof",
            ),
            said(
                "5",
                "right",
                "巡检云报价单v1.xlsx",
                "16:40",
                kind="file",
                files=(FileLink("巡检云报价单v1.xlsx", "/files/1", "48 kB"),),
            ),
            said("6", "right", "给您做到 6 折", "16:41", taken_back="周婧 16:43 撤回"),
            said("7", "right", "85 折是我能给的底线", "16:44", edited=(("16:45", "8 折是我能给的底线"),)),
            said(
                "8",
                "left",
                "",
                "16:50",
                kind="voice",
                duration="0:23",
                also=(("转写", (("好的,我们内部", False), ("再考虑一下", False))),),
            ),
            said("9", "left", "苏州市昆山开发区前进东路 88 号", "17:02", kind="location"),
            said(
                "10",
                "left",
                "李建国: 设备清单已发\n王工: 收到,明天现场见\n李建国: 记得带网关",
                "17:05",
                kind="chatrecord",
            ),
            said("11", "right", "", "17:06", kind="call", duration="4:12"),
            said("12", "left", "在吗", "09:02", day="11月24日 星期二"),
            said("13", "right", "内容对您加密", "09:03", away=True),
        ),
        (
            cells(4)[1],
            cells(4)[2],
            cells(4)[3],
            cells(4)[5],
            Cell("summary", "关键信息摘要", "long", "询价 300 点位,85 折底线。"),
        ),
        "报价",
        LIST + "/records/5",
        (("tab", "chat"),),
        total="18 条消息",
    )


def timeline_view() -> TimelineView:
    icons = ["chat", "phone", "globe", "mail", "chat"]
    return TimelineView(
        tuple(
            TimelineEntry(
                "#",
                "今天" if i == 0 else ("11月" + str(23 - i) + "日" if i % 2 == 0 else ""),
                f"1{i}:05",
                Chip(*CHANNELS[i % 5]),
                icons[i % 5],
                "周婧 · 李建国",
                "客户询问 300 个点位的年费,希望先给价格范围,并比较了竞品A的三成差价" * (1 + i % 2),
                (Chip("商务洽谈", "blue"),) * (i % 2),
                str(3 + i),
            )
            for i in range(7)
        ),
        tuple(FacetEntry(t, "#", str(9 - i), h, "", i == 0) for i, (t, h) in enumerate(CHANNELS)),
        7,
        "/new",
        "#",
    )


def search_page(asked: bool = True) -> SearchPage:
    hits = tuple(
        Hit(
            "李建国 → 周婧" if i % 2 else "周婧 → 李建国",
            "#",
            CUSTOMERS[i % 6],
            f"2026-11-{23 - i} 10:05",
            (
                ("能不能先给个", False),
                ("报价", True),
                ("?300 个点位一年的订阅," + "我这边要往上报," * (i * 4), False),
            ),
            Chip(*CHANNELS[i % 5]),
            (Chip("重要商机", "amber"),) * (i % 2),
            "此会话另有 3 处" if i == 0 else "",
        )
        for i in range(6)
    )
    return SearchPage(
        "搜索",
        "/apps/archive/search",
        "报价 from:李建国" if asked else "",
        (Option("message", "消息", True), Option("conversation", "会话存档")),
        (
            ("报价 OR 折扣", "任一"),
            ("NOT 竞品", "不含"),
            ('"再考虑一下"', "短语"),
            ("channel:企业微信", "渠道"),
            ("from:张三", "发送人"),
            ("date:2026-11-01..2026-11-30", "日期"),
        ),
        ("“foo:”不是可筛选的词,已按文字搜索",) if asked else (),
        "共 1,284 条",
        "用时 12 毫秒",
        (
            Facet(
                "沟通渠道",
                tuple(
                    FacetEntry(t, "#", str(700 - 90 * i), h, "", i == 1) for i, (t, h) in enumerate(CHANNELS)
                ),
            ),
            Facet("标签", (FacetEntry("商务洽谈", "#", "412"), FacetEntry("重要商机", "#", "96"))),
        ),
        hits if asked else (),
        "#" if asked else "",
        asked,
        "message",
    )


TAX = Input("tax", "tax", "税号", problems=("税号要填写",))


def form_page() -> FormPage:
    option = (Option("mine", "制造"), Option("log", "仓储物流", True), Option("med", "医疗"))

    def line(row: str) -> tuple[Input, ...]:
        return (
            Input("product", f"items.{row}.product", "产品", "text", "巡检云"),
            Input("quantity", f"items.{row}.quantity", "数量", "number", "300"),
            Input("price", f"items.{row}.price", "单价", "number", "620.00", attributes={"unit": "元"}),
        )

    return FormPage(
        "新建商机",
        (Link("商机", LIST),),
        LIST,
        LIST + "/state",
        LIST,
        (
            FormSection(
                "基本信息",
                (
                    Input(
                        "name",
                        "name",
                        "商机名称",
                        required=True,
                        help="写清客户与产品,例如“苏州恒锐 巡检云 300 点位”",
                    ),
                    Input(
                        "customer",
                        "customer",
                        "客户",
                        "picker",
                        picked=(Picked("1", LONG),),
                        picker="/pick",
                        required=True,
                    ),
                    Input(
                        "stage",
                        "stage",
                        "阶段",
                        "radio",
                        options=(
                            Option("a", "初步接触", True),
                            Option("b", "方案报价"),
                            Option("c", "合同签订"),
                        ),
                    ),
                    Input("industry", "industry", "行业", "select", options=option),
                    Input(
                        "owner",
                        "owner",
                        "负责人",
                        "picker",
                        picked=(Picked("sales04", "周婧"), Picked("sales10", "刘子轩")),
                        many=True,
                        picker="/pick",
                    ),
                    Input(
                        "amount",
                        "amount",
                        "金额",
                        "number",
                        "186,000.00",
                        attributes={"unit": "元"},
                        problems=("金额不能小于 0",),
                    ),
                    Input("on", "on", "预计成交", "date", "2026-12-20"),
                    Input("at", "at", "下次跟进", "datetime", "2026-11-25T10:00:00"),
                    Input("hot", "hot", "重点跟进", "switch", "true"),
                    Input(
                        "channels",
                        "channels",
                        "渠道",
                        "checks",
                        options=(
                            Option("a", "企业微信", True),
                            Option("b", "电话"),
                            Option("c", "邮件", True),
                            Option("d", "钉钉"),
                        ),
                    ),
                    Input(
                        "tags",
                        "tags",
                        "标签",
                        "picker",
                        picked=(Picked("老客户", "老客户"), Picked("重点", "重点")),
                        many=True,
                        free=True,
                        picker="/pick",
                    ),
                    Input("number", "number", "编号", "text", "保存后生成", writable=False),
                    Input("note", "note", "备注", "textarea", "客户希望月底前拿到合同草稿。", sealed=True),
                    Input(
                        "files",
                        "files",
                        "附件",
                        "files",
                        files=(FileLink("招标文件.pdf", "#", "2.1 MB"),),
                        file_ids=("7",),
                    ),
                ),
            ),
            FormSection(
                "报价明细",
                (
                    Input(
                        "items",
                        "items",
                        "明细",
                        "rows",
                        columns=(("product", "产品"), ("quantity", "数量"), ("price", "单价")),
                        rows=(line("0"), line("1")),
                        blank_row=line(""),
                    ),
                ),
            ),
            FormSection("收货", note="送货前请电话确认。", kind="note", key="hint"),
            FormSection(
                "",
                kind="tabs",
                key="parts",
                tabs=(
                    FormTab("bill", "开票", (FormSection("", (TAX,)),), wrong=True),
                    FormTab("map", "地图", (FormSection("", kind="embed", embedded=MAP),), shown=False),
                ),
            ),
        ),
        problems=("金额不能小于 0",),
        way="提交后由 陆志恒 → 秦若兰 审批",
        may_add_next=True,
    )


def home_page() -> HomePage:
    return HomePage(
        "早上好,周婧",
        "2026年11月23日 星期一",
        (ARCHIVE, CRM),
        tuple(
            NewsItem(
                CUSTOMERS[i % 6],
                "#",
                f"{i + 1} 分钟前",
                ["chat", "phone", "mail"][i % 3],
                "能不能先给个报价范围",
            )
            for i in range(7)
        ),
        tuple(NewsItem(f"HH20261123-{i:04d}", "#", "今天 10:32", "eye") for i in range(4)),
        "12,845 条已存证 · 上次校验 今天 09:00 无异常",
        "/evidence",
        tasks_page().groups[1].lines,
        "全部 7 条待办",
        (Link("销售行为分析", "/apps/archive/reports/sales"), Link("客户服务质量", "#")),
    )


def channel_page() -> ChannelPage:
    return ChannelPage(
        "官网在线客服",
        (Link("渠道", "/channels"),),
        "Webhook · HMAC-SHA256",
        True,
        (Stat("8,458", "已收消息"), Stat("312", "今天"), Stat("0", "待处理"), Stat("2", "隔离区", True)),
        (
            ("最后到达", "今天 10:32:07"),
            ("游标", "8,458"),
            ("密钥", "已设置"),
            ("收件地址", "/hooks/web_chat"),
        ),
        'curl -X POST http://127.0.0.1:8000/hooks/web_chat \\\n  --data \'{"id":"test-1","text":"你好"}\'',
        "/test",
        "/retry",
        (
            Quarantined(
                "1",
                "今天 09:12",
                "wecom.jsonl:812",
                "这一行不是 JSON:第 41 个字符处缺少引号",
                "message.not_json",
            ),
            Quarantined("2", "昨天 22:40", "POST 10.0.0.8", "签名不符,消息未被采信", "message.bad_signature"),
        ),
        tested="测试消息已存档:M20261123-008459",
        tested_href="#",
    )


def channels_page() -> ChannelsPage:
    return ChannelsPage(
        "渠道",
        (
            ChannelLine("企业微信", "#", "会话内容存档", True, "10:32", "8,458 条消息", 0),
            ChannelLine("官网在线客服", "#", "Webhook", True, "10:31", "312 条消息", 2),
            ChannelLine("电话", "#", "Webhook", False, "", "尚无消息", 0),
        ),
    )


def evidence_page(state: str = "clean") -> EvidencePage:
    root = "9f2c1d7be0a4485f3b6a1e9d2c7f8a0b4d5e6f708192a3b4c5d6e7f8091a2b3c"
    return EvidencePage(
        state,
        "今天 09:00 · 周婧 · 用时 1.8 秒",
        (Stat("12,845", "记录"), Stat("12,845", "密钥"), Stat("26,310", "日志条目"), Stat("0", "异常")),
        (LogLine("记录", "12,845", root, "今天 10:32"), LogLine("审计", "13,465", root[::-1], "今天 10:32")),
        f"yuanting.example/records\n12845\n{root}\n\n— yuanting.example/records 6Kx1…",
        "yuanting.example",
        "yuanting.example+ab12cd34+AZ8…",
        progress=46,
        progress_text="已核对 5,900 / 12,845 条记录",
    )


def with_notice(notice: MaskNotice) -> RecordPage:
    return replace(record_page(), unmask=notice)


def error_page(status: int) -> ErrorPage:
    words = {
        403: ("这里需要相应权限", "您的角色不能打开此页。若工作需要,请向应用管理员申请。"),
        404: ("没有找到", "它可能不存在,也可能您无权查看。"),
        500: ("出了点问题", "这是我们的错误,已经记录。请稍后再试。"),
    }
    return ErrorPage(
        status,
        *words[status],
        "7f3a-2210" if status == 500 else "",
        (Link("回到工作台", "/"), Link("返回上一页", "javascript:")),
    )


def pages() -> dict[str, tuple[str, Shell, object]]:
    """Name -> template, frame, model: everything there is to see."""
    archive = shell
    return {
        **account_pages(shell("我的账号", "pages", "account", app=False)),
        "home": ("home.html", archive("工作台", "pages", "tasks", app=False), home_page()),
        "list": ("list.html", archive("会话存档", "list", "form"), list_page()),
        "list_empty": ("list.html", archive("会话存档", "list", "form"), list_page(0)),
        "record": ("record.html", archive("会话", "list", "record"), record_page()),
        **{
            f"record_{one.state}": ("record.html", archive("会话", "list", "record"), with_notice(one))
            for one in NOTICES
        },
        "history": ("record.html", archive("会话", "list", "record"), record_page("history")),
        "chat": ("record.html", archive("会话", "list", "record", "chat"), record_page("chat")),
        "timeline": ("record.html", archive("时间线", "list", "record", "chat"), record_page("timeline")),
        "search": ("search.html", archive("搜索", "search", "list"), search_page()),
        "search_blank": (
            "search.html",
            archive("搜索", "search", "list", "form", "pages"),
            search_page(False),
        ),
        "form": ("form.html", archive("新建商机", "list", "record", "form"), form_page()),
        **public_pages(shell("公开填写", "pages", "form", "record", "public", "design", app=False)),
        "channels": ("channels.html", archive("渠道", "pages"), channels_page()),
        "channel": ("channel.html", archive("渠道", "list", "pages"), channel_page()),
        "evidence": ("evidence.html", archive("存证", "pages", "evidence"), evidence_page()),
        "evidence_running": ("evidence.html", archive("存证", "pages", "evidence"), evidence_page("running")),
        "import_start": ("import_start.html", archive("导入", *IMPORTING), import_start_page()),
        "import_none": ("import_start.html", archive("导入", *IMPORTING), import_start_page(False)),
        "import_mapping": ("import_run.html", archive("导入", *IMPORTING), import_mapping_page()),
        "import_busy": ("import_run.html", archive("导入", *IMPORTING), import_busy_page()),
        "import_checked": ("import_run.html", archive("导入", *IMPORTING), import_checked_page()),
        "import_done": ("import_run.html", archive("导入", *IMPORTING), import_done_page()),
        "export": ("parts/export.html", archive("导出", *IMPORTING), export_form()),
        "packages": ("packages.html", archive("证据包", "pages", "packages"), packages_page()),
        "packages_none": ("packages.html", archive("证据包", "pages", "packages"), packages_page(False)),
        "package": ("package.html", archive("证据包", "pages", "packages"), package_form()),
        **{
            name: (template, archive("应用设计", "list", "form", "pages", "design", "design_app"), model)
            for name, (template, model) in life_pages().items()
        },
        "keys": ("keys.html", archive("密钥与运维", "pages", "keys"), keys_page()),
        "keys_kept": ("keys.html", archive("密钥与运维", "pages", "keys"), keys_page(True)),
        "bytes": ("bytes.html", archive("存储内容", "list", "pages", "keys"), bytes_page()),
        "bytes_blank": ("bytes.html", archive("存储内容", "list", "pages", "keys"), bytes_page(False)),
        **{
            f"look_{sort or 'other'}": (
                "look.html",
                archive("现场照片.jpg", "record", app=False),
                LookPage("现场照片.jpg", "1.2 MB", sort, "/files/2"),
            )
            for sort in ("image", "audio", "video", "")
        },
        "error_403": ("error.html", archive("无权限", "pages"), error_page(403)),
        "error_404": ("error.html", archive("没有找到", "pages"), error_page(404)),
        "board": ("board.html", archive("销售行为分析", "list", "board"), board_page()),
        **{f"widget_{n}": ("widget.html", archive(n), view) for n, view in widget_views().items()},
        **{
            name: (template, archive("待办", *styles), model)
            for name, (template, styles, model) in task_pages().items()
        },
        **{
            name: (template, archive("访问与授权", "list", "pages", "access"), model)
            for name, (template, model) in access_pages().items()
        },
        **{
            name: (
                template,
                archive("组织", "pages", "list", "form", "record", "organisation", app=False),
                model,
            )
            for name, (template, model) in organisation_pages().items()
        },
        **{
            name: (
                template,
                archive("保存与保全", "pages", "list", "form", "record", "retention", app=False),
                model,
            )
            for name, (template, model) in retention_pages().items()
        },
        "design_retention": ("design/retention.html", archive("保存", *KEEPS_STYLES), keeps_page()),
        "design_retention_none": ("design/retention.html", archive("保存", *KEEPS_STYLES), keeps_page(False)),
    }
