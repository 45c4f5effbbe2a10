"""Text: one line, many lines, and the one-line presets (e-mail, mobile …) as rows of a table.

One-line text loses outer blanks and line breaks; long text is kept letter for letter.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

import re2

from metamodel.plugin_api import (
    CHOICE_AGGREGATES,
    TEXT_OPERATORS,
    BadValue,
    Examples,
    Field,
    Options,
    OptionsType,
    Pattern,
    Problem,
    PythonClass,
    Registry,
    Texts,
    clean_text,
    excerpt,
    fold,
    labelled,
    mask_text,
    options_of,
    problem,
)
from plugins.fields.business_codes import is_credit_code
from plugins.patterns.numbers import (
    BANK_CARD,
    ID_CARD,
    LANDLINE,
    MOBILE,
    PASSPORT,
    PLATE,
    PLATE_FORM,
    is_bank_card,
)
from plugins.patterns.words import EMAIL

if TYPE_CHECKING:
    from metamodel.plugin_api import App, FieldDefinition

SHORT = 100  # characters up to which the patterns of the presets are no trouble to any engine

TEXTS = {
    "field.bad_pattern": Texts("格式（正则表达式）不正确：{reason}", "The pattern is not valid: {reason}"),
    "field.limits_crossed": Texts("最小值大于最大值", "The minimum is above the maximum"),
    "value.too_short": Texts("至少 {limit} 个字", "At least {limit} characters"),
    "value.too_many_letters": Texts("最多 {limit} 个字", "At most {limit} characters"),
    "value.wrong_pattern": Texts("格式不正确", "It does not have the right form"),
    "value.wrong_preset": Texts("“{text}”不是正确的{kind}", "This is not right: “{text}” ({kind})"),
}


class TextOptions(Options, frozen=True):
    min_length: Annotated[int, labelled("最少字数", "Minimum length", ge=1)] | None = None
    max_length: Annotated[int, labelled("最多字数", "Maximum length", ge=1)] | None = None
    placeholder: Annotated[str | dict[str, str], labelled("占位提示", "Placeholder")] = ""


class LineOptions(TextOptions, frozen=True):
    pattern: Annotated[str, labelled("格式（正则表达式）", "Pattern", max_length=500)] = ""


class LongText(Field):
    name = "long_text"
    often = 2
    label = {"zh": "多行文本", "en": "Long text"}
    icon = "align-left"
    keywords: tuple[str, ...] = ("备注", "说明", "段落", "textarea", "notes")
    doc = {"zh": "一段或几段文字，原样保存", "en": "Paragraphs, kept letter for letter"}
    texts = TEXTS
    group = "text"
    exact: PythonClass | None = str
    searchable = True
    sortable = False
    personal = True
    operators: tuple[str, ...] = TEXT_OPERATORS
    input = "textarea"
    examples: Examples = (
        ("第一行\r\n  second line", "第一行\n  second line"),
        (" kept ", " kept "),
    )
    Options: ClassVar[OptionsType] = TextOptions

    def check_options(self, field: FieldDefinition, app: App) -> list[Problem]:
        options = options_of(field, TextOptions)
        if options.min_length and options.max_length and options.min_length > options.max_length:
            return [problem("field.limits_crossed", "/options/min_length")]
        return []

    def parse(self, raw: Any, field: FieldDefinition) -> str:
        return clean_text(raw).replace("\r\n", "\n")

    def check(self, value: str, field: FieldDefinition) -> list[Problem]:
        options = options_of(field, TextOptions)
        if options.min_length and len(value) < options.min_length:
            return [problem("value.too_short", limit=options.min_length)]
        if options.max_length and len(value) > options.max_length:
            return [problem("value.too_many_letters", limit=options.max_length)]
        return []


class Text(LongText):
    name = "text"
    often = 1
    label = {"zh": "单行文本", "en": "Text"}
    icon = "text"
    keywords: tuple[str, ...] = ("文本", "字符串", "标题", "string")
    doc = {"zh": "一行文字", "en": "One line of text"}
    sortable = True
    personal = False
    aggregates = CHOICE_AGGREGATES
    input = "text"
    examples: Examples = (("  王磊  ", "王磊"), ("one\nline", "one line"), (42, "42"))
    Options = LineOptions

    def check_options(self, field: FieldDefinition, app: App) -> list[Problem]:
        found = super().check_options(field, app)
        try:
            re2.compile(options_of(field, LineOptions).pattern)
        except re2.error as error:
            found.append(problem("field.bad_pattern", "/options/pattern", reason=str(error)))
        return found

    def parse(self, raw: Any, field: FieldDefinition) -> str:
        text = clean_text(raw).strip()
        return " ".join(text.splitlines()) if "\n" in text or "\r" in text else text

    def check(self, value: str, field: FieldDefinition) -> list[Problem]:
        found = super().check(value, field)
        pattern = options_of(field, LineOptions).pattern
        if pattern and not re2.fullmatch(pattern, value):
            found.append(problem("value.wrong_pattern"))
        return found


class Preset(Text):
    """A line of text with a form of its own; `tidy` removes what people add to read it better, `is_one` knows
    what its form does not say."""

    personal = True
    exact = None
    keywords: tuple[str, ...] = ()

    def __init__(
        self,
        name: str,
        zh: str,
        en: str,
        icon: str,
        pattern: str,
        tidy: Callable[[str], str],
        examples: Examples,
        masked: Pattern | None = None,
        is_one: Callable[[str], bool] = bool,
    ) -> None:
        self.name, self.label, self.icon = name, {"zh": zh, "en": en}, icon
        self.keywords = SAID_OF.get(name, ())
        self.doc = {"zh": f"一个{zh}", "en": f"One {en.lower()}"}
        self.input = name
        self.examples = examples
        self._pattern, self._tidy = re2.compile(pattern), tidy
        self._short = re.compile(pattern, re.ASCII)  # thirty times as fast, where length cannot make it slow
        self._masked, self._is_one = masked, is_one

    def parse(self, raw: Any, field: FieldDefinition) -> str:
        text = self._tidy(fold(super().parse(raw, field)))
        pattern = self._short if len(text) <= SHORT else self._pattern
        if len(text) > 2000 or not pattern.fullmatch(text) or not self._is_one(text):
            raise BadValue("value.wrong_preset", text=excerpt(raw), kind=self.label)
        return text

    def hide(self, text: str, field: FieldDefinition) -> str:
        """As such a thing is masked in running text, where it is one."""
        masked = self._masked.mask(text) if self._masked else text
        return masked if masked != text else mask_text(text)


SAID_OF = {  # what else people look for them by
    "email": ("邮件", "邮箱", "mail"), "mobile": ("电话", "手机", "cell"), "landline": ("电话", "固话", "phone"),
    "url": ("链接", "网站", "link", "website"), "id_card": ("证件", "身份证", "identity"), "passport": ("证件",),
    "plate": ("汽车", "车辆", "car"), "credit_code": ("税号", "营业执照", "企业"), "bank_card": ("银行账号", "account"),
}  # fmt: skip


def _digits(text: str) -> str:
    return text.replace(" ", "").replace("-", "").removeprefix("+86")


def _no_blanks(text: str) -> str:
    return text.replace(" ", "")


def _capitals(text: str) -> str:
    return "".join(letter for letter in text if letter not in " -·.").upper()


def _url(text: str) -> str:
    return text if "://" in text else f"https://{text}"


PRESETS = (
    Preset(
        "email", "电子邮箱", "E-mail address", "mail",
        r"[^@\s<>,;]{1,64}@[^@\s<>,;]+\.[^@\s<>,;.]+", str.strip,
        ((" Zhou＠example.com", "Zhou@example.com"),), EMAIL,
    ),
    Preset(
        "mobile", "手机号码", "Mobile number", "phone",
        r"1[3-9][0-9]{9}|\+[1-9][0-9]{6,14}", _digits,
        (("199 0000 1234", "19900001234"), ("+86-19900001234", "19900001234")), MOBILE,
    ),
    Preset(
        "landline", "座机号码", "Landline number", "phone",
        r"(\(?0[0-9]{2,3}\)?-?)?[0-9]{7,8}(-[0-9]{1,6})?", _no_blanks,
        (("010 - 12345678", "010-12345678"),), LANDLINE,
    ),
    Preset(
        "url", "网址", "Web address", "link",
        r"https?://[^\s<>\"/?#:]+(:[0-9]{1,5})?([/?#][^\s<>\"]*)?", _url,
        (("example.com/a", "https://example.com/a"),),
    ),
    Preset(
        "id_card", "身份证号", "Identity card number", "card",
        r"[1-9][0-9]{16}[0-9X]", _capitals,
        (("110105 19491231 002x", "11010519491231002X"),), ID_CARD, ID_CARD.is_one,
    ),
    Preset(
        "passport", "护照号", "Passport number", "card",
        r"[A-Z]{1,2}[0-9]{6,9}", _capitals, (("e12345678", "E12345678"),), PASSPORT,
    ),
    Preset(
        "plate", "车牌号", "Number plate", "tag",
        PLATE_FORM, _capitals, (("苏e·8k21q", "苏E8K21Q"), ("沪A D12345", "沪AD12345")), PLATE,
    ),
    Preset(
        "credit_code", "统一社会信用代码", "Unified social credit code", "building",
        r"[0-9A-HJ-NP-RT-UW-Y]{2}[0-9]{6}[0-9A-HJ-NP-RT-UW-Y]{10}", _capitals,
        (("91350100 m000100y43", "91350100M000100Y43"),), None, is_credit_code,
    ),
    Preset(
        "bank_card", "银行卡号", "Bank card number", "card",
        r"[0-9]{13,19}", _digits, (("6222 0200 0000 0000 000", "6222020000000000000"),), BANK_CARD, is_bank_card,
    ),
)  # fmt: skip


def register(registry: Registry) -> None:
    registry.add(Text(), LongText(), *PRESETS)
