"""The form designer in a real browser: the archive form of the article from a blank app with drags alone and with
the keyboard alone, filled in on a phone; and what makes it pleasant, one test or more for each interaction:

1 a drop shows its result first: test_a_drop_shows_its_place_first_and_esc_puts_it_back
2 removing: test_removing_asks_nothing_and_says_who_used_it
3 ids, 4 empty and double labels: test_labels_ids_and_empty_names
5 undo: test_undo_names_itself_crosses_pages_and_survives_reload
6 copies: test_parts_are_copied_to_another_form_and_app_and_headings_become_fields
7 saving: test_without_a_connection_nothing_is_lost, test_two_people_at_once_lose_nothing_and_hear_of_each_other
8 problems: test_the_palette_finds_and_problems_lead_to_their_place, test_removing_asks_nothing_and_says_who_used_it
9 several: test_several_are_edited_together_copied_and_grouped
10 choices: test_expression_editor.py::test_choices_are_pasted_renamed_sorted_and_told_when_used
11 types: test_another_type_says_what_converts_before_anything_happens
12 sub-forms: test_columns_have_widths_and_totals_and_a_phone_shows_cards, test_fields_go_into_rows_and_tabs
13 preview: test_expression_editor.py::test_the_preview_is_the_form_and_says_why
14 expressions: test_expression_editor.py (input methods in test_arguments_are_told_and_the_value_on_a_record)
15 sentences: test_expression_editor.py::test_a_condition_is_built_and_read_as_a_sentence, and its other end here
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Route, expect

from engine.runtime import Runtime
from tests.e2e.browsing import Tab
from tests.e2e.conftest import Open
from tests.e2e.designing import (
    HEAD,
    LINKED,
    Designer,
    app_of,
    begin,
    box_within,
    clip,
    enter,
    errors,
    formula,
    go_to,
    keyboard,
    let_in,
    pick,
    publish,
    tab_to,
)

ARCHIVE: dict[str, Any] = json.loads(Path(__file__).with_name("archive_form.json").read_text("utf-8"))


@pytest.fixture
def designer(desk: Open) -> Designer:
    return Designer(desk("cheng").page)


# -- the archive form of the article ---------------------------------------------------------------


def test_an_archive_form_is_built_by_dragging_and_filled_in(desk: Open, runtime: Runtime) -> None:
    page = desk("cheng").page
    it = begin(page, "会话存档")

    def click(wanted: Locator) -> None:
        wanted.click()

    def menu() -> None:
        page.locator(".form-menu summary").click()

    for number, (label, _) in enumerate(LINKED, 1):
        menu()
        page.get_by_role("button", name="新建表单").click()
        page.wait_for_url(f"**/forms/form{f'_{number}' if number > 1 else ''}")
        it.drag(it.tile("text"), page.locator('[data-zone="section:section"]'))
        it.name_it("名称")
        page.locator("#canvas .form-title").dblclick()
        page.keyboard.type(label)
        page.keyboard.press("Enter")
        it.saved()
    menu()
    page.locator(".form-menu .popup a").first.click()
    page.wait_for_url("**/forms/hui_hua_cun_dang")
    page.wait_for_load_state("networkidle")

    last = '[data-zone="section:section"]'
    for type_, label, _ in HEAD:
        it.drag(it.tile(type_), page.locator(last), below=last.startswith("#"))
        it.name_it(label)
        last = f'#canvas [data-key="{page.locator("#canvas .chosen").get_attribute("data-key")}"]'
    for number, (label, id_) in enumerate(LINKED, 1):
        it.drag_new("link", label, it.part("field:ke_hu_lian_xi_ren") if number == 1 else it.part(last))
        last = f"field:{id_}"
        it.control("/options/form").select_option(f"form{f'_{number}' if number > 1 else ''}")
    it.shows("field:ke_hu_lian_xi_ren", "field:ke_hu", "field:shang_ji", "field:gong_dan", "field:biao_qian")

    it.drag(it.tile("tabs"), page.locator(".canvas-scroll"), below=True)
    it.drag_new("money", "合同金额", page.locator('[data-zone="section:part"]'), below=False)
    it.drag_new("formula", "税额", it.part("field:he_tong_jin_e"))
    it.carry(it.tile("sub_form"), page.locator("[data-tab=tab_2]"))
    expect(page.locator('[data-zone="section:part_2"]')).to_be_visible()  # a tab opens under what is held
    end = page.locator('[data-zone="section:part_2"]').bounding_box()
    assert end
    page.mouse.move(end["x"] + 40, end["y"] + 20, steps=3)
    page.mouse.up()
    it.name_it("产品明细")
    it.drag_new("text", "品名", page.locator('[data-zone="sub:chan_pin_ming_xi"]'), below=False)
    it.drag_new("money", "小计", it.part("field:chan_pin_ming_xi.pin_ming"))
    grid = page.locator('[data-zone="section:section"]')
    number, time, members = (
        it.part(f"field:{id_}") for id_ in ("hui_hua_bian_hao", "fa_sheng_shi_jian", "wo_fang_can_yu_ren")
    )
    before = [box_within(grid, part) for part in (number, time, members)]
    it.carry(time, number)
    line, *now = (box_within(grid, one) for one in (page.locator("#canvas .drop-line"), number, members))
    assert (line.x, line.y, line.width) == (before[0].x, before[0].y, before[1].width)
    assert (now[0].x, now[0].y) == (before[1].x, before[1].y)  # all behind it make room, in two columns
    assert now[1].y >= before[2].y + before[2].height
    page.mouse.up()
    it.shows("field:fa_sheng_shi_jian", "field:hui_hua_bian_hao", "field:gou_tong_qu_dao")

    it.choose("field:gou_tong_qu_dao")
    for number, label in enumerate(("企业微信", "电话")):
        page.locator("#panel .add-choice").click()
        page.locator("#panel .choice-rows .label-of").nth(number).fill(label)
        page.keyboard.press("Tab")
    expect(it.part("field:gou_tong_qu_dao").locator(".pill")).to_have_count(2)
    page.locator("[data-tab=tab]").click()
    it.choose("field:shui_e")
    formula(page, "合同金额", "0.06", click)
    it.choose("field:zhai_yao")
    editor = page.locator('#panel .expression:has([data-path="/visible"])')
    editor.get_by_role("button", name="添加条件", exact=True).click()
    editor.locator("select[data-part=path]").select_option("gou_tong_qu_dao")
    editor.locator("[data-value] select:not(.source)").select_option(label="电话")
    expect(editor.locator(".expression-sentence")).to_have_text("当 沟通渠道 是 电话 时显示")
    it.saved()
    assert errors(runtime, page) == []
    fields = {one["id"]: one for one in runtime.drafts.open(app_of(page)).document["forms"][0]["fields"]}
    assert [one["id"] for one in fields["chan_pin_ming_xi"]["fields"]] == ["pin_ming", "xiao_ji"]
    assert fields["shui_e"]["options"]["expression"] == "he_tong_jin_e * 0.06"

    publish(page)
    assert runtime.applications.document(app_of(page)) == ARCHIVE
    let_in(runtime, app_of(page))
    enter(page, app_of(page), "hui_hua_cun_dang")


def test_the_same_with_the_keyboard_alone(desk: Open, runtime: Runtime) -> None:
    page = desk("cheng").page
    keys = page.keyboard
    page.goto("/design/new")
    expect(page.locator("[name=label]")).to_be_focused()
    keys.type("会话存档")
    keys.press("Enter")
    page.wait_for_url("**/forms/*")
    page.wait_for_load_state("networkidle")
    it = Designer(page)

    def press(wanted: Locator) -> None:
        tab_to(page, wanted)
        keys.press("Enter")

    def menu() -> None:
        tab_to(page, page.locator(".form-menu summary"))
        keys.press("Enter")
        keys.press("ArrowDown")

    def add(search: str, label: str) -> None:
        keys.press("/")
        keys.type(search)
        keys.press("Enter")
        it.name_it(label)

    for number, (label, _) in enumerate(LINKED, 1):
        menu()
        keys.press("ArrowUp")  # from the first to the last: a new form
        keys.press("Enter")
        page.wait_for_url(f"**/forms/form{f'_{number}' if number > 1 else ''}")
        page.wait_for_load_state("networkidle")
        add("danhangwenben", "名称")
        go_to(page, "form")
        keys.press("F2")
        keys.type(label)
        keys.press("Enter")
        it.saved()
    menu()
    keys.press("Enter")
    page.wait_for_url("**/forms/hui_hua_cun_dang")
    page.wait_for_load_state("networkidle")

    for _, label, search in HEAD:
        add(search, label)
    go_to(page, "field:ke_hu_lian_xi_ren")
    for number, (label, _) in enumerate(LINKED, 1):
        add("guanlianjilu", label)
        keys.press("F6")
        tab_to(page, it.control("/options/form"))
        pick(page, it.control("/options/form"), f"form{f'_{number}' if number > 1 else ''}")
        keys.press("Shift+F6")
    it.shows("field:ke_hu_lian_xi_ren", "field:ke_hu", "field:shang_ji", "field:gong_dan", "field:biao_qian")
    go_to(page, "block:section")
    keys.press("/")
    keys.type("xxk")
    keys.press("Enter")
    it.shows("block:section", "block:tabs", "block:part")
    for search, label in (
        ("jine", "合同金额"),
        ("gongshi", "税额"),
        ("zbd", "产品明细"),
        ("danhangwenben", "品名"),
        ("jine", "小计"),
    ):
        add(search, label)
    keys.press("Alt+ArrowUp")  # 小计 before 品名, so that both go into the rows one after the other
    keys.press("Alt+ArrowLeft")
    it.shows("field:chan_pin_ming_xi", "field:chan_pin_ming_xi.xiao_ji", "field:pin_ming")
    go_to(page, "field:pin_ming")
    keys.press("Alt+ArrowLeft")
    it.shows("field:chan_pin_ming_xi.xiao_ji", "field:chan_pin_ming_xi.pin_ming")
    keys.press("Alt+ArrowLeft")
    it.shows("field:chan_pin_ming_xi.pin_ming", "field:chan_pin_ming_xi.xiao_ji")
    go_to(page, "field:chan_pin_ming_xi")
    keys.press("Alt+ArrowDown")  # past the end of its tab: into the next one
    expect(page.locator('[data-zone="section:part_2"]')).to_be_visible()
    it.shows("block:part_2", "field:chan_pin_ming_xi")
    it.saved()

    go_to(page, "field:fa_sheng_shi_jian")
    keys.press(" ")
    keys.press("ArrowUp")
    it.shows("field:fa_sheng_shi_jian", "field:hui_hua_bian_hao")
    keys.press("Escape")
    it.shows("field:hui_hua_bian_hao", "field:fa_sheng_shi_jian")
    keys.press("Alt+ArrowUp")
    it.shows("field:fa_sheng_shi_jian", "field:hui_hua_bian_hao")

    go_to(page, "field:gou_tong_qu_dao")
    keys.press("F6")
    for number, label in enumerate(("企业微信", "电话")):
        press(page.locator("#panel .add-choice"))
        expect(page.locator("#panel .choice-rows .label-of").nth(number)).to_be_focused()
        keys.press("Control+a")
        keys.type(label)
        keys.press("Tab")
    it.saved()
    keys.press("Shift+F6")
    go_to(page, "field:zhai_yao")
    keys.press("F6")
    editor = page.locator('#panel .expression:has([data-path="/visible"])')
    press(editor.get_by_role("button", name="添加条件", exact=True))
    expect(editor.locator("select[data-part=path]")).to_be_focused()
    pick(page, editor.locator("select[data-part=path]"), "gou_tong_qu_dao")
    value = editor.locator("[data-value] select:not(.source)")
    tab_to(page, value)
    phone = value.locator("option", has_text="电话").get_attribute("value") or ""
    pick(page, value, phone)
    expect(editor.locator(".expression-sentence")).to_have_text("当 沟通渠道 是 电话 时显示")
    keys.press("Shift+F6")
    tab_to(page, page.locator("[data-tab=tab]"))
    keys.press("Enter")
    go_to(page, "field:shui_e")
    keys.press("F6")
    formula(page, "合同金额", "0.06", press)
    keys.press("Shift+F6")
    it.saved()
    assert errors(runtime, page) == []

    publish(page, keyboard(page))
    let_in(runtime, app_of(page))
    enter(page, app_of(page), "hui_hua_cun_dang", keyboard(page))


PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


def test_the_record_is_entered_on_a_phone(desk: Open, runtime: Runtime) -> None:
    runtime.applications.publish(None, ARCHIVE, "system")  # the very form that was built by dragging
    app, form = ARCHIVE["app"]["id"], ARCHIVE["forms"][0]["id"]
    let_in(runtime, app, "zhou")
    page = desk("zhou", **PHONE).page
    enter(page, app, form)
    page.goto(f"/apps/{app}/forms/{form}/new")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


# -- what makes it pleasant ------------------------------------------------------------------------


def test_a_drop_shows_its_place_first_and_esc_puts_it_back(designer: Designer) -> None:
    it = designer.open()
    before = it.keys
    it.carry(it.part("field:channel"), it.part("field:number"))
    line = it.page.locator("#canvas .drop-line")
    expect(line).to_be_visible()
    assert line.evaluate("line => line.nextElementSibling.dataset.key") == "field:number"
    it.page.keyboard.press("Escape")
    expect(line).to_have_count(0)
    it.page.mouse.up()
    assert it.keys == before
    it.carry(it.part("field:channel"), it.page.locator(".design-bar .seal"))
    it.page.mouse.up()
    assert it.keys == before
    expect(it.page.locator("[data-design-frame-target=undo]")).to_be_disabled()
    it.page.set_viewport_size({"width": 1280, "height": 480})
    it.carry(it.part("field:number"), it.page.locator("#canvas .form-title"))
    box = it.page.locator(".canvas-scroll").bounding_box()
    assert box
    it.page.mouse.move(box["x"] + 60, box["y"] + box["height"] - 4, steps=2)
    it.page.wait_for_function("() => document.querySelector('.canvas-scroll').scrollTop > 100")
    it.page.keyboard.press("Escape")
    it.page.mouse.up()
    it.choose("field:owner")
    it.tile("date").click()  # not dragged: below what is chosen, its label ready to type
    it.name_it("签约日期")
    it.shows("field:owner", "field:qian_yue_ri_qi", "field:channel")


def test_fields_go_into_rows_and_tabs(designer: Designer) -> None:
    it = designer.open()
    it.drag(it.part("field:since"), it.part("field:lines.count"))
    it.shows("field:lines", "field:lines.what", "field:lines.since", "field:lines.count")
    it.drag(it.tile("tabs"), it.page.locator('[data-key="block:section"] .block-head'))
    it.shows("block:tabs", "block:section")
    it.saved()
    it.page.locator("[data-tab=tab_2]").click()
    it.drag(it.part("field:price"), it.page.locator('[data-zone="section:part_2"]'))
    it.shows("block:part_2", "field:price", "block:section")
    it.saved()
    it.choose("field:number")
    held: list[Route] = []  # what is drawn anew leaves the focus where a person has gone meanwhile
    it.page.route("**/canvas?*", lambda route: route.continue_() if held else held.append(route))
    with it.page.expect_request("**/canvas?*"):
        it.part("field:number").press("Alt+ArrowDown")
    first = it.page.locator("[data-tab=tab]")
    first.focus()
    held[0].continue_()
    it.saved()
    expect(first).to_be_focused()
    first.press("Enter")
    expect(it.page.locator('[data-zone="section:part_2"]')).to_be_hidden()
    it.page.reload()
    it.shows("block:part_2", "field:price", "block:section")


def test_undo_names_itself_crosses_pages_and_survives_reload(designer: Designer, runtime: Runtime) -> None:
    it, page = designer.open(), designer.page
    it.drag(it.part("field:channel"), it.part("field:number"))
    it.shows("field:channel", "field:number")
    undo = page.locator("[data-design-frame-target=undo]")
    expect(undo).to_have_attribute("title", "撤销：移动 来源 到 分区第 1 位")
    it.saved()
    page.reload()
    page.wait_for_load_state("networkidle")
    expect(undo).to_have_attribute("title", "撤销：移动 来源 到 分区第 1 位")
    page.goto("/design/desk")
    undo.click()
    page.wait_for_url("**/forms/customer**")
    it.shows("field:number", "field:channel")
    expect(it.part("field:channel")).to_have_class("part field-part span-1 chosen flash")
    assert "layout" not in runtime.drafts.open("desk").document["forms"][0]


def test_removing_asks_nothing_and_says_who_used_it(designer: Designer, runtime: Runtime) -> None:
    it, page = designer.open(), designer.page
    it.choose("field:active")
    page.keyboard.press("Delete")
    toast = page.locator("#toasts .toast")
    expect(toast).to_contain_text("已删除“有效” · 被 1 个字段 使用")
    expect(it.part("field:why").locator(".problem-dot.bad")).to_be_visible()
    expect(it.part("field:why")).to_have_class("part field-part span-1 chosen")
    toast.get_by_role("button", name="撤销").click()
    expect(it.part("field:active")).to_be_visible()
    expect(it.part("field:why").locator(".problem-dot")).to_have_count(0)
    it.choose("field:name")
    held: list[Route] = []  # the panel that would tell comes later than the key
    page.route("**/panel?*", lambda route: route.continue_() if held else held.append(route))
    with page.expect_request("**/panel?*"):
        it.part("field:active").locator("[data-name]").click()
    page.keyboard.press("Delete")
    expect(toast).to_contain_text("已删除“有效” · 被 1 个字段 使用")
    expect(it.part("field:why").locator(".problem-dot.bad")).to_be_visible()
    held[0].continue_()
    expect(page.locator("#panel .panel-of")).to_have_attribute("data-keys", "field:why")


def test_labels_ids_and_empty_names(designer: Designer, runtime: Runtime) -> None:
    it, page = designer.open(), designer.page
    it.tile("money").click()
    it.name_it("金额")
    it.tile("money").click()
    it.name_it("金额")
    it.shows("field:talks", "field:jin_e", "field:jin_e_2")
    it.tile("text").click()
    expect(page.locator("input.naming")).to_be_focused()
    page.keyboard.press("Escape")
    expect(it.part("field:field").locator(".unnamed")).to_have_text("未命名 单行文本")
    page.locator("#prop-id").fill("remark")
    page.keyboard.press("Tab")
    expect(it.part("field:remark")).to_be_visible()
    it.choose("field:name")
    expect(page.locator(".prop-id")).to_contain_text("已发布：记录和规则都用这个标识引用它")
    assert page.locator(".prop-id input").count() == 0
    it.choose("field:jin_e_2")
    expect(page.locator("#panel .panel-problems")).to_contain_text("相同")  # another is called so
    page.locator("#panel .panel-problems").get_by_role("button", name="改名").click()
    page.keyboard.type("含税金额")
    page.keyboard.press("Enter")
    expect(page.locator("#panel .panel-problems button")).to_have_count(0)
    it.part("field:name").locator("[data-name]").dblclick()
    page.locator("input.naming").fill("")
    page.keyboard.press("Enter")
    expect(it.part("field:name").locator("[data-name]")).to_have_text("名称")
    it.saved()
    ids = [field["id"] for field in runtime.drafts.open("desk").document["forms"][0]["fields"]]
    assert ids[-3:] == ["jin_e", "jin_e_2", "remark"]  # made once from the label, whatever that becomes
    expect(it.part("field:remark").locator(".problem-dot")).to_be_visible()  # a draft may have it
    page.goto("/design/desk/publish")
    expect(page.locator("#publish-page .problem-list")).to_contain_text("“remark”还没有名称")


def test_several_are_edited_together_copied_and_grouped(designer: Designer) -> None:
    it, page = designer.open(), designer.page
    it.choose("field:name")
    it.part("field:channel").locator("[data-name]").click(modifiers=["Control"])
    expect(page.locator("#panel h2")).to_have_text("已选 2 个字段")
    expect(page.locator("#panel .prop-switch", has_text="必填").first).to_contain_text("多个值")
    it.control("/required").check(force=True)
    expect(it.part("field:channel").locator(".required-mark")).to_be_visible()
    it.part("field:channel").focus()
    page.keyboard.press("Control+d")
    it.shows("field:channel", "field:name_2", "field:channel_2")
    page.keyboard.press("Control+g")
    it.shows("block:section", "block:section_2", "field:name_2", "field:channel_2")
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    expect(it.part("field:channel").locator(".required-mark")).to_have_count(0)


SHOP: dict[str, Any] = {
    "muniment": 1, "app": {"id": "shop", "label": "小店"},
    "forms": [{"id": "order", "label": "订单", "fields": [{"id": "number", "type": "text", "label": "单号"}]}],
    "roles": [{"id": "designer", "label": "设计", "manages": ["design"]}],
}  # fmt: skip


def test_parts_are_copied_to_another_form_and_app_and_headings_become_fields(
    designer: Designer, runtime: Runtime
) -> None:
    runtime.applications.publish(None, SHOP, "system")
    let_in(runtime, "shop")
    it, page = designer.open(), designer.page
    it.choose("field:active")
    it.part("field:why").locator("[data-name]").click(modifiers=["Control"])
    copied = clip(page, "copy")
    it.open("/design/desk/forms/talk")
    it.choose("field:customer")
    clip(page, "paste", copied)
    it.shows("field:customer", "field:active", "field:why", "field:owner")
    expect(it.part("field:why").locator(".problem-dot")).to_have_count(0)
    clip(page, "paste", "合同金额\t签订日期\t负责人电话")
    it.shows("field:why", "field:he_tong_jin_e", "field:qian_ding_ri_qi", "field:fu_ze_ren_dian_hua")
    it.choose("field:why")
    alone = clip(page, "copy")
    it.open("/design/shop/forms/order")
    it.choose("field:number")
    clip(page, "paste", alone)
    expect(it.part("field:why").locator(".problem-dot.bad")).to_be_visible()  # nothing is called 有效 here
    clip(page, "paste", copied)
    it.shows("field:number", "field:why", "field:active", "field:why_2")
    expect(it.part("field:why_2").locator(".problem-dot.bad")).to_have_count(0)


def test_the_form_itself_and_its_json_are_the_same_definition(designer: Designer, runtime: Runtime) -> None:
    it, page = designer.open(), designer.page
    page.locator("#panel [data-group=same] summary").click()
    page.locator("#compared-0").select_option(label="名称")
    page.locator("#compared-0").select_option(label="来源")
    page.locator("#compared-1").select_option(label="单价")
    page.locator("#panel [data-group=same]").get_by_role("button", name="移出 来源").click()
    expect(page.locator("#panel [data-group=same] .chip")).to_have_text(["名称", "单价"])
    page.locator("#panel [data-group=paper] summary").click()
    page.get_by_role("button", name="另排一个打印版式").click()
    page.locator("#paper-add").select_option(label="说明文字")
    page.locator("#panel [data-act=text]").last.fill("盖章后生效")
    page.locator("#panel [data-act=up]").last.click()
    expect(page.locator("#panel [data-group=paper] .piece").nth(-2).locator("textarea")).to_have_value(
        "盖章后生效"
    )
    page.locator("#paper-0-label").fill("合同页")
    page.locator("#panel [data-group=paper] .piece").first.get_by_role("button", name="移出 来源").click()
    expect(
        page.locator("#panel [data-group=paper] .piece").first.locator(".chip", has_text="来源")
    ).to_have_count(0)
    it.saved()
    form = runtime.drafts.open("desk").document["forms"][0]
    assert form["duplicates"] == [["name"], ["price"]]
    assert (form["print"][0]["label"], form["print"][-2]["text"]) == ("合同页", "盖章后生效")
    assert "channel" not in form["print"][0]["fields"]
    page.get_by_role("button", name="恢复为表单版式").click()
    expect(page.get_by_role("button", name="另排一个打印版式")).to_be_focused()
    page.locator("[data-design-form-mode-param=json]").click()
    box = page.get_by_label("表单的 JSON")
    text = box.input_value()
    box.fill("{")
    page.get_by_role("button", name="画布").click()
    expect(page.locator(".json-side .errors")).to_contain_text("不是正确的 JSON")
    box.fill(text.replace('"单价"', '"成交价"'))
    page.get_by_role("button", name="画布").click()
    expect(it.part("field:price")).to_contain_text("成交价")
    page.keyboard.press("Control+z")
    expect(it.part("field:price")).to_contain_text("单价")


def test_two_people_at_once_lose_nothing_and_hear_of_each_other(desk: Open, runtime: Runtime) -> None:
    page = desk("cheng").page
    page.clock.install()
    it = Designer(page).open()

    def other(path: str, value: Any, by: str = "zhou") -> None:
        runtime.drafts.edit(
            None, "desk", 0, [{"op": "replace", "path": f"/forms/0/fields/{path}", "value": value}], by
        )

    it.choose("field:since")
    other("5/label", "报价")
    page.clock.fast_forward(7_000)  # nothing is edited here, and yet it is heard of
    expect(page.locator("#toasts")).to_contain_text("周婧 刚改了")
    expect(it.part("field:price")).to_contain_text("报价")
    other("7/label", "在用", by="cheng")
    page.clock.fast_forward(7_000)
    expect(page.locator("#toasts")).to_contain_text("另一个窗口刚改了")
    expect(it.part("field:active")).to_contain_text("在用")
    other("4/label", "标记")
    it.control("/label").fill("签约日期")
    page.keyboard.press("Tab")
    expect(page.locator("#toasts")).to_contain_text("周婧 刚改了")
    expect(it.part("field:tags")).to_contain_text("标记")
    expect(it.part("field:since")).to_contain_text("签约日期")
    other("6/label", "合作起始")  # the very same thing: ours stands, theirs is one press away
    it.control("/label").fill("首签日期")
    page.keyboard.press("Tab")
    expect(page.locator("#toasts")).to_contain_text("合作起始")
    expect(it.part("field:since")).to_contain_text("首签日期")
    page.locator("#toasts").get_by_role("button", name="用对方的").click()
    expect(it.part("field:since")).to_contain_text("合作起始")


def test_without_a_connection_nothing_is_lost(desk: Open, runtime: Runtime) -> None:
    tab: Tab = desk("cheng")
    it = Designer(tab.page).open()
    tab.page.route("**/draft", lambda route: route.abort())
    it.part("field:name").focus()
    it.choose("field:name")
    tab.page.keyboard.press("Alt+ArrowDown")
    saved = tab.page.locator("[data-design-frame-target=saved]")
    expect(saved).to_have_text("未连接，改动在本机")
    it.shows("field:owner", "field:name")
    tab.page.unroute("**/draft")
    expect(saved).to_contain_text("已保存", timeout=15_000)
    assert runtime.drafts.open("desk").document["forms"][0]["layout"][0]["fields"][1:3] == ["owner", "name"]
    tab.complaints = [text for text in tab.complaints if "ERR_FAILED" not in text]


def test_the_palette_finds_and_problems_lead_to_their_place(designer: Designer) -> None:
    it, page = designer.open(), designer.page
    search = page.get_by_label("搜索控件")
    for words, found in (
        ("zzz", ""),
        ("dhwb", "单行文本"),
        ("rqsj", "日期时间"),
        ("ＲＩＱＩ", "日期"),
        ("多选", "多选"),
    ):
        search.fill(words)
        shown = page.locator(".tile:visible")
        if found:
            expect(shown.filter(has_text=found).first).to_be_visible()
        else:
            expect(shown).to_have_count(0)
    search.fill("")
    it.choose("field:why")
    page.locator('#panel [data-path="/visible"]').evaluate(
        "box => { box.value = 'nothing == 1'; box.dispatchEvent(new Event('change', {bubbles: true})); }"
    )
    expect(it.part("field:why").locator(".problem-dot.bad")).to_be_visible()
    it.choose("field:name")
    page.locator("[data-design-frame-target=problems]").click()
    page.locator(".problem-list a.bad").first.click()
    expect(it.part("field:why")).to_have_class("part field-part span-1 chosen flash")
    it.choose("field:active")
    expect(page.locator("#panel .steers")).to_have_text(
        "控制 1 个字段：停用原因"
    )  # the other end of a condition


def test_columns_have_widths_and_totals_and_a_phone_shows_cards(designer: Designer, runtime: Runtime) -> None:
    it, page = designer.open(), designer.page
    page.get_by_role("button", name="手机上的样子").click()
    phone = page.frame_locator(".phone-side iframe:not([hidden])")
    expect(phone.locator("[data-field=lines]")).to_contain_text("数量")
    it.drag_new("money", "小计", it.part("field:lines.count"))
    expect(phone.locator("[data-field=lines]")).to_contain_text("小计")  # at once, without asking for it
    expect(phone.locator("[data-field=lines] tbody tr")).to_have_count(2)  # cards with examples in them
    edge = it.part("field:lines.what").locator(".column-edge")
    box = edge.bounding_box()
    assert box
    page.mouse.move(box["x"] + 5, box["y"] + 10)
    page.mouse.down()
    page.mouse.move(box["x"] + 45, box["y"] + 10, steps=2)
    expect(it.part("field:lines.what")).to_have_class("part column-part sizing")
    page.keyboard.press("Escape")
    page.mouse.up()
    expect(it.part("field:lines.what")).not_to_have_attribute("data-width", "200")
    expect(it.part("field:lines.xiao_ji")).to_have_class("part column-part chosen")  # that was no click
    page.mouse.move(box["x"] + 5, box["y"] + 10)
    page.mouse.down()
    page.mouse.move(box["x"] + 45, box["y"] + 10, steps=2)
    page.mouse.up()
    width = int(it.part("field:lines.what").get_attribute("data-width") or 0)
    assert width >= 100
    expect(it.part("field:lines.xiao_ji")).to_have_class("part column-part chosen")
    it.choose("field:lines.what")
    expect(it.control("/width")).to_have_value(str(width))
    it.part("field:lines.what").focus()
    page.keyboard.press("Alt+Shift+ArrowRight")
    it.saved()
    it.part("field:lines.count").locator("[data-name]").hover()
    page.mouse.down()  # the canvas is drawn anew while somebody presses: the click counts all the same
    it.part("field:lines.what").focus()
    with page.expect_response(lambda answer: "/canvas?" in answer.url):
        page.keyboard.press("Alt+Shift+ArrowRight")
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    page.mouse.up()
    expect(page.locator("#panel .panel-of")).to_have_attribute("data-keys", "field:lines.count")
    expect(it.part("field:lines.what")).to_have_attribute("data-width", str(width + 20))
    page.locator('[data-total-of="field:lines.count"]').select_option("sum")
    it.choose("field:lines.xiao_ji")
    it.control("/total").select_option("avg")
    expect(page.locator('[data-total-of="field:lines.xiao_ji"]')).to_have_value("avg")
    it.saved()
    page.locator("[data-design-frame-target=undo]").click()
    expect(page.locator('[data-total-of="field:lines.xiao_ji"]')).to_have_value("")
    page.locator("[data-design-frame-target=redo]").click()
    expect(page.locator('[data-total-of="field:lines.xiao_ji"]')).to_have_value("avg")
    it.saved()
    viewer = runtime.require_viewer("cheng")
    runtime.designing.publish(viewer, "desk", runtime.drafts.open("desk").revision)
    let_in(runtime, "desk", "cheng", "seller")
    page.goto("/apps/desk/forms/customer/new")
    rows = page.locator("[data-field=lines]")
    expect(rows.locator("col").nth(1)).to_have_attribute("width", str(width + 20))
    rows.get_by_role("button", name="添加一行").click()
    rows.locator("[name='lines.0.count']").fill("3")
    rows.locator("[name='lines.0.xiao_ji']").fill("5")
    rows.get_by_role("button", name="添加一行").click()
    rows.locator("[name='lines.1.count']").fill("4")
    page.keyboard.press("Tab")
    expect(rows.locator("[data-total=count]")).to_have_text("7")
    expect(rows.locator("[data-total=xiao_ji]")).to_have_text("¥5.00")


def test_another_type_says_what_converts_before_anything_happens(
    designer: Designer, runtime: Runtime, add: Callable[..., str]
) -> None:
    for name in ("12", "７.5", "苏州恒锐"):
        add("customer", name=name)
    let_in(runtime, "desk", "cheng", "seller")
    it, page = designer.open(), designer.page
    it.choose("field:name")
    page.get_by_role("button", name="更换类型").click()
    drawer = page.locator("#drawer")
    expect(drawer.locator(".type-list")).to_contain_text("多行文本")
    expect(drawer.locator(".tile", has_text="附件")).to_have_count(0)  # it can hold none of this
    number = drawer.locator(".tile", has_text="小数")
    expect(number).to_contain_text("3 个中 2 个可转")
    number.click()
    drawer.locator("summary", has_text="查看这些记录").click()
    expect(drawer.locator(".conversion-rows")).to_contain_text("苏州恒锐")
    assert runtime.drafts.open("desk").revision == 0
    drawer.get_by_role("button", name="换成这个类型").click()
    expect(it.part("field:name")).to_have_attribute("aria-label", re.compile("小数"))
    page.locator("[data-design-frame-target=undo]").click()
    expect(it.part("field:name")).to_have_attribute("aria-label", re.compile("单行文本"))
