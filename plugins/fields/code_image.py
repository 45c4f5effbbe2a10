"""A text shown as a code machines read: QR, Code 128 or EAN. What is kept is the text itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from metamodel.plugin_api import (
    CHOICE_AGGREGATES,
    TEXT_OPERATORS,
    BadValue,
    Examples,
    Field,
    Options,
    OptionsType,
    Problem,
    Registry,
    Texts,
    clean_text,
    labelled,
    options_of,
    problem,
)
from plugins.fields.business_codes import is_ean

if TYPE_CHECKING:
    from metamodel.plugin_api import FieldDefinition

LONGEST = {"qr": 1_000, "code128": 60, "ean": 13}  # bytes


class CodeImageOptions(Options, frozen=True):
    code: Annotated[
        Literal["qr", "code128", "ean"],
        labelled("码制（QR / Code 128 / EAN）", "Kind of code (QR, Code 128, EAN)"),
    ] = "qr"


class CodeImage(Field):
    name = "code_image"
    label = {"zh": "二维码/条码", "en": "QR or bar code"}
    icon = "grid"
    doc = {
        "zh": "显示为二维码或条码的文字，可扫码填写",
        "en": "A text shown as a code, filled by scanning where one can",
    }
    keywords: tuple[str, ...] = ("二维码", "条形码", "扫码", "qrcode", "barcode", "ean", "scan")
    texts = {
        "value.code_too_long": Texts("最多 {limit} 个字节", "At most {limit} bytes"),
        "value.not_code128": Texts(
            "Code 128 只能有英文字母、数字和常用符号", "Code 128 holds only ASCII signs"
        ),
        "value.not_ean": Texts("不是正确的 EAN 条码", "This is no EAN code"),
    }
    group = "text"
    operators = TEXT_OPERATORS
    aggregates = CHOICE_AGGREGATES
    searchable = True
    input = "scan"
    look = "code_image"
    examples: Examples = (("  SN-001 ", "SN-001"), (6901234567892, "6901234567892"))
    Options: ClassVar[OptionsType] = CodeImageOptions

    def parse(self, raw: Any, field: FieldDefinition) -> str:
        text = " ".join(clean_text(raw, limit=100_000).split())
        if len(text.encode()) > LONGEST["qr"]:
            raise BadValue("value.code_too_long", limit=LONGEST["qr"])
        return text

    def check(self, value: str, field: FieldDefinition) -> list[Problem]:
        code = options_of(field, CodeImageOptions).code
        if code == "code128" and not (value.isascii() and value.isprintable()):
            return [problem("value.not_code128")]
        if code == "ean" and not is_ean(value):
            return [problem("value.not_ean")]
        limit = LONGEST[code]
        return [problem("value.code_too_long", limit=limit)] if len(value.encode()) > limit else []


def register(registry: Registry) -> None:
    registry.add(CodeImage())
