"""An address: one text that begins with a region's name; whoever reads or searches it needs no table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from metamodel.plugin_api import (
    TEXT_OPERATORS,
    BadValue,
    Choice,
    Examples,
    Field,
    Options,
    OptionsType,
    Part,
    Problem,
    Registry,
    Texts,
    clean_text,
    excerpt,
    labelled,
    options_of,
    problem,
)
from plugins.fields.region import Region
from plugins.fields.regions import Place, choices_down_to, find_place, leading_place

if TYPE_CHECKING:
    from metamodel.plugin_api import FieldDefinition


class AddressOptions(Options, frozen=True):
    placeholder: Annotated[str | dict[str, str], labelled("占位提示", "Placeholder")] = ""
    street: Annotated[bool, labelled("必须有街道门牌", "A street is needed")] = False


class Address(Field):
    name = "address"
    label = {"zh": "地址", "en": "Address"}
    icon = "location"
    doc = {"zh": "省市区加街道门牌，保存为一段文字", "en": "A region and a street, kept as one text"}
    keywords: tuple[str, ...] = ("收货地址", "通讯地址", "住址", "street", "postal")
    texts = {
        **Region.texts,
        "value.no_street": Texts("请填写街道门牌", "Say which street and house"),
        "value.not_an_address": Texts("“{text}”不是地址", "“{text}” is not an address"),
    }
    group = "choice"
    operators = TEXT_OPERATORS
    searchable = True
    personal = True
    input = "parts"
    examples: Examples = (
        ({"region": "320508", "street": " 平江路 1 号 "}, "江苏省苏州市姑苏区 平江路 1 号"),
        ("江苏省苏州市姑苏区平江路1号", "江苏省苏州市姑苏区 平江路1号"),
        ("平江路1号", "平江路1号"),
        ({"street": "12 High Street"}, "12 High Street"),
        ("北京市 海淀区 中关村大街", "北京市海淀区 中关村大街"),
    )
    Options: ClassVar[OptionsType] = AddressOptions

    def parse(self, raw: Any, field: FieldDefinition) -> str:
        if isinstance(raw, dict):
            if raw.keys() - {"region", "street"}:
                raise BadValue("value.not_an_address", text=excerpt(raw))
            raw = _joined(self._region(raw.get("region")), _line(raw.get("street")))
        place, street = leading_place(_line(raw))
        return _joined(place, street)

    def _region(self, raw: Any) -> Place | None:
        if raw in (None, "", []):
            return None
        text = clean_text(raw, limit=400)
        place = find_place(text)
        if place is None:
            raise BadValue("value.not_a_region", text=excerpt(text))
        return place

    def check(self, value: str, field: FieldDefinition) -> list[Problem]:
        wanted = options_of(field, AddressOptions).street
        return [problem("value.no_street")] if wanted and not leading_place(value)[1].strip() else []

    def parts(self, field: FieldDefinition) -> Sequence[Part]:
        return (
            Part("region", {"zh": "省市区", "en": "Region"}, "region", picks=True),
            Part("street", {"zh": "街道门牌", "en": "Street and house"}, "text"),
        )

    def divided(self, value: str, field: FieldDefinition) -> Mapping[str, str]:
        place, street = leading_place(value)
        return {"region": place.code if place else "", "street": street.strip()}

    def choices(self, field: FieldDefinition) -> Sequence[Choice]:
        return choices_down_to("county")


def _line(raw: Any) -> str:
    return "" if raw is None else " ".join(clean_text(raw, limit=4_000).split())


def _joined(place: Place | None, street: str) -> str:
    return f"{''.join(place.names)} {street.strip()}".strip() if place else street.strip()


def register(registry: Registry) -> None:
    registry.add(Address())
