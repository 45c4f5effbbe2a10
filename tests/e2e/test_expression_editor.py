"""Expressions in the form designer, as people write them: chips, completion, conditions, choices; and the preview."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from engine.access.people import Membership
from engine.runtime import Runtime
from tests.builder_ui.post_room import CAPTURE, VALUES, open_post_room
from tests.e2e.browsing import compose
from tests.e2e.conftest import Open
from tests.e2e.designing import Designer, clip, drag_in_list

DESIGNER = "/design/desk/forms/customer"


@pytest.fixture
def designer(desk: Open, runtime: Runtime, add: Callable[..., str]) -> Open:
    """Zhou designs the desk's app too, and may read its customers."""
    membership = Membership("desk", "designer", "person", "zhou")
    runtime.database.write(lambda unit: runtime.people.save_memberships(unit, [membership]))
    add("customer", name="苏州恒锐", channel="phone", price="100", active=True)
    return desk


def expression(page: Page, path: str) -> Locator:
    return page.locator(f'.expression[data-keep="{path}"]')


def text_of(editor: Locator) -> Locator:
    return editor.locator("textarea[data-path]")


def kept(runtime: Runtime, field: str) -> dict[str, Any]:
    """The field as the newest draft has it."""
    document = runtime.drafts.open("desk").document
    found: dict[str, Any] = next(one for one in document["forms"][0]["fields"] if one["id"] == field)
    return found


def test_an_expression_is_written_with_labels_and_kept_as_ids(designer: Open, runtime: Runtime) -> None:
    tab = designer("zhou")
    page = tab.open(f"{DESIGNER}?at=field:price")
    editor = expression(page, "/default")
    box = editor.locator(".expression-box")
    box.click()
    page.keyboard.type("IF（来yuan")  # neither a label nor an id
    expect(editor.locator(".expression-list")).to_be_hidden()
    for _ in "来yuan":
        page.keyboard.press("Backspace")
    page.keyboard.type("ly")  # initials of 来源
    expect(editor.locator(".expression-list [aria-selected=true] .label")).to_have_text("来源")
    page.keyboard.press("Enter")
    expect(box.locator(".expression-chip")).to_have_text("来源")
    page.keyboard.type(" == “dian")
    expect(editor.locator(".expression-list [aria-selected=true] .label")).to_have_text("电话")
    page.keyboard.press("Tab")
    expect(box.locator(".expression-chip.is-choice")).to_have_text("电话")
    page.keyboard.type("，１００，prise）")
    expect(text_of(editor)).to_have_value("IF(channel == 'phone',100,prise)")
    expect(editor.locator(".expression-problems")).to_contain_text("没有字段“prise”")
    page.keyboard.press("Alt+Enter")  # did you mean
    expect(text_of(editor)).to_have_value("IF(channel == 'phone',100,price)")
    expect(editor.locator(".expression-problems li")).to_have_count(0)
    page.keyboard.press("Home")
    page.keyboard.press("End")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Backspace")  # a chip goes as one letter
    expect(text_of(editor)).to_have_value("IF(channel == 'phone',100,)")
    page.keyboard.press("Control+z")
    expect(text_of(editor)).to_have_value("IF(channel == 'phone',100,price)")
    page.locator(".canvas-bar").click()
    expect(page.locator("[data-design-frame-target=saved]")).to_contain_text("已保存")
    assert kept(runtime, "price")["default"] == "IF(channel == 'phone',100,price)"


def test_arguments_are_told_and_the_value_on_a_record(designer: Open) -> None:
    tab = designer("zhou")
    page = tab.open("/design/desk/forms/talk?at=field:summary")
    editor = expression(page, "/default")
    editor.locator(".expression-box").click()
    page.keyboard.type("客户。")  # a full stop as an input method writes it: on through the link
    offered = editor.locator(".expression-list [role=option]")
    expect(offered.filter(has_text="单价")).to_be_visible()
    page.keyboard.type("mc")
    expect(offered.first).to_contain_text("名称")
    page.keyboard.press("Enter")
    expect(editor.locator(".expression-chip")).to_have_text("客户 · 名称")
    expect(text_of(editor)).to_have_value("customer.name")
    page = tab.open(f"{DESIGNER}?at=field:name")
    page.locator(".expression-try input[type=text]").fill("hr")
    page.locator(".expression-try .option").first.click()
    editor = expression(page, "/default")
    editor.locator(".expression-box").click()
    page.keyboard.type("CONCAT（name, ")
    expect(editor.locator(".expression-hint .now")).to_contain_text("text")
    expect(editor.locator(".expression-hint .example")).to_contain_text("CONCAT(")
    page.keyboard.type("“!”）")
    expect(editor.locator(".expression-value")).to_have_text("苏州恒锐!")
    choose = compose(page, "hui'lai")
    page.keyboard.press("Enter")  # chooses among candidates; nothing of ours
    choose("回来")
    expect(text_of(editor)).to_have_value('CONCAT(name, "!")回来')


def test_a_condition_is_built_and_read_as_a_sentence(designer: Open, runtime: Runtime) -> None:
    tab = designer("zhou")
    page = tab.open(f"{DESIGNER}?at=field:why")
    editor = expression(page, "/visible")
    rows = editor.locator(".cond")
    expect(rows).to_have_count(1)
    editor.get_by_role("button", name="添加条件", exact=True).click()
    expect(rows).to_have_count(2)
    rows.last.locator("[data-part=path]").select_option("price")
    expect(rows.last.locator("[data-part=operator]")).to_contain_text("大于")
    rows.last.locator("[data-part=operator]").select_option("gt")
    rows.last.locator(".cond-value input").fill("１００")
    page.keyboard.press("Tab")
    expect(text_of(editor)).to_have_value("active == false and price > 100")
    editor.locator(".join").select_option("any")
    expect(editor.locator(".expression-sentence")).to_have_text("当 有效 为 否 或 单价 大于 ¥100 时显示")
    editor.get_by_role("tab", name="公式").click()
    expect(editor.locator(".expression-chip")).to_have_text(["有效", "单价"])
    page.keyboard.press("End")
    page.keyboard.type(" or LEN(name) > 40")
    editor.get_by_role("tab", name="条件", exact=True).click()
    expect(rows).to_have_count(3)  # what rows cannot say stays text
    expect(rows.last.locator("input")).to_have_value("LEN(name) > 40")
    expect(editor.locator(".cond.is-text .cond-note")).to_have_text("这一部分只能用公式表达，原样保留")
    expect(editor.locator(".cond-note")).to_be_visible()
    rows.first.get_by_role("button", name="移除这条条件").click()
    expect(text_of(editor)).to_have_value("price > 100 or LEN(name) > 40")
    expect(page.locator("[data-design-frame-target=saved]")).to_contain_text("已保存")
    assert kept(runtime, "why")["visible"] == "price > 100 or LEN(name) > 40"


KIND = {"id": "kind", "type": "select", "label": "类别", "options": {"choices": [
    {"value": "part", "label": "配件"}, {"value": "hours", "label": "工时"}]}}  # fmt: skip


def test_choices_are_pasted_renamed_sorted_and_told_when_used(
    designer: Open, runtime: Runtime, add: Callable[..., str]
) -> None:
    patch = [{"op": "add", "path": "/forms/0/fields/9/fields/-", "value": KIND}]
    runtime.drafts.edit(None, "desk", 0, patch, "zhou")
    runtime.designing.publish(runtime.require_viewer("zhou"), "desk", runtime.drafts.open("desk").revision)
    kinds = ("part", "hours", "part")
    add("customer", name="无锡", lines=[{"what": str(n), "kind": kind} for n, kind in enumerate(kinds)])
    tab = designer("zhou")
    page = tab.open(f"{DESIGNER}?at=field:channel")
    editor = page.locator(".choices-editor")
    labels = editor.locator(".label-of")
    expect(editor.locator(".uses").nth(1)).to_have_text("1")
    editor.get_by_role("tab", name="文本").click()
    lines = editor.locator(".choice-lines textarea")
    expect(lines).to_have_value("wecom|企业微信|green\nphone|电话")
    lines.fill("wecom|企业微信|green\nphone|座机\n 邮件 \nweb\t网页\n邮件")
    editor.get_by_role("tab", name="列表").click()
    expect(labels).to_have_count(4)
    expect(page.locator("#toasts")).to_contain_text("1 个重复")
    assert [labels.nth(n).input_value() for n in range(4)] == ["企业微信", "座机", "邮件", "网页"]
    labels.nth(3).focus()
    page.keyboard.press("Alt+ArrowUp")
    expect(labels.nth(2)).to_have_value("网页")
    labels.nth(2).fill("网站")
    page.keyboard.press("Enter")
    editor.locator("li").nth(1).hover()
    editor.locator("li").nth(1).get_by_role("button", name="移除").click()
    toast = page.locator("#toasts")
    expect(toast).to_contain_text("1 条记录正在使用")
    toast.get_by_role("button", name="合并到…").click()
    page.get_by_label("把“座机”合并到").select_option("wecom")
    expect(editor.locator("li").nth(1)).to_contain_text("→ 企业微信")
    expect(page.locator("[data-design-frame-target=saved]")).to_contain_text("已保存")
    assert kept(runtime, "channel")["options"]["choices"][1]["into"] == "wecom"
    editor.locator("li").nth(1).hover()
    editor.locator("li").nth(1).get_by_role("button", name="不合并").click()
    editor.locator("li").nth(1).hover()
    editor.locator("li").nth(1).get_by_role("button", name="移除").click()
    toast.get_by_role("button", name="对新记录隐藏").click()
    expect(labels).to_have_count(4)
    expect(page.locator("[data-design-frame-target=saved]")).to_contain_text("已保存")
    assert [(one["value"], one["label"] if isinstance(one["label"], str) else one["label"]["zh"], one.get("hidden"))
            for one in kept(runtime, "channel")["options"]["choices"]] == [
        ("wecom", "企业微信", None), ("phone", "座机", True), ("web", "网站", None), ("邮件", "邮件", None),
    ]  # fmt: skip
    column = tab.open(f"{DESIGNER}?at=field:lines.kind").locator(".choices-editor")  # of a column, too
    expect(column.locator(".uses").first).to_have_text("1")
    column.locator("li").first.hover()
    column.locator("li").first.get_by_role("button", name="移除").click()
    toast.get_by_role("button", name="合并到…").click()
    page.get_by_label("把“配件”合并到").select_option("hours")
    expect(column.locator("li").first).to_contain_text("→ 工时")
    expect(page.locator("[data-design-frame-target=saved]")).to_contain_text("已保存")
    assert kept(runtime, "lines")["fields"][2]["options"]["choices"][0]["into"] == "hours"
    expect(tab.open("/design/desk/publish").locator("main")).to_contain_text("配件")
    tab.open(f"{DESIGNER}?at=field:channel")
    editor.get_by_role("combobox", name="排序").select_option("use")
    expect(labels.first).to_have_value("座机")
    editor.get_by_role("combobox", name="排序").select_option("name")
    expect(labels.first).not_to_have_value("座机")
    page.get_by_role("tab", name="文本").first.click()
    lines.fill("\n".join(f"渠道{n}" for n in range(200)))
    editor.get_by_role("tab", name="列表").click()
    expect(labels).to_have_count(200)
    it = Designer(page)
    it.tile("select").click()
    it.name_it("地区")
    expect(page.locator("#panel .panel-of")).to_have_attribute("data-keys", "field:di_qu")
    editor.locator(".add-choice").click()
    expect(labels.first).to_be_focused()
    clip(page, "paste", "\n".join(f"地区{n}" for n in range(200)))  # in place of the one that begins the list
    expect(labels).to_have_count(200)
    given = editor.locator(".swatch-of").evaluate_all("all => all.map(one => one.className)")
    turn = list(dict.fromkeys(given))
    assert len(turn) > 2
    assert "swatch-of is-plain" not in turn
    assert given == [turn[n % len(turn)] for n in range(200)]
    it.saved()
    assert kept(runtime, "di_qu")["options"]["choices"][0] == {
        "value": "地区0", "label": "地区0", "color": turn[0].removeprefix("swatch-of hue-"),
    }  # fmt: skip


def test_the_preview_is_the_form_and_says_why(designer: Open, runtime: Runtime) -> None:
    patch = [{"op": "add", "path": "/forms/0/fields/3/required_if", "value": "active == true"}]
    runtime.drafts.edit(None, "desk", 0, patch, "zhou")
    tab = designer("zhou")
    page = tab.open(f"{DESIGNER}/preview")
    form = page.frame_locator("iframe")
    why = form.locator('[data-field="why"]')
    expect(form.locator('[data-field="channel"] .why')).to_have_text("因 有效 为 是 而必填")
    expect(why.locator(".why")).to_contain_text("已隐藏：当 有效 为 否")
    expect(why.locator(".slot")).to_be_hidden()
    form.locator('[data-field="active"] input[type=checkbox]').click()
    expect(why.locator(".why")).to_have_text("因 有效 为 否 而必填")
    expect(why.locator(".slot")).to_be_visible()
    page.get_by_role("button", name="手机").click()
    assert page.locator("iframe").bounding_box() is not None
    assert form.locator("body").evaluate("() => innerWidth") <= 390
    form.locator("[name=name]").fill("")
    form.locator(".save-bar .primary").click()
    expect(form.locator('[data-field="name"]')).to_contain_text("请填写")
    page.locator("[data-preview-target=role]").select_option("designer")
    expect(form.locator("body")).to_contain_text("此角色无权使用这张表单")
    page.locator("[data-preview-target=role]").select_option("seller")
    page.locator("[data-preview-target=fill]").select_option(label="苏州恒锐")
    expect(form.locator("[name=name]")).to_have_value("苏州恒锐")
    assert runtime.drafts.open("desk").revision == 2


def test_a_view_is_added_told_what_it_shows_and_seen_at_once(designer: Open, runtime: Runtime) -> None:
    page = designer("zhou").open(DESIGNER)
    page.get_by_role("link", name="视图", exact=True).click()
    names = page.locator(".views-list [data-name]")
    expect(names).to_have_text(["全部", "我的"])
    drag_in_list(page, page.locator(".view-tile[data-kind=kanban]"), names.nth(1))
    expect(names).to_have_text(["全部", "看板", "我的"])

    seen = page.locator(".view-drawn")
    expect(seen.locator(".lane strong")).to_have_text(["企业微信", "电话"])
    page.select_option("#v-options-by", "active")
    expect(seen.locator(".lane[data-value=true] .record-card")).to_have_count(1)
    page.select_option("#v-options-fields-add", "channel")
    expect(seen.locator(".record-card")).to_contain_text("电话")
    page.select_option("#v-options-fields-add", "price")
    fields = page.locator('[data-list="options/fields"] [data-entry]')
    expect(fields).to_have_text(["来源", "单价"])
    fields.last.press("Alt+ArrowUp")
    expect(seen.locator(".record-card dt")).to_have_text(["单价", "来源"])

    rows = page.locator(".view-filter")
    rows.get_by_role("button", name="添加条件", exact=True).click()
    rows.locator("[data-part=path]").select_option("price")
    rows.locator("[data-part=operator]").select_option("gt")
    rows.locator(".cond-value input").fill("100")
    page.keyboard.press("Tab")
    expect(seen.locator(".record-card")).to_have_count(0)
    held: list[Route] = []
    page.route("**/body?*", lambda route: held.append(route))
    with page.expect_request("**/body?*"):
        page.check("#opens-seller")
    page.locator("[data-view-id=kanban]").press("F2")
    page.keyboard.type("按有")
    with page.expect_response("**/body?*"):  # the page is drawn anew only when the name is there
        held[0].continue_()
    page.unroute("**/body?*")
    page.keyboard.type("效")
    page.keyboard.press("Enter")
    expect(page.locator("[data-view-id=kanban]")).to_contain_text("有筛选")
    expect(page.locator("#view-label")).to_have_value("按有效")
    page.locator("[data-view-id=kanban]").press("Alt+ArrowUp")
    expect(names).to_have_text(["按有效", "全部", "我的"])
    page.locator("[data-view-id=kanban]").press("Delete")
    expect(names).to_have_text(["全部", "我的"])
    page.keyboard.press("Control+z")
    expect(names).to_have_text(["按有效", "全部", "我的"])
    expect(page.locator("[data-design-frame-target=saved][data-state=saved]")).to_be_visible()
    assert runtime.drafts.open("desk").document["forms"][0]["views"][0] == {
        "id": "kanban", "label": "按有效", "kind": "kanban", "filter": "price > 100", "default_for": ["seller"],
        "options": {"by": "active", "fields": ["price", "channel"]},
    }  # fmt: skip


def test_what_fills_a_field_is_chosen_written_and_left_by_keys(desk: Open, runtime: Runtime) -> None:
    """The table of what messages become: each is a step that undo takes back."""
    open_post_room(runtime)

    def filled() -> Any:
        return runtime.drafts.open("post").document["rules"][0]["then"][0]["with"]["values"]

    tab = desk("cheng")
    page = tab.open(CAPTURE)
    content = page.locator("#source-capture-0-content")
    content.select_option("customer_name")
    expect(page.locator("[data-design-frame-target=undo]")).to_have_attribute(
        "title", "撤销：“内容”取自 客户名称"
    )
    content.select_option("=")
    box = page.locator("[id='capture-0.content'] .expression-box")
    expect(box.locator(".expression-chip")).to_have_text("客户名称")
    expect(box).to_be_focused()
    page.keyboard.press("End")
    page.keyboard.type(" + fsr")  # initials of 发送人
    expect(page.locator(".expression-list [aria-selected=true] .label")).to_have_text("发送人")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(page.locator("[data-design-frame-target=undo]")).to_have_attribute(
        "title", "撤销：“内容”取自 客户名称 + 发送人"
    )
    page.locator("[id='capture-0.channel'] [data-do=drop]").press("Enter")
    expect(page.locator("[id='capture-0.channel'] .card-problems")).to_contain_text("必填")
    expect(content).to_be_focused()
    assert "channel" not in filled()
    page.locator("#toasts button").click()
    expect(page.locator("#source-capture-0-channel")).to_have_value("channel")
    page.locator("#add-capture-0").select_option("duration")
    expect(page.locator("#source-capture-0-duration")).to_be_focused()
    page.locator("#source-capture-0-duration").select_option("duration")
    expect(page.locator("[id='capture-0.duration']")).not_to_have_class(re.compile("unmapped"))
    assert filled() == {**VALUES, "content": "customer_name + sender_name", "duration": "duration"}
