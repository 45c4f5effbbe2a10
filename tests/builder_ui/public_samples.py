"""View models of a form for people without an account, and of the designer's page of its links."""

from __future__ import annotations

from collections.abc import Mapping

from builder_ui.models.inputs import Input
from builder_ui.models.public import LinkLine, OfferedField, PublicFormPage, PublicLinksPage, PublicSaid
from builder_ui.models.record import FormSection
from builder_ui.qr import qr_code
from builder_ui.shell import Shell
from tests.builder_ui.design_life_samples import frame

FIELDS = (
    OfferedField("name", "姓名", "单行文本", True),
    OfferedField("owner", "负责人", "成员", False, "“负责人”要从已有的人员或记录里选，公开填写的人不能查看它们"),
)  # fmt: skip
ADDRESS = "https://archive.example.com/f/abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"


def _line(number: int, name: str, state: str, hue: str, link: str = "") -> LinkLine:
    about = "共收到 18 份，今天 3 / 200 · 程维嘉 于 昨天 10:00 开放"
    return LinkLine(
        number, name, state, hue, about, FIELDS, "谢谢，我们明天联系您。", "200", "2026-11-23T09:00", "", link=link,
        code=qr_code(link) if link else "",
    )  # fmt: skip


def public_pages(shell: Shell) -> dict[str, tuple[str, Shell, object]]:
    inputs = (
        Input("name", "name", "姓名", required=True, problems=("请填写“姓名”",)),
        Input("note", "note", "说明", "textarea", "想要一份报价"),
    )
    form = PublicFormPage(
        "来访登记", "请如实填写。", "/f/x", "/f/x/state", (FormSection("", inputs),), "stamp", "website", "/f/x",
        ("请看标出的字段。",),
    )  # fmt: skip
    said = PublicSaid("谢谢", "您填写的内容已经收到。\n我们明天联系您。", "/f/x", "check", "留好回执", "/f/x")
    links = PublicLinksPage(
        frame("forms"), "公开填写", "来访登记", "/design/desk/forms/visit/public", "/design/desk/forms/visit",
        _line(0, "", "", ""), (_line(1, "门店海报", "开放中", "green"), _line(2, "旧官网", "已结束", "grey")),
        _line(1, "门店海报", "开放中", "green", ADDRESS), ("请给链接起个名字",),
    )  # fmt: skip
    pages: Mapping[str, tuple[str, object]] = {
        "public_form": ("public_form.html", form), "public_said": ("public_said.html", said),
        "public_links": ("design/public_forms.html", links),
    }  # fmt: skip
    return {name: (template, shell, page) for name, (template, page) in pages.items()}
