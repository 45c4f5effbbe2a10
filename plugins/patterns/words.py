"""Words that lead to a person: e-mail addresses, postal addresses. Names are in `person_names.py`."""

from __future__ import annotations

import re
from typing import ClassVar

from metamodel.plugin_api import DOT, Pattern, Registry

HAN = "[\u4e00-\u9fff]"
D = "[0-9０-９]"
KEPT = re.compile("[省市区县旗在到至于是为址寄往住：:，,\\s]")


class Email(Pattern):
    name = "email"
    label = {"zh": "邮箱", "en": "E-mail address"}
    icon = "mail"
    doc = {"zh": "邮箱，域名可见", "en": "An e-mail address; its domain stays"}
    expression = r"[A-Za-z0-9._%+\-]{1,64} ?[@＠] ?[A-Za-z0-9\-]{1,63}(?:[.．][A-Za-z0-9\-]{1,63}){1,8}"
    signs = "@＠"
    apart = ""
    examples: ClassVar = (
        ("发到wang.lei@example.com吧", "发到w•••••••@example.com吧"),
        ("@所有人", "@所有人"),
    )

    def mask(self, found: str) -> str:
        at = next((place for place, letter in enumerate(found) if letter in "@＠"), 1)
        return found[:1] + DOT * (at - 1) + found[at:]


class Address(Pattern):
    name = "address"
    label = {"zh": "地址", "en": "Postal address"}
    icon = "location"
    doc = {"zh": "路名加门牌号，省市区可见", "en": "A road with a number; province, city and district stay"}
    expression = (
        rf"{HAN}{{2,24}}?(?:路|街|大道|巷|弄|胡同|村|工业园|产业园|园区|小区|花园|公寓|大厦)"
        rf"{HAN}{{0,8}}?[ ]?{D}{{1,5}}[ ]?(?:号|弄|幢|栋|座|单元|室|楼)"
        rf"(?:[ ]?(?:[A-Za-z0-9０-９\-]{{1,6}}|{HAN}{{1,6}}?)[ ]?(?:号楼|号院|室|楼|层|单元|栋|幢|座|号)){{0,4}}"
    )
    signs = "0-9０-９"
    apart = ""
    examples: ClassVar = (
        ("请寄到苏州市工业园区星湖街328号5栋301室，谢谢", "请寄到苏州市工业园区•••••••••••••，谢谢"),
        ("一路走好", "一路走好"),
    )

    def mask(self, found: str) -> str:
        ends = [one.end() for one in KEPT.finditer(found)]
        kept = next((end for end in reversed(ends) if end < len(found) - 3 and not _inside(found, end)), 0)
        return found[:kept] + DOT * (len(found) - kept)


def _inside(found: str, end: int) -> bool:
    """A number before it: it is part of the house already."""
    return any(map(str.isdigit, found[:end]))


EMAIL = Email()
PATTERNS = (EMAIL, Address())


def register(registry: Registry) -> None:
    registry.add(*PATTERNS)
