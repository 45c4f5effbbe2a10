"""View models of the pages of an app's life with believable words, for `samples.pages`."""

from __future__ import annotations

from collections.abc import Mapping

from builder_ui.design_frame import DesignFrame, DesignProblem, DesignTab
from builder_ui.models.around import Nameable
from builder_ui.models.design_life import (
    AppLine,
    AppsPage,
    BindingPage,
    ChannelLine,
    Choice,
    ClashLine,
    Edit,
    FormLine,
    Guesses,
    ImportPage,
    Need,
    NewAppPage,
    OverviewPage,
    ParkedLine,
    PartList,
    PlanLine,
    PublishPage,
    Reach,
    Recording,
    RoleLine,
    Run,
    SampleLine,
    TestsPage,
    Told,
    Trial,
    VersionLine,
    VersionsPage,
)
from builder_ui.models.design_uses import Uses
from builder_ui.models.parts import Link

TRAIL = (Link("应用设计", "/design"),)
WORDS = {name: name for name in ("saved", "saving", "offline", "refused", "undo", "redo")}
FAILED = Trial("late", "过期变为拖延", "failed", "0.8 s", "第 3 步", ("“状态”应为 拖延，实为 新",), "5 步")
PASSED = Trial("big", "大单有标签", "passed", "1.1 s", steps="4 步")
EDITS = (Edit("今天 10:32", "程维嘉", "删除 单价"), Edit("昨天 17:05", "林晓彤", "改名 客户"))


def frame(here: str) -> DesignFrame:
    tabs = tuple(
        DesignTab(name, text, f"/design/desk/{name}", current=name == here)
        for name, text in (
            ("overview", "概览"),
            ("permissions", "权限"),
            ("versions", "版本"),
            ("tests", "测试"),
        )
    )
    forms = (DesignTab("order", "订单", "/design/desk/forms/order", "list"),)
    wrong = DesignProblem(
        "“客户”没有字段“price”", "请改用别的列", "客户", "/design/desk/forms/customer", "error", "/forms/0"
    )
    return DesignFrame("desk", "存档台", 7, 3, "10:32", tabs, forms, (), (wrong,), "", WORDS)


def life_pages() -> Mapping[str, tuple[str, object]]:
    """Name -> template and model."""
    return {
        "design_apps": ("design/apps.html", apps_page()),
        "design_apps_none": ("design/apps.html", AppsPage("应用设计", ())),
        "design_new": ("design/new.html", new_page()),
        "design_guesses": ("design/guesses.html", Guesses((("金额", "金额", "12、30"),), ("读不出",))),
        "design_import": ("design/import.html", ImportPage("导入应用", TRAIL, ("应用文件无法读取",))),
        "design_imported": ("design/import.html", imported_page()),
        "design_app": ("design/app.html", overview_page()),
        "design_publish": ("design/publish.html", publish_page(None)),
        "design_publishing": ("design/publish.html", publish_page(Run("running", "正在测试……", 1, 2, (PASSED,)))),
        "design_not_published": ("design/publish.html", publish_page(
            Run("failed", "没有发布", 2, 2, (PASSED, FAILED), ("1 个应用测试没有通过",), True))),
        "design_versions": ("design/versions.html", versions_page()),
        "design_tests": ("design/tests.html", tests_page()),
        "design_bindings": ("design/bindings.html", bindings_page()),
        "design_uses": ("design/uses.html", Uses("被 1 条规则使用 · 4 人持有", (
            Link("规则 拖延", "/design/desk", "pulse"), Link("crm 依赖它", "", "box")), "4 人持有")),
        "nameable": ("nameable.html", Nameable("可以用 @ 点名的人", "/apps/desk", ("周婧",))),
    }  # fmt: skip


def apps_page() -> AppsPage:
    return AppsPage("应用设计", (
        AppLine("会话存档", "/design/archive", "archive", "archive", "published", "版本 3", "9 个表单", "今天"),
        AppLine("合同登记", "/design/he_tong", "box", "he_tong", "new", "尚未发布", "1 个表单", ""),
    ))  # fmt: skip


def new_page() -> NewAppPage:
    samples = (SampleLine("crm", "客户管理", "客户、联系人、商机", "people", "7 个表单", False),
               SampleLine("archive", "客户会话存档", "不可更改", "archive", "9 个表单", True))  # fmt: skip
    return NewAppPage(
        "新建应用", TRAIL, samples, "headings", "合同", "", "", "金额，日期", ("请写应用的名称",)
    )


def imported_page() -> ImportPage:
    return ImportPage(
        "导入应用", TRAIL, (), "merge", Link("存档台", "/design/desk"), "2 处修改已进入草稿",
        ("“单价”改名为“含税价”",), "还有 1 处", (ClashLine("“单价”的标签两边都改了", '["/x", false, 1]'),),
        "desk", 3,
    )  # fmt: skip


def overview_page() -> OverviewPage:
    return OverviewPage(
        frame("overview"), "存档台", "存档台", "", "不可更改的会话", "zh", "changed", "版本 3，有未发布的修改",
        (FormLine("订单", "/design/desk/forms/order", "list", "存档 · 12 个字段", "1,204 条",
                  Link("2 个公开链接", "/design/desk/forms/order/public", "globe")),),
        (PartList("规则", "pulse", (Link("大单", ""),)), PartList("角色", "people", (Link("销售", "/x"),))),
        (Need("客户管理", True), Need("工单", False)), (Need("看板", True),), EDITS, "/design/desk/bindings",
        "还有 2 项没有与本单位绑定", True,
    )  # fmt: skip


def publish_page(run: Run | None) -> PublishPage:
    reach = Reach(
        "order", "订单", (Choice("{}", "管理全部"), Choice("{}", "本部门", "先加一个成员字段")),
        (Choice("+member", "成员（新角色）"),), (Choice("0", "销售"), Choice("", "不进菜单")),
    )  # fmt: skip
    listed = Reach("line", "明细", (), (), (Choice("0", "销售"),))
    older = Reach("log", "日志", reach.presets, reach.roles, (), new=False)
    changes = (Told("removed", "删除字段“金额”", "被 3 条规则、2 个看板使用", "4,812 个值将停用"),
               Told("added", "新增字段“备注”"))  # fmt: skip
    plan = (
        PlanLine("archive", "停用“订单”的“金额”", "1,204,000 条", True),
        PlanLine("plus", "增加“备注”", "–"),
    )
    return PublishPage(
        frame("publish"), "发布", "/design/desk/publish", 7, 3, changes, plan, (reach, listed, older), 2, run, False,
        "/design/desk/bindings", gains=(("读取“客户”", "程维嘉"), ("“客户”的“底价”", "程维嘉")),
    )  # fmt: skip


def versions_page() -> VersionsPage:
    lines = tuple(
        VersionLine(
            n,
            f"版本 {n}",
            "今天 10:32",
            "程维嘉",
            "9b6285dbdfae",
            f"/e?version={n}",
            f"/v/{n}",
            n == 2,
            n == 3,
        )
        for n in (3, 2, 1)
    )
    parked = (
        ParkedLine("单价", "订单", "4,812 个值", "最后在版本 2", '{"kind": "field"}'),
        ParkedLine("数量", "订单", "12 个值", "最后在版本 1", "", "同编号的字段已是另一种类型"),
    )
    changes = (Told("removed", "删除字段“单价”"),)
    return VersionsPage(
        frame("versions"), "版本", "/design/desk/versions", lines, 2, 3, "版本 2 → 版本 3", changes, parked, EDITS, "{}"
    )  # fmt: skip


def tests_page() -> TestsPage:
    tests = (PASSED, FAILED, Trial("new", "新的", "waiting", steps="2 步"))
    run = Run("failed", "测试没有运行", 0, 0, (), ("没有应用“crm”",))
    recording = Recording(
        "今天 10:30",
        (("plus", "填写“订单”", "", ""), ("chat", "在“订单”上评论", "/steps/1/say", "（内容已略）")),
        '{"id": "recorded"}',
    )
    return TestsPage(
        frame("tests"), "测试", "/design/desk/tests", 7, tests, run, "规则与分支的 67%", 67, ("拖延",),
        ("请假：经理 → 总监",), ("登记",),
        recording, True, "{}",
    )  # fmt: skip


def bindings_page() -> BindingPage:
    roles = (RoleLine("seller", "销售", "", "4 人", ("销售及下级",), False, True),
             RoleLine("boss", "主管", "审计", "", (), True, False))  # fmt: skip
    return BindingPage(
        frame("overview"), "与本单位绑定", "/design/desk/bindings", roles,
        (ChannelLine("企业微信", "/apps/desk/channels/wecom", "密钥已设置", True),),
        (ChannelLine("erp", "/admin/web-hooks#secrets", "还没有密钥", False, "https://erp.example.com:443"),),
        (Need("客户管理", False),),
        (Choice("branch:house", "公司全员"),), "程维嘉", "", "/apps/desk", True, ("没有这个人",),
    )  # fmt: skip
