"""The form designer in a real browser: an archive form from a blank app by mouse, by keyboard, filled in on a phone;
and what makes it pleasant: insertion line, undo that names itself, copies, problems, two people at once."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from engine.access.people import Membership
from engine.runtime import Runtime
from tests.e2e.browsing import Tab
from tests.e2e.conftest import Open

FORM = "/design/desk/forms/customer"


class Designer:
    """A page with a form on it; everything a person does there, by mouse or by keys."""

    def __init__(self, page: Page) -> None:
        self.page = page
        page.set_default_timeout(15_000)

    def open(self, path: str = FORM) -> Designer:
        self.page.goto(path)
        expect(self.page.locator("[data-design-frame-target=saved]")).to_be_visible()
        self.page.wait_for_load_state("networkidle")
        return self

    def part(self, key: str) -> Locator:
        return self.page.locator(f'#canvas [data-key="{key}"]')

    def tile(self, name: str) -> Locator:
        return self.page.locator(f'.tile[data-name="{name}"]')

    @property
    def keys(self) -> list[str]:
        found = self.page.eval_on_selector_all(
            "#canvas [data-key]", "parts => parts.map(part => part.dataset.key)"
        )
        return [str(key) for key in found]

    def shows(self, *keys: str) -> None:
        """These parts stand in this order, others among them."""
        wanted = ",".join(keys)
        self.page.wait_for_function(
            """wanted => { const all = wanted.split(',');
            const there = [...document.querySelectorAll('#canvas [data-key]')].map(part => part.dataset.key);
            return all.join() === there.filter(key => all.includes(key)).join(); }""",
            arg=wanted,
        )  # fmt: skip

    def saved(self) -> None:
        expect(self.page.locator("[data-design-frame-target=saved][data-state=saved]")).to_be_visible()

    def carry(self, what: Locator, onto: Locator, *, below: bool = False) -> None:
        """Pick up, not yet put down; the pointer is where `onto` is then."""
        what.scroll_into_view_if_needed()
        start = what.bounding_box()
        assert start
        mouse = self.page.mouse
        mouse.move(start["x"] + 24, start["y"] + 12)
        mouse.down()
        mouse.move(start["x"] + 34, start["y"] + 22)
        for _ in range(3):  # the canvas makes room as one goes
            end = onto.bounding_box()
            assert end
            x, y = (end["width"] * 0.6, end["height"] - 6) if below else (30, 8)
            mouse.move(end["x"] + x, end["y"] + y, steps=3)

    def drag(self, what: Locator, onto: Locator, *, below: bool = False) -> None:
        self.carry(what, onto, below=below)
        self.page.mouse.up()

    def drag_new(self, type_: str, label: str, onto: Locator, *, below: bool = True) -> None:
        self.drag(self.tile(type_), onto, below=below)
        self.name_it(label)

    def name_it(self, label: str) -> None:
        """The label is ready to type."""
        expect(self.page.locator("input.naming")).to_be_focused()
        self.page.keyboard.type(label)
        with self.page.expect_response(lambda answer: "/names" in answer.url):
            self.page.keyboard.press("Enter")
        self.page.wait_for_function(
            """() => { const chosen = document.querySelector('#canvas .chosen');
            return chosen && !/^field:field(_[0-9]+)?$/.test(chosen.dataset.key); }"""
        )
        self.saved()

    def control(self, path: str) -> Locator:
        return self.page.locator(f'#panel [data-path="{path}"]')

    def choose(self, key: str) -> None:
        self.part(key).locator("[data-name]").first.click()
        expect(self.page.locator("#panel .panel-of")).to_have_attribute("data-keys", key)


@pytest.fixture
def designer(desk: Open) -> Designer:
    return Designer(desk("cheng").page)


def app_of(page: Page) -> str:
    return page.url.split("/design/")[1].split("/")[0]


def begin(page: Page, label: str) -> Designer:
    """A blank app with an empty form."""
    page.goto("/design/new")
    page.fill("[name=label]", label)
    page.click("#begin button.primary")
    page.wait_for_url("**/forms/*")
    page.wait_for_load_state("networkidle")
    return Designer(page)


def publish(page: Page) -> None:
    page.goto(f"/design/{app_of(page)}/publish")
    for left in reversed(range(page.locator("form.reach").count())):
        page.locator("form.reach button").first.click()
        expect(page.locator("form.reach")).to_have_count(left, timeout=20_000)
    page.locator(".publish-bar button.primary").click()
    expect(page.get_by_role("heading", name="版本 1 已发布")).to_be_visible(timeout=30_000)


def let_in(runtime: Runtime, app: str, person: str = "cheng") -> None:
    """This person uses and designs the app."""
    members = [Membership(app, role, "person", person) for role in ("member", "designer")]
    runtime.database.write(lambda unit: runtime.people.save_memberships(unit, members))


# -- the archive form of the article ---------------------------------------------------------------


def test_an_archive_form_is_built_with_the_mouse_and_filled_in(desk: Open, runtime: Runtime) -> None:
    page = desk("cheng").page
    it = begin(page, "会话存档")
    page.locator(".form-menu summary").click()
    page.get_by_role("button", name="新建表单").click()
    page.wait_for_url("**/forms/form")
    it.tile("text").click()
    it.name_it("客户名称")
    page.locator(".form-menu summary").click()
    page.locator(".form-menu .popup a").first.click()
    page.wait_for_load_state("networkidle")

    it.drag(it.tile("auto_number"), page.locator('[data-zone="section:section"]'))
    it.name_it("会话编号")
    fields = [
        ("datetime", "发生时间"), ("select", "沟通渠道"), ("members", "我方参与人"), ("text", "客户联系人"),
        ("link", "客户"), ("tags", "标签"), ("long_text", "摘要"), ("money", "合同金额"), ("formula", "税额"),
    ]  # fmt: skip
    last = "field:hui_hua_bian_hao"
    for type_, label in fields:
        it.drag_new(type_, label, it.part(last))
        last = it.page.locator("#canvas .chosen").get_attribute("data-key") or ""
    it.shows("field:hui_hua_bian_hao", "field:gou_tong_qu_dao", "field:he_tong_jin_e", "field:shui_e")

    it.choose("field:gou_tong_qu_dao")
    for number, label in enumerate(("企业微信", "电话")):
        page.locator("#panel .add-choice").click()
        page.locator("#panel .choice-rows .label-of").nth(number).fill(label)
        page.keyboard.press("Tab")
    expect(it.part("field:gou_tong_qu_dao").locator(".pill")).to_have_count(2)
    it.choose("field:ke_hu")
    it.control("/options/form").select_option("form")
    it.choose("field:shui_e")
    write(page, "/options/expression", "he_tong_jin_e * 0.06")
    it.choose("field:zhai_yao")
    condition(page, "/visible", "gou_tong_qu_dao", "电话")
    it.saved()
    expect(
        page.locator(
            "[data-design-frame-target=count][data-errors='0'], [data-design-frame-target=count][hidden]"
        )
    ).to_have_count(1)

    publish(page)
    app = app_of(page)
    let_in(runtime, app)
    enter(page, app, "hui_hua_cun_dang")


def write(page: Page, path: str, text: str) -> None:
    """Into an expression's box, as one types."""
    editor = page.locator(f'#panel .expression:has([data-path="{path}"])')
    editor.locator(".expression-box").click()
    page.keyboard.insert_text(text)
    page.keyboard.press("Escape")
    editor.locator(".expression-box").blur()


def condition(page: Page, path: str, field: str, value: str) -> None:
    """A row of the condition builder."""
    editor = page.locator(f'#panel .expression:has([data-path="{path}"])')
    editor.locator("[id$='-add']").click()
    editor.locator("select[data-part=path]").select_option(field)
    editor.locator("[data-value] select:not(.source), [data-value] .segments").first.wait_for()
    choice = editor.locator("[data-value] label", has_text=value)
    if choice.count():
        choice.first.click()
    else:
        editor.locator("[data-value] select:not(.source)").select_option(label=value)
    expect(editor.locator(f'[data-path="{path}"]')).not_to_have_value("")


def enter(page: Page, app: str, form: str) -> None:
    """A record: the condition and the formula do their work."""
    page.goto(f"/apps/{app}/forms/{form}/new")
    expect(page.locator("[data-field=zhai_yao]")).to_be_hidden()
    page.locator("[data-field=gou_tong_qu_dao] label", has_text="电话").click()
    expect(page.locator("[data-field=zhai_yao]")).to_be_visible()
    page.locator("[data-field=zhai_yao] textarea").fill("问了第二年的价格")
    page.locator("[name=he_tong_jin_e]").fill("１００")
    page.keyboard.press("Tab")
    expect(page.locator("[data-field=shui_e] output")).to_contain_text("6")
    page.get_by_role("button", name="保存", exact=True).click()
    page.wait_for_url("**/records/*")
    expect(page.get_by_text("问了第二年的价格").first).to_be_visible()


def tab_to(page: Page, wanted: Locator, most: int = 60) -> None:
    """By the Tab key alone."""
    for _ in range(most):
        if wanted.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"not reached with Tab: {wanted}")


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
    for search, label in (
        ("zdbh", "会话编号"), ("rqsj", "发生时间"), ("danxuan", "沟通渠道"), ("多名成员", "我方参与人"),
        ("dhwb", "客户联系人"), ("bq", "标签"), ("duohangwenben", "摘要"), ("jine", "合同金额"), ("gongshi", "税额"),
    ):  # fmt: skip
        keys.press("/")
        keys.type(search)
        keys.press("Enter")
        it.name_it(label)
    it.shows(
        "field:hui_hua_bian_hao",
        "field:fa_sheng_shi_jian",
        "field:zhai_yao",
        "field:he_tong_jin_e",
        "field:shui_e",
    )
    keys.press(" ")
    keys.press("ArrowUp")
    keys.press("ArrowUp")
    it.shows("field:shui_e", "field:zhai_yao", "field:he_tong_jin_e")
    keys.press("Escape")
    it.shows("field:zhai_yao", "field:he_tong_jin_e", "field:shui_e")
    keys.press("Alt+ArrowUp")
    it.shows("field:zhai_yao", "field:shui_e", "field:he_tong_jin_e")

    keys.press("F6")
    tab_to(page, page.locator('#panel .expression:has([data-path="/options/expression"]) .expression-box'))
    keys.insert_text("he_tong_jin_e * 0.06")
    keys.press("Escape")
    keys.press("Shift+F6")
    go_to(page, "field:gou_tong_qu_dao")
    keys.press("F6")
    tab_to(page, page.locator("#panel .add-choice"))
    for number, label in enumerate(("企业微信", "电话")):
        tab_to(page, page.locator("#panel .add-choice"))
        keys.press("Enter")
        expect(page.locator("#panel .choice-rows .label-of").nth(number)).to_be_focused()
        keys.press("Control+a")
        keys.type(label)
        keys.press("Tab")
    it.saved()
    fields = runtime.drafts.open(app_of(page)).document["forms"][0]["fields"]
    phone = fields[2]["options"]["choices"][1]["value"]
    keys.press("Shift+F6")
    go_to(page, "field:zhai_yao")
    keys.press("F6")
    editor = page.locator('#panel .expression:has([data-path="/visible"])')
    tab_to(page, editor.locator("[role=tab]").last)
    keys.press("Enter")
    expect(editor.locator(".expression-box")).to_be_focused()
    keys.insert_text(f"gou_tong_qu_dao == '{phone}'")
    keys.press("Escape")
    keys.press("Shift+F6")
    expect(it.part("field:zhai_yao").locator("[title='按条件显示']")).to_be_visible()
    it.saved()

    publish(page)
    let_in(runtime, app_of(page))
    enter(page, app_of(page), "hui_hua_cun_dang")


def go_to(page: Page, key: str) -> None:
    """From part to part with the arrow keys."""
    order = page.eval_on_selector_all("#canvas [data-key]", "parts => parts.map(part => part.dataset.key)")
    now = page.evaluate("document.activeElement.dataset.key")
    step = order.index(key) - order.index(now)
    for _ in range(abs(step)):
        page.keyboard.press("ArrowDown" if step > 0 else "ArrowUp")
    expect(page.locator("#panel .panel-of")).to_have_attribute("data-keys", key)


ARCHIVE: dict[str, Any] = {
    "muniment": 1, "app": {"id": "archive", "label": "会话存档"},
    "forms": [{"id": "talk", "label": "会话", "fields": [
        {"id": "number", "type": "auto_number", "label": "会话编号", "options": {"pattern": "HH{0000}"}},
        {"id": "gou_tong_qu_dao", "type": "select", "label": "沟通渠道",
         "options": {"choices": [{"value": "企业微信"}, {"value": "电话"}]}},
        {"id": "zhai_yao", "type": "long_text", "label": "摘要", "visible": "gou_tong_qu_dao == '电话'"},
        {"id": "he_tong_jin_e", "type": "money", "label": "合同金额"},
        {"id": "shui_e", "type": "formula", "label": "税额", "options": {"expression": "he_tong_jin_e * 0.06"}},
        {"id": "lines", "type": "sub_form", "label": "明细", "fields": [
            {"id": "what", "type": "text", "label": "品名"}]}],
        "layout": [{"id": "a", "kind": "section", "columns": 2, "fields": ["number", "gou_tong_qu_dao", "zhai_yao"]},
                   {"id": "t", "kind": "tabs", "tabs": [{"id": "money", "label": "金额", "blocks": [
                       {"id": "b", "kind": "section", "fields": ["he_tong_jin_e", "shui_e", "lines"]}]}]}]}],
    "roles": [{"id": "member", "label": "成员", "forms": {"talk": {"actions": ["read", "create", "update"]}}},
              {"id": "designer", "label": "设计", "manages": ["design"]}],
}  # fmt: skip
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


def test_the_record_is_entered_on_a_phone(desk: Open, runtime: Runtime) -> None:
    runtime.applications.publish(None, ARCHIVE, "system")
    let_in(runtime, "archive", "zhou")
    page = desk("zhou", **PHONE).page
    enter(page, "archive", "talk")
    page.goto("/apps/archive/forms/talk/new")
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


def test_labels_ids_and_empty_names(designer: Designer, runtime: Runtime) -> None:
    it, page = designer.open(), designer.page
    it.tile("money").click()
    it.name_it("单价")
    it.shows("field:talks", "field:dan_jia")
    it.tile("text").click()
    expect(page.locator("input.naming")).to_be_focused()
    page.keyboard.press("Escape")
    expect(it.part("field:field").locator(".unnamed")).to_have_text("未命名 单行文本")
    page.locator("#prop-id").fill("remark")
    page.keyboard.press("Tab")
    expect(it.part("field:remark")).to_be_visible()
    it.choose("field:name")
    expect(page.locator(".prop-id")).to_contain_text("已发布")
    it.part("field:name").locator("[data-name]").dblclick()
    page.locator("input.naming").fill("")
    page.keyboard.press("Enter")
    expect(it.part("field:name").locator("[data-name]")).to_have_text("名称")
    it.saved()
    ids = [field["id"] for field in runtime.drafts.open("desk").document["forms"][0]["fields"]]
    assert ids[-2:] == ["dan_jia", "remark"]


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


def clip(page: Page, type_: str, text: str = "") -> str:
    """The clipboard without asking the browser for it."""
    script = """([type, text]) => {
        const clipboardData = new DataTransfer();
        if (text) clipboardData.setData('text/plain', text);
        const event = new ClipboardEvent(type, {clipboardData, bubbles: true, cancelable: true});
        document.activeElement.dispatchEvent(event);
        return clipboardData.getData('text/plain'); }"""
    return str(page.evaluate(script, [type_, text]))


def test_parts_are_copied_to_another_form_and_headings_become_fields(designer: Designer) -> None:
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


def test_the_json_is_the_same_definition(designer: Designer) -> None:
    it, page = designer.open(), designer.page
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
    it = Designer(desk("cheng").page).open()
    document = runtime.drafts.open("desk").document
    label = [{"op": "replace", "path": "/forms/0/fields/5/label", "value": "报价"}]
    assert document["forms"][0]["fields"][5]["id"] == "price"
    runtime.drafts.edit(None, "desk", 0, label, "zhou")
    it.choose("field:since")
    it.control("/label").fill("签约日期")
    it.page.keyboard.press("Tab")
    expect(it.page.locator("#toasts")).to_contain_text("周婧 刚改了")
    expect(it.part("field:price")).to_contain_text("报价")
    expect(it.part("field:since")).to_contain_text("签约日期")


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
