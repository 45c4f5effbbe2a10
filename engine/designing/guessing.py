"""Guessing fields: what a column could be, by its heading and, where there are any, by its values.

A guess is only ever a type that reads every value there is; people change it afterwards. `HEADINGS` are tried
in their order, then `VALUES`; a type that no plugin registered is passed over.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.designing.identifiers import identifier
from metamodel.binding import Binder
from metamodel.forms import field_from_json
from metamodel.parts import Part
from metamodel.plugin_api import BadValue, Registry

LOOKED_AT = 500  # values of a column
MOST_CHOICES, LONGEST_CHOICE, SHORT = 24, 20, 100


@dataclass(frozen=True, slots=True)
class Column:
    """A heading and what stands below it, blank cells left out."""

    heading: str
    values: tuple[str, ...] = ()


Options = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Heading:
    """What a heading says of its column. `alone`: only where there are no values to hold it against, which
    name people and files in ways nobody here can read."""

    type: str
    words: re.Pattern[str]
    options: Callable[[], Options] = dict
    alone: bool = False


def _words(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


def _open_choices() -> Options:
    """Three to begin with, so that the control can be seen."""
    return {"choices": [{"value": f"option_{n}", "label": f"选项 {n}"} for n in (1, 2, 3)]}


HEADINGS: Sequence[_Heading] = (
    _Heading("email", _words(r"邮箱|电子邮件|邮件地址|e-?mail")),
    _Heading("mobile", _words(r"手机|移动电话|mobile|cell ?phone")),
    _Heading("id_card", _words(r"身份证")),
    _Heading("passport", _words(r"护照|passport")),
    _Heading("plate", _words(r"车牌|number ?plate")),
    _Heading("landline", _words(r"座机|固话|电话|传真|phone|\btel\b|fax")),
    _Heading("url", _words(r"网址|官网|链接|website|\burl\b|\blink\b")),
    _Heading("image", _words(r"图片|照片|截图|photo|picture|image"), alone=True),
    _Heading("signature", _words(r"签名|签字|signature"), alone=True),
    _Heading("attachment", _words(r"附件|文件|合同扫描|attachment|\bfiles?\b"), alone=True),
    _Heading("auto_number", _words(r"编号$|单号$|订单号|合同号|流水号|\bno\.?$|\bnumber$"),
             lambda: {"pattern": "{yyyyMMdd}-{000}"}, alone=True),
    _Heading("member", _words(r"(负责|经办|申请|责任|跟进|联络|审批|提交|处理|接待|录入)人$|业务员|owner|assignee"),
             alone=True),
    _Heading("department", _words(r"部门|department"), alone=True),
    _Heading("address", _words(r"地址|address"), alone=True),
    _Heading("switch", _words(r"^(是否|有无|已)|^(is|has) |启用")),
    _Heading("tags", _words(r"标签|\btags?$"), alone=True),
    _Heading("percent", _words(r"率$|占比|百分比|percent|%")),
    _Heading("money", _words(r"金额|价格?$|单价|总价|费用?$|款$|成本|预算|收入|工资|amount|price|cost|budget|salary")),
    _Heading("rating", _words(r"评分|打分|满意度|rating"), alone=True),
    _Heading("integer", _words(r"数量|件数|人数|个数|次数|年龄|天数|quantity|qty|count|\bage$")),
    _Heading("datetime", _words(r"时间$|时刻|\btime$")),
    _Heading("date", _words(r"日期|日$|生日|截止|date|birthday|deadline")),
    _Heading("long_text", _words(r"备注|说明|描述|内容|详情|意见|摘要|原因|remarks?|notes?$|description|comment")),
    _Heading("select", _words(r"状态|类型|类别|级别|等级|性别|来源|阶段|优先级|渠道|status|type$|category|level|stage"),
             _open_choices, alone=True),
)  # fmt: skip

# By the values alone, the narrowest first.
VALUES = (
    "switch", "integer", "percent", "decimal", "date", "datetime", "time", "email", "mobile", "id_card", "url",
)  # fmt: skip
_YES_NO = frozenset(
    ["是", "否", "有", "无", "对", "错", "√", "×", "✓", "✗", "y", "n", "yes", "no", "true", "false"]
)
_NUMBER = re.compile(r"[+-]?(0|[1-9]\d{0,14}|[1-9]\d{0,2}(,\d{3})+)(\.\d+)?")
_LOOKS: Mapping[str, re.Pattern[str]] = {
    "integer": re.compile(r"[+-]?(0|[1-9]\d{0,14}|[1-9]\d{0,2}(,\d{3})+)"),
    "decimal": _NUMBER,
    "money": re.compile(r"[¥￥$]?\s*" + _NUMBER.pattern),
    "percent": re.compile(r"[+-]?\d+(\.\d+)?\s*[%％]"),
    "date": re.compile(r"\d{4}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}\s*日?"),
    "datetime": re.compile(r"\d{4}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}\s*日?[ T]+\d{1,2}:\d{2}(:\d{2})?"),
    "time": re.compile(r"\d{1,2}:\d{2}(:\d{2})?"),
    "url": re.compile(r"https?://\S+", re.IGNORECASE),
    "email": re.compile(r"\S+@\S+\.\S+"),
    "mobile": re.compile(r"(\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}"),
    "id_card": re.compile(r"\d{17}[\dXx]"),
}


def guess_fields(
    columns: Iterable[Column], registry: Registry, taken: Iterable[str] = ()
) -> list[dict[str, Any]]:
    """Fields as the document has them, one a column, in their order."""
    fields, used = [], set(taken)
    for column in columns:
        label = column.heading.rstrip("*＊").strip()
        name = identifier(label, used)
        used.add(name)
        kind, options = guess(Column(label, column.values[:LOOKED_AT]), registry)
        required = {"required": True} if column.heading.rstrip() != column.heading.rstrip("*＊ ") else {}
        fields.append(
            {
                "id": name,
                "type": kind,
                "label": label,
                **required,
                **({"options": options} if options else {}),
            }
        )
    return fields


def guess(column: Column, registry: Registry) -> tuple[str, Options]:
    """(type, options) of one column."""
    for one in HEADINGS:
        if registry.get("field", one.type) is None or not one.words.search(column.heading):
            continue
        if not column.values or (not one.alone and fits(one.type, column.values, registry)):
            return one.type, one.options()
    for name in VALUES if column.values else ():
        if fits(name, column.values, registry):
            return name, _options(name, column.values)
    choices = choices_of(column.values)
    if choices:
        return "select", {"choices": choices}
    long = any(len(value) > SHORT or "\n" in value for value in column.values)
    return "long_text" if long else "text", {}


def fits(name: str, values: Sequence[str], registry: Registry) -> bool:
    """Does a field of this type read and accept every one of these values, which look like it too?"""
    if registry.get("field", name) is None:
        return False
    if name == "switch" and not all(value.casefold() in _YES_NO for value in values):
        return False
    looks = _LOOKS.get(name)
    if looks is not None and not all(looks.fullmatch(value) for value in values):
        return False
    binder = Binder(registry)
    field = field_from_json(
        Part({"id": "x", "type": name, "label": "x", "options": dict(_options(name, values))}), binder
    )
    if field.type is None or field.options is None:
        return False
    try:
        return all(not field.type.check(field.type.parse(value, field), field) for value in values)
    except BadValue:
        return False


def _options(name: str, values: Sequence[str]) -> Options:
    """Enough digits for what is there."""
    if name not in ("decimal", "percent"):
        return {}
    digits = max((len(value.rstrip("%％ ").partition(".")[2]) for value in values), default=0)
    return {"places": min(digits, 6)} if digits else {}


def choices_of(values: Sequence[str]) -> list[dict[str, str]]:
    """The few short words that come up again and again, as choices in the order they came; [] for other columns."""
    words = list(dict.fromkeys(values))
    again = len(values) >= 6 and len(words) * 3 <= len(values)
    if not again or len(words) > MOST_CHOICES or any(len(word) > LONGEST_CHOICE for word in words):
        return []
    taken: set[str] = set()
    choices = []
    for word in words:
        value = identifier(word, taken, "option")
        taken.add(value)
        choices.append({"value": value, "label": word})
    return choices
