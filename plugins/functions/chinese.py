"""Functions for Chinese texts and papers: capitals of amounts, pinyin, masks, identity numbers.

Capital amounts follow the rules for filling in bills (元 角 分, 零 once for a gap, 整 at the
end). Masked texts stay sealed where the original was: a mask hides, it does not declassify.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from metamodel.plugin_api import (
    BOOLEAN,
    DATE,
    NUMBER,
    TEXT,
    Argument,
    BadValue,
    Function,
    Registry,
    arithmetic,
    bilingual,
    room_for,
    simplified,
)

_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")
_GROUPS = ("", "万", "亿", "万亿")
MAX_PINYIN = 2_000
_TEXT = Argument("text", TEXT)


# -- amounts ---------------------------------------------------------------------------------------


def capitals(amount: int | Decimal | None) -> str:
    if amount is None:
        return ""
    cents = int(Decimal(amount).scaleb(2).quantize(Decimal(1), ROUND_HALF_UP, arithmetic.CONTEXT))
    if abs(cents) >= 10**18:
        raise BadValue("expression.number_too_large")
    yuan, rest = divmod(abs(cents), 100)
    jiao, fen = divmod(rest, 10)
    whole = _whole(yuan) + "元" if yuan else ""
    if not yuan and not rest:
        whole = "零元"
    parts = whole + (_DIGITS[jiao] + "角" if jiao else "零" if yuan and fen else "")
    return ("负" if cents < 0 else "") + parts + (_DIGITS[fen] + "分" if fen else "整")


def _whole(number: int) -> str:
    """Groups of four digits; a gap between figures is said 零 once."""
    text, gap, group = "", False, 0
    while number:
        number, four = divmod(number, 10_000)
        if four:
            text = _four(four) + _GROUPS[group] + ("零" if gap and text else "") + text
            gap = four < 1000
        elif text:
            gap = True
        group += 1
    return text


def _four(number: int) -> str:
    text, gap = "", False
    for place in range(4):
        number, digit = divmod(number, 10)
        if digit:
            text = _DIGITS[digit] + _PLACES[place] + ("零" if gap and text else "") + text
            gap = False
        else:
            gap = True
    return text


# -- letters ---------------------------------------------------------------------------------------


def pinyin(text: str, delimiter: str = " ") -> str:
    from pypinyin import lazy_pinyin

    room_for(len(text), MAX_PINYIN)
    return delimiter.join(lazy_pinyin(text))


def initials(text: str) -> str:
    from pypinyin import Style, lazy_pinyin

    room_for(len(text), MAX_PINYIN)
    return "".join(
        part[:1] if part.isascii() else part for part in lazy_pinyin(text, style=Style.FIRST_LETTER)
    )


def to_simplified(text: str) -> str:
    return text.translate(simplified())


def count_chinese(text: str) -> int:
    return sum("\u4e00" <= letter <= "\u9fff" or "\u3400" <= letter <= "\u4dbf" for letter in text)


# -- masks -----------------------------------------------------------------------------------------


def _masked(text: str, head: int, tail: int) -> str:
    """The middle as stars; a text too short for its ends is stars but for its first letter."""
    hidden = len(text) - head - tail
    if hidden <= 0:
        return text[:1] + "*" * (len(text) - 1)
    return text[:head] + "*" * hidden + (text[-tail:] if tail else "")


def mask_email(text: str) -> str:
    name, at, home = text.partition("@")
    return _masked(name, 1, 0) + at + home


# -- papers ----------------------------------------------------------------------------------------

_ID_NUMBER = re.compile(r"[1-9]\d{16}[0-9Xx]", re.ASCII)
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def birthday(text: str) -> date | None:
    """The birthday an identity number says; blank where it is none."""
    number = text.strip()
    if not is_id_number(number):
        return None
    return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))


def is_id_number(text: str) -> bool:
    number = text.strip()
    if not _ID_NUMBER.fullmatch(number):
        return False
    total = sum(int(digit) * weight for digit, weight in zip(number, _WEIGHTS, strict=False))
    if "10X98765432"[total % 11] != number[17].upper():
        return False
    try:
        date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return False
    return True


FUNCTIONS = (
    Function(
        "CNY_CAPITALS",
        (Argument("amount", NUMBER),),
        TEXT,
        capitals,
        group="chinese",
        label=bilingual("大写金额", "Amount in capitals"),
        doc=bilingual("人民币大写", "An amount of yuan in the capital figures of bills"),
        examples=(
            ("CNY_CAPITALS(1860000)", {}, "壹佰捌拾陆万元整"),
            ("CNY_CAPITALS(100005.08)", {}, "壹拾万零伍元零捌分"),
            ("CNY_CAPITALS(0.5)", {}, "伍角整"),
            ("CNY_CAPITALS(-12.34)", {}, "负壹拾贰元叁角肆分"),
            ("CNY_CAPITALS(0)", {}, "零元整"),
        ),
    ),
    Function(
        "PINYIN",
        (_TEXT, Argument("delimiter", TEXT, optional=True)),
        TEXT,
        pinyin,
        group="chinese",
        label=bilingual("拼音", "Pinyin"),
        doc=bilingual("汉字的拼音，不带声调", "Chinese characters spelled, without tones"),
        examples=(("PINYIN('张三')", {}, "zhang san"), ("PINYIN('张三', '')", {}, "zhangsan")),
    ),
    Function(
        "INITIALS",
        (_TEXT,),
        TEXT,
        initials,
        group="chinese",
        label=bilingual("拼音首字母", "Pinyin initials"),
        doc=bilingual("每个汉字拼音的首字母", "The first letter of each character's pinyin"),
        examples=(("INITIALS('恒锐精密')", {}, "hrjm"),),
    ),
    Function(
        "SIMPLIFIED",
        (_TEXT,),
        TEXT,
        to_simplified,
        group="chinese",
        label=bilingual("转简体", "Simplified"),
        doc=bilingual("常用繁体字换成简体", "Common traditional characters as simplified ones"),
        examples=(("SIMPLIFIED('競品報價')", {}, "竞品报价"),),
    ),
    Function(
        "COUNT_CHINESE",
        (_TEXT,),
        NUMBER,
        count_chinese,
        group="chinese",
        plain=True,
        label=bilingual("汉字数", "Count of characters"),
        doc=bilingual("文字中有几个汉字", "How many Chinese characters a text has"),
        examples=(("COUNT_CHINESE('报价 A4 纸')", {}, 3),),
    ),
    Function(
        "MASK_MOBILE",
        (_TEXT,),
        TEXT,
        lambda text: _masked(text, 3, 4),
        group="chinese",
        label=bilingual("手机号脱敏", "Mask a mobile number"),
        doc=bilingual("手机号留前三后四位", "The first three and the last four digits stay"),
        examples=(("MASK_MOBILE('19900001234')", {}, "199****1234"), ("MASK_MOBILE('')", {}, "")),
    ),
    Function(
        "MASK_ID",
        (_TEXT,),
        TEXT,
        lambda text: _masked(text, 6, 4),
        group="chinese",
        label=bilingual("身份证号脱敏", "Mask an identity number"),
        doc=bilingual("身份证号留前六后四位", "The first six and the last four characters stay"),
        examples=(("MASK_ID('11010519491231002X')", {}, "110105********002X"),),
    ),
    Function(
        "MASK_CARD",
        (_TEXT,),
        TEXT,
        lambda text: _masked(text, 4, 4),
        group="chinese",
        label=bilingual("银行卡号脱敏", "Mask a bank card"),
        doc=bilingual("银行卡号留前四后四位", "The first and the last four digits stay"),
        examples=(("MASK_CARD('6222020000000000000')", {}, "6222***********0000"),),
    ),
    Function(
        "MASK_NAME",
        (_TEXT,),
        TEXT,
        lambda text: _masked(text, 1, 0),
        group="chinese",
        label=bilingual("姓名脱敏", "Mask a name"),
        doc=bilingual("只留姓（第一个字）", "The first character stays"),
        examples=(("MASK_NAME('张三丰')", {}, "张**"),),
    ),
    Function(
        "MASK_EMAIL",
        (_TEXT,),
        TEXT,
        mask_email,
        group="chinese",
        label=bilingual("邮箱脱敏", "Mask an e-mail address"),
        doc=bilingual("邮箱留首字母和域名", "The first letter and the domain stay"),
        examples=(("MASK_EMAIL('wang@example.com')", {}, "w***@example.com"),),
    ),
    Function(
        "IS_ID_NUMBER",
        (_TEXT,),
        BOOLEAN,
        is_id_number,
        group="chinese",
        plain=True,
        label=bilingual("是身份证号", "Is an identity number"),
        doc=bilingual(
            "十八位身份证号，校验码正确", "Eighteen characters of an identity number, its check digit right"
        ),
        examples=(
            ("IS_ID_NUMBER('11010519491231002X')", {}, True),
            ("IS_ID_NUMBER('110105194912310021')", {}, False),
        ),
    ),
    Function(
        "ID_BIRTHDAY",
        (_TEXT,),
        DATE,
        birthday,
        group="chinese",
        label=bilingual("身份证上的生日", "Birthday of an identity number"),
        doc=bilingual("身份证号中的出生日期", "The birthday an identity number says"),
        examples=(("ID_BIRTHDAY('11010519491231002X')", {}, "1949-12-31"), ("ID_BIRTHDAY('x')", {}, None)),
    ),
)


def register(registry: Registry) -> None:
    for function in FUNCTIONS:
        registry.add(function)
