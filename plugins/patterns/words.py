"""Words that lead to a person: e-mail addresses, postal addresses, names beside a form of address.

Names in running text are a guess from surnames and what stands beside them; fields that hold nothing but a
name are masked as a whole instead.
"""

from __future__ import annotations

import re
from typing import ClassVar

from metamodel.plugin_api import DOT, Pattern, Registry, mask_ends

HAN = "[\u4e00-\u9fff]"
D = "[0-9０-９]"
KEPT = re.compile("[省市区县旗在到至于是为址寄往住：:，,\\s]")


class Email(Pattern):
    name = "email"
    label = {"zh": "邮箱", "en": "E-mail address"}
    icon = "mail"
    doc = {"zh": "邮箱，域名可见", "en": "An e-mail address; its domain stays"}
    expression = r"[A-Za-z0-9._%+\-]{1,64}[@＠][A-Za-z0-9\-]{1,63}(?:[.．][A-Za-z0-9\-]{1,63}){1,8}"
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


SURNAMES = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎鲁韦昌马苗凤花方俞任袁柳"
    "鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于时傅皮卞齐康伍余元卜顾孟平黄和穆萧尹姚邵湛汪祁毛禹狄米贝明臧计伏成戴谈宋茅庞"
    "熊纪舒屈项祝董梁杜阮蓝闵席季麻强贾路娄危江童颜郭梅盛林刁钟徐邱骆高夏蔡田樊胡凌霍虞万支柯昝管卢莫经房裘缪干解应宗丁宣邓"
)


class PersonName(Pattern):
    name = "person_name"
    label = {"zh": "姓名（推测）", "en": "Name of a person (a guess)"}
    icon = "user"
    doc = {
        "zh": "称呼前或“姓名”“联系人”后的姓名，按姓氏推测",
        "en": "A name before a form of address or behind “姓名”, “联系人”: guessed from the surname",
    }
    expression = (
        rf"[{SURNAMES}]{HAN}{{1,2}}(?:先生|女士|小姐|老师|经理|总监|主任|医生)"
        rf"|(?:姓名|联系人|收件人|收货人|开户名|户名)[：: ]{{0,2}}[{SURNAMES}]{HAN}{{1,2}}"
    )
    apart = ""
    examples: ClassVar = (
        ("请联系孙国梁先生", "请联系孙••先生"),
        ("收件人：李娜", "收件人：李•"),
        ("王总好", "王总好"),
    )

    def mask(self, found: str) -> str:
        title = re.search("先生$|女士$|小姐$|老师$|经理$|总监$|主任$|医生$", found)
        cue = re.match("(?:姓名|联系人|收件人|收货人|开户名|户名)[：: ]{0,2}", found)
        start, end = (cue.end() if cue else 0), (title.start() if title and not cue else len(found))
        return found[:start] + mask_ends(found[start:end], 1, 0) + found[end:]


EMAIL = Email()
PATTERNS = (EMAIL, Address(), PersonName())


def register(registry: Registry) -> None:
    registry.add(*PATTERNS)
