"""View models of the organisation's pages, for templates and the gallery."""

from __future__ import annotations

from builder_ui.cells import Chip
from builder_ui.models.inputs import Input, Picked
from builder_ui.models.organisation import (
    Branch,
    HandOverLine,
    HandOverRow,
    HeldRole,
    ImportLine,
    ImportPage,
    LeavePage,
    Member,
    PeoplePage,
    PersonForm,
    PersonPage,
    PersonRow,
    PostRow,
    PostsPage,
    RoleGroup,
    RoleLine,
    RolePage,
    RolesPage,
    WarningLine,
    WarningsPage,
)
from builder_ui.models.parts import Link, Option, Tab

BASE = "/admin/people"
TABS = (
    Tab("人员与部门", BASE, True), Tab("角色成员", f"{BASE}/roles"), Tab("岗位", f"{BASE}/posts"),
    Tab("提醒", f"{BASE}/warnings", count="3"),
)  # fmt: skip
TRAIL = (Link("组织", BASE),)
PEOPLE = [
    ("mgr01", "陆志恒", "经理"),
    ("sales04", "周婧", "销售"),
    ("sales11", "阿依古丽·买买提", "大客户经理"),
]


def picker(name: str, label: str, *picked: tuple[str, str]) -> Input:
    chosen = tuple(Picked(one, text) for one, text in picked)
    return Input(
        name,
        name,
        label,
        "picker",
        picker=f"{BASE}/options/person",
        picked=chosen,
        attributes={"label": label},
    )


def people_page(empty: bool = False) -> PeoplePage:
    east = Branch("sales_east", "华东销售部", f"{BASE}?department=sales_east", "6", 2, current=True)
    sales = Branch("sales", "销售中心", f"{BASE}?department=sales", "17", 1, below=(east,))
    tree = (Branch("company", "远汀科技", f"{BASE}?department=company", "31", 0, below=(sales,)),)
    rows = tuple(
        PersonRow(
            one, name, f"{BASE}/person/{one}", post, "华东销售部", 1, "沈佳宁", f"{BASE}/person/dir01",
            (Chip("销售", key="sales"),), 2, "2026-10-14 离职" if one == "sales11" else "",
            f"{name}没有上级" if one == "sales04" else "",
        )
        for one, name, post in PEOPLE
    )  # fmt: skip
    closed = (Branch("old", "电商部", f"{BASE}?department=old", "0", 0, closed=True),)
    return PeoplePage(
        "组织", TABS, tree, () if empty else rows, "",
        (Option("working", "在职", True), Option("left", "已离职")), "sales_east", "华东销售部",
        "远汀科技 › 销售中心 · 负责人：陆志恒", f"{BASE}/department/sales_east", "6 人", "1–3 / 6", BASE, "31 人",
        closed, f"{BASE}?page=0", f"{BASE}?page=2",
    )  # fmt: skip


def person_page() -> PersonPage:
    return PersonPage(
        "sales04", "周婧", "华东销售部 · 销售", TRAIL,
        (("编号", "sales04", ""), ("直属上级", "陆志恒", f"{BASE}/person/mgr01"), ("邮箱", "", "")),
        (HeldRole("客户管理", "销售", "本人获授", f"{BASE}/roles/crm/salesperson"),),
        (Link("王磊", f"{BASE}/person/sales01"),), (Link("华东销售部", f"{BASE}?department=sales_east"),),
        ("周婧没有上级，要由上级审批的就无人可批",),
        (HandOverLine("120 / 236 条记录交给陆志恒", "今天 10:32 · 方圆", True, 51, "2 条记录未能改动"),),
        f"{BASE}/person/sales04/hand-overs", "", f"{BASE}/person/sales04/edit", f"{BASE}/person/sales04/leave",
        f"{BASE}/person/sales04/hand-over", f"{BASE}/person/sales04/return", f"{BASE}/person/sales04/account", True,
    )  # fmt: skip


def person_form() -> PersonForm:
    wrong = Input("email", "email", "邮箱", "email", "nobody", problems=("“nobody”不是邮箱地址",))
    inputs = (
        Input("id", "id", "编号", help="用它登录"),
        picker("superior", "直属上级", ("mgr01", "陆志恒")),
        wrong,
    )
    return PersonForm("新增人员", TRAIL, f"{BASE}/new", BASE, inputs, ("“周婧”刚刚被别人修改过",), "", True)


def leave_page(empty: bool = False) -> LeavePage:
    rows = (
        HandOverRow("records.crm.customer.owner", "客户 · 负责人", "客户管理 · 另有 2 条保持不变", "12",
                    picker("to.records.crm.customer.owner", "客户"), True),
        HandOverRow("tasks", "未完成的待办", "", "3", picker("to.tasks", "未完成的待办", ("mgr01", "陆志恒"))),
    )  # fmt: skip
    day = Input("day", "day", "最后一天", "date", "2026-11-23", required=True)
    return LeavePage(
        "周婧 离职", "办理后 周婧 不能再登录。", TRAIL, f"{BASE}/person/sales04/leave", BASE,
        () if empty else rows[:1], rows[1:],
        not empty, None if empty else day, picker("taker", "交接给", ("mgr01", "陆志恒")), ("销售", "同事"),
        ("没有在职的“nobody”",),
    )  # fmt: skip


def role_page(empty: bool = False) -> RolePage:
    members = (
        Member("person", "sales04", "person", "周婧", "华东销售部 · 销售", f"{BASE}/person/sales04"),
        Member("branch", "sales", "tree", "销售中心及其下级", "17 人", f"{BASE}?department=sales"),
    )
    return RolePage(
        "系统管理员", "客户管理", (*TRAIL, Link("角色成员", f"{BASE}/roles")), () if empty else members,
        () if empty else (Link("周婧", f"{BASE}/person/sales04"),), "18 人", "另有 3 人", ("管理人员", "管理渠道"),
        f"{BASE}/roles/crm/system_admin", (Option("person", "一个人", True), Option("post", "一个岗位")),
        (("person", picker("member.person", "人员")), ("post", picker("member.post", "岗位"))),
        ("您在给自己授予角色 需要写明理由",), True,
    )  # fmt: skip


def import_page(state: str) -> ImportPage:
    columns = (("编号", "必填"), ("姓名", "必填"))
    if state == "begin":
        return ImportPage(
            "导入人员", TRAIL, f"{BASE}/import", columns, problems=("这不是能读的 Excel 工作簿",), done="ok"
        )
    lines = (
        ImportLine("第 2 行", "陈思雨", "1001", "new"),
        ImportLine(
            "第 3 行", "周婧", "sales04", "changed", (("岗位", "", "组长"), ("直属上级", "陆志恒", "冯丽"))
        ),
        ImportLine("第 4 行", "甲", "a b", "wrong", (), ("编号: 编号“a b”只能由字母、数字组成",)),
        ImportLine("", "华西", "销售", "new"),
    )
    counts = (("new", "新增人员", "1"), ("wrong", "错误", "1"))
    return ImportPage(
        "导入人员",
        TRAIL,
        f"{BASE}/import",
        columns,
        "17",
        "seal",
        counts,
        lines,
        "另有 120 行",
        may_import=False,
    )


def organisation_pages() -> dict[str, tuple[str, object]]:
    """Name -> template, model."""
    posts = (
        PostRow(
            "经理", f"{BASE}?q=经理", "4 人", (Chip("销售经理", href=f"{BASE}/roles/crm/sales_manager"),)
        ),
    )
    lines = (
        RoleLine("销售", "客户、联系人", f"{BASE}/roles/crm/salesperson", "12 人", False),
        RoleLine("系统管理员", "", f"{BASE}/roles/crm/system_admin", "0 人", True, "管理人员"),
    )
    warned = (("人员", (WarningLine("周婧没有上级", f"{BASE}/person/sales04/edit", "person"),)),)
    return {
        "people": ("people.html", people_page()),
        "people_empty": ("people.html", people_page(True)),
        "person": ("person.html", person_page()),
        "person_form": ("person_form.html", person_form()),
        "leave": ("leave.html", leave_page()),
        "leave_nothing": ("leave.html", leave_page(True)),
        "posts": ("posts.html", PostsPage("组织", TABS, posts, problem="请填写名称")),
        "posts_empty": ("posts.html", PostsPage("组织", TABS, ())),
        "roles": ("roles.html", RolesPage("组织", TABS, (RoleGroup("客户管理", "box", lines),))),
        "roles_empty": ("roles.html", RolesPage("组织", TABS, ())),
        "role": ("role.html", role_page()),
        "role_empty": ("role.html", role_page(True)),
        "people_warnings": ("people_warnings.html", WarningsPage("组织", TABS, warned)),
        "people_warnings_none": ("people_warnings.html", WarningsPage("组织", TABS, ())),
        "people_import": ("people_import.html", import_page("begin")),
        "people_import_shown": ("people_import.html", import_page("shown")),
    }
