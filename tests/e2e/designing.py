"""What a person does in the form designer, by mouse and by keys: the hands of the browser tests of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from playwright.sync_api import Locator, Page, expect

from engine.access.people import Membership
from engine.runtime import Runtime

FORM = "/design/desk/forms/customer"


def drag_in_list(page: Page, what: Locator, onto: Locator, *, below: bool = False) -> None:
    """By the pointer to before `onto`, or behind it, once the page has its scripts and stands still."""
    page.wait_for_load_state("networkidle")
    what.hover(position={"x": 30, "y": 12})
    start, end = what.bounding_box(), onto.bounding_box()
    assert start
    assert end
    page.mouse.down()
    page.mouse.move(start["x"] + 40, start["y"] + 24, steps=3)
    page.mouse.move(end["x"] + 20, end["y"] + (end["height"] - 4 if below else 4), steps=4)
    expect(page.locator(".menu-line")).to_be_visible()
    page.mouse.up()


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
        """Everything is on the server, and the canvas is as it draws it."""
        expect(self.page.locator("[data-design-frame-target=saved][data-state=saved]")).to_be_visible()
        expect(self.page.locator("#canvas[aria-busy]")).to_have_count(0)

    def carry(self, what: Locator, onto: Locator, *, below: bool = False) -> None:
        """Pick up, not yet put down; the pointer is where `onto` is then."""
        expect(self.page.locator("#canvas[aria-busy]")).to_have_count(0)
        what.hover(position={"x": 24, "y": 12})
        start = what.bounding_box()
        assert start
        mouse = self.page.mouse
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
        expect(self.page.locator("#canvas[aria-busy]")).to_have_count(0)
        self.part(key).locator("[data-name]").first.click()
        expect(self.page.locator("#panel .panel-of")).to_have_attribute("data-keys", key)


LINKED = (("客户", "ke_hu"), ("商机", "shang_ji"), ("工单", "gong_dan"))  # what the archive form links to
HEAD = (
    ("auto_number", "会话编号", "zdbh"), ("datetime", "发生时间", "rqsj"), ("select", "沟通渠道", "xuanxiang"),
    ("members", "我方参与人", "多名成员"), ("text", "客户联系人", "danhangwenben"), ("tags", "标签", "bq"),
    ("long_text", "摘要", "duohangwenben"),
)  # fmt: skip


class Box(NamedTuple):
    """Where something stands in something else, and how large it is; in pixels."""

    x: int
    y: int
    width: int
    height: int


def box_within(around: Locator, what: Locator) -> Box:
    outer, box = around.bounding_box(), what.bounding_box()
    assert outer
    assert box
    x, y = box["x"] - outer["x"], box["y"] - outer["y"]
    return Box(round(x), round(y), round(box["width"]), round(box["height"]))


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


def errors(runtime: Runtime, page: Page) -> list[tuple[str, str]]:
    """What keeps the draft from being published: codes and places."""
    found = runtime.applications.check(runtime.drafts.open(app_of(page)).document)
    return [(one.code, one.path) for one in found if one.severity == "error"]


@dataclass(frozen=True)
class Hand:
    """What works a page: `press` a button, `fill` in a text, `choose` one of radio buttons by its words."""

    press: Callable[[Locator], None]
    fill: Callable[[Locator, str], None]
    choose: Callable[[Locator, str], None]


MOUSE = Hand(
    lambda button: button.click(),
    lambda box, text: box.fill(text),
    lambda field, words: field.locator("label", has_text=words).click(),
)


def keyboard(page: Page) -> Hand:
    """Tab, letters, arrows and Enter, nothing else."""

    def press(button: Locator) -> None:
        tab_to(page, button)
        page.keyboard.press("Enter")

    def fill(box: Locator, text: str) -> None:
        tab_to(page, box)
        page.keyboard.insert_text(text)

    def choose(field: Locator, words: str) -> None:
        tab_to(page, field.locator("input[type=radio]").first)
        page.keyboard.press("Space")
        while not (one := field.locator("label", has_text=words).locator("input")).is_checked():
            page.keyboard.press("ArrowDown")
        expect(one).to_be_focused()

    return Hand(press, fill, choose)


def publish(page: Page, hand: Hand = MOUSE) -> None:
    page.goto(f"/design/{app_of(page)}/publish")
    for left in reversed(range(page.locator("form.reach").count())):
        hand.press(page.locator("form.reach button").first)
        expect(page.locator("form.reach")).to_have_count(left, timeout=20_000)
    hand.press(page.locator(".publish-bar button.primary"))
    expect(page.get_by_role("heading", name="版本 1 已发布")).to_be_visible(timeout=30_000)


def let_in(runtime: Runtime, app: str, person: str = "cheng", *roles: str) -> None:
    """This person uses and designs the app, or has the roles that are named."""
    members = [Membership(app, role, "person", person) for role in roles or ("member", "designer")]
    runtime.database.write(lambda unit: runtime.people.save_memberships(unit, members))


def write(page: Page, path: str, text: str) -> None:
    """Into an expression's box, as one types."""
    editor = page.locator(f'#panel .expression:has([data-path="{path}"])')
    editor.locator(".expression-box").click()
    page.keyboard.insert_text(text)
    page.keyboard.press("Escape")
    editor.locator(".expression-box").blur()


def formula(page: Page, field: str, number: str, press: Callable[[Locator], None]) -> None:
    """A field times a number, put together from what is offered; `press` is a click or a key."""
    editor = page.locator('#panel .expression:has([data-path="/options/expression"])')
    press(editor.get_by_role("button", name="字段"))
    expect(editor.locator(".expression-list [role=option]").first).to_be_visible()
    item = editor.locator(".expression-list [role=option]", has_text=field)
    if press.__name__ == "click":
        item.click()
    else:
        while item.get_attribute("aria-selected") != "true":
            page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
    expect(editor.locator(".expression-chip")).to_have_text(field)
    press(editor.get_by_role("button", name="乘"))
    page.keyboard.type(number)
    with page.expect_response(lambda answer: answer.request.method == "PATCH"):
        page.keyboard.press("Enter")


def enter(page: Page, app: str, form: str, hand: Hand = MOUSE) -> None:
    """A record: the condition and the formula do their work."""
    page.goto(f"/apps/{app}/forms/{form}/new")
    expect(page.locator("[data-field=zhai_yao]")).to_be_hidden()
    hand.choose(page.locator("[data-field=gou_tong_qu_dao]"), "电话")
    expect(page.locator("[data-field=zhai_yao]")).to_be_visible()
    hand.fill(page.locator("[data-field=zhai_yao] textarea"), "问了第二年的价格")
    hand.fill(page.locator("[name=he_tong_jin_e]"), "１００")
    page.keyboard.press("Tab")
    expect(page.locator("[data-field=shui_e] output")).to_contain_text("6")
    hand.press(page.get_by_role("button", name="保存", exact=True))
    page.wait_for_url("**/records/*")
    expect(page.get_by_text("问了第二年的价格").first).to_be_visible()
    expect(page.locator("main")).to_contain_text("¥100.00")


def tab_to(page: Page, wanted: Locator, most: int = 120) -> None:
    """By the Tab key alone."""
    for _ in range(most):
        if wanted.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"not reached with Tab: {wanted}")


def go_to(page: Page, key: str) -> None:
    """From part to part with the arrow keys."""
    order = page.eval_on_selector_all(
        "#canvas [data-key]",
        "parts => parts.filter(part => !part.closest('[hidden]')).map(part => part.dataset.key)",
    )
    now = page.evaluate("document.activeElement.dataset.key")
    step = order.index(key) - order.index(now)
    for _ in range(abs(step)):
        page.keyboard.press("ArrowDown" if step > 0 else "ArrowUp")
    expect(page.locator("#panel .panel-of")).to_have_attribute("data-keys", key)


def pick(page: Page, select: Locator, value: str) -> None:
    """In the list that has the focus, with the arrow alone; whatever it is about is drawn anew at every step."""
    names = select.locator("option").evaluate_all("options => options.map(option => option.value)")
    for _ in range(names.index(value) - names.index(select.input_value())):
        with page.expect_response(lambda answer: "/conditions" in answer.url or "/panel" in answer.url):
            page.keyboard.press("ArrowDown")
    expect(select).to_have_value(value)


def clip(page: Page, type_: str, text: str = "") -> str:
    """The clipboard without asking the browser for it."""
    script = """([type, text]) => {
        const clipboardData = new DataTransfer();
        if (text) clipboardData.setData('text/plain', text);
        const event = new ClipboardEvent(type, {clipboardData, bubbles: true, cancelable: true});
        document.activeElement.dispatchEvent(event);
        return clipboardData.getData('text/plain'); }"""
    return str(page.evaluate(script, [type_, text]))
