"""Numbers that lead to a person: telephones, identity cards, passports, bank cards, number plates.

Written as people write them: with blanks or dashes in between, in full width, with a country code. What has a
checksum is one only where it is right, so that an order number is left alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from metamodel.plugin_api import Pattern, Registry, bilingual, mask_ends
from plugins.functions.chinese import is_id_number

SIGNS = "0-9０-９"
D = f"[{SIGNS}]"
# what people put between the digits: blanks, dashes, brackets, and what nobody sees
GAP = "[ \u00a0\u200b-\u200d\u2060\ufeff.·()（）\u2010-\u2015_-]{0,2}"
PLACES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"


class NumberPattern(Pattern):
    """A row of the table below: of `ends` letters at its beginning and its end stay."""

    signs = SIGNS

    def __init__(
        self, name: str, zh: str, en: str, icon: str, expression: str, ends: tuple[int, int],
        is_one: Callable[[str], bool], examples: Sequence[tuple[str, str]], doc: tuple[str, str],
        apart: bool = False,
    ) -> None:  # fmt: skip
        self.name, self.label, self.icon, self.doc = name, bilingual(zh, en), icon, bilingual(*doc)
        self.expression, self._ends, self._is_one = expression, ends, is_one
        self.apart = "word" if apart else "digits"
        self.examples = examples  # type: ignore[misc]

    def is_one(self, found: str) -> bool:
        return self._is_one(found)

    def mask(self, found: str) -> str:
        return mask_ends(found, *self._ends)


def digits(text: str) -> str:
    return "".join(letter for letter in text if letter.isdigit())


def luhn(number: str) -> bool:
    """The checksum of bank cards."""
    doubled = (int(digit) * 2 for digit in number[-2::-2])
    return (sum(n - 9 if n > 9 else n for n in doubled) + sum(map(int, number[-1::-2]))) % 10 == 0


def is_bank_card(text: str) -> bool:
    number = digits(text)
    return len(number) in _card_lengths(number) and len(set(number)) > 1 and luhn(number)


def _card_lengths(number: str) -> tuple[int, ...]:
    """How long a card of this issuer is."""
    two = int(number[:2])
    if two in (34, 37):
        return (15,)
    if two in (30, 36, 38):
        return (14,)
    if 51 <= two <= 55 or 22 <= two <= 27 or two == 35:
        return (16,)
    if number[0] == "4":
        return (13, 16, 19)
    return (16, 17, 18, 19) if number[0] in "69" else ()


def _is_mobile(text: str) -> bool:
    number = digits(text)
    if text.startswith("+") and not number.startswith("86"):
        return 8 <= len(number) <= 15
    return len(number.removeprefix("86")) == 11


def _is_identity(text: str) -> bool:
    return is_id_number("".join(letter for letter in text if letter.isalnum()))


def _always(_text: str) -> bool:
    return True


PATTERNS = (
    NumberPattern(
        "mobile", "手机号", "Mobile number", "phone",
        rf"(?:[+＋]?(?:86|８６){GAP})?[1１]{GAP}[3-9３-９](?:{GAP}{D}){{9}}|[+＋][1-9](?:{GAP}{D}){{7,14}}",
        (3, 4), _is_mobile,
        (
            ("电话19900001234。", "电话199••••1234。"),
            ("199 0000-1234", "199 ••••-1234"),
            ("199--0000—1234", "199--••••—1234"),
            ("199(0000)1234", "199(••••)1234"),
            ("199  0000\u20601234", "199  ••••\u20601234"),
            ("１９９００００１２３４", "１９９••••１２３４"),
            ("+44 20 7946 0958", "+44 2• •••• 0958"),
            ("单号219900001234", "单号219900001234"),
        ),
        ("中国手机号，或带国家码的号码", "A Chinese mobile number, or one with its country code"),
    ),
    NumberPattern(
        "landline", "座机号", "Landline", "phone",
        rf"[（(]?[0０](?:[1１][0０]|[2２]{D}|[3-9３-９]{D}{{2}})[)）]?[ -]?[2-9２-９]{D}{{6,7}}(?:-{D}{{1,6}})?",
        (4, 2), _always,
        (
            ("公司 0512-68881234", "公司 0512-••••••34"),
            ("010 62345678 转 8001", "010 6•••••78 转 8001"),
            ("型号0512-1234", "型号0512-1234"),
        ),
        ("带区号的座机", "A landline with its area code"),
    ),
    NumberPattern(
        "id_card", "身份证号", "Identity card", "user",
        rf"[1-9１-９]{D}{{5}}[ -]?(?:[1１][89８９]|[2２][0０]){D}{{2}}[ -]?{D}{{4}}[ -]?{D}{{3}}[0-9０-９XxＸｘ]",
        (3, 4), _is_identity,
        (
            ("身份证11010519491231002X", "身份证110•••••••••••002X"),
            ("110105 19491231 002x", "110••• •••••••• 002x"),
            ("流水号110105194912310021", "流水号110105194912310021"),
        ),
        ("十八位身份证号，校验码正确", "Eighteen characters, the check digit right"), apart=True,
    ),
    NumberPattern(
        "bank_card", "银行卡号", "Bank card", "money",
        rf"[2-9２-９](?:{GAP}{D}){{12,18}}",
        (4, 4), is_bank_card,
        (
            ("卡号 6222020000000000000", "卡号 6222•••••••••••0000"),
            ("6222 0200 0000 0000 000", "6222 •••• •••• •••0 000"),
            ("20261123 6222020000000000000", "20261123 6222•••••••••••0000"),
            ("流水 6222020000000000001", "流水 6222020000000000001"),
        ),
        ("卡号，发卡行长度与校验位正确", "A card number: the issuer's length, the checksum right"),
    ),
    NumberPattern(
        "passport", "护照号", "Passport", "user",
        rf"[EGDSPegdspＥＧ]{D}{{8}}|[EeＥ][A-HJ-NP-Za-hj-np-z]{D}{{7}}",
        (1, 2), _always,
        (("护照 E12345678", "护照 E••••••78"), ("型号 E1234", "型号 E1234")),
        ("中国护照号", "The number of a Chinese passport"), apart=True,
    ),
    NumberPattern(
        "plate", "车牌号", "Number plate", "tag",
        rf"[{PLACES}][A-HJ-NP-Za-hj-np-z][ ·-]?[A-HJ-NP-Za-hj-np-z0-9]{{5,6}}",
        (2, 1), lambda text: any(map(str.isdigit, text)),
        (("车停在门口，苏E·8K21Q", "车停在门口，苏E·••••Q"), ("川A股份", "川A股份")),
        ("机动车号牌", "The number plate of a vehicle"), apart=True,
    ),
)  # fmt: skip

MOBILE, LANDLINE, ID_CARD, BANK_CARD, PASSPORT, PLATE = PATTERNS
PLATE_FORM = rf"[{PLACES}][A-HJ-NP-Z][A-HJ-NP-Z0-9]{{5,6}}"


def register(registry: Registry) -> None:
    registry.add(*PATTERNS)
