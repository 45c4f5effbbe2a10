"""Values lie in columns by storage kind and come back the same."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
import rfc8785
from hypothesis import given, strategies as st

from engine.values import (
    canonical_json,
    decode,
    encode,
    encoder,
    from_bytes,
    link_values,
    storage_of,
    to_bytes,
)
from metamodel.forms import FieldDefinition
from metamodel.plugin_api import BadValue, Field, Options, Reference, Storage


class Kind(Field):
    """A field type of any storage, for these tests."""

    name = "kind"
    label = "Kind"

    def __init__(self, storage: Storage, scale: int = 0, many: bool = False) -> None:
        self.storage, self._scale, self.many = storage, scale, many

    def scale(self, field: FieldDefinition) -> int:
        return self._scale


class Span(Kind):
    def to_storage(self, value: Any, field: FieldDefinition) -> Any:
        return value // timedelta(seconds=1)

    def from_storage(self, raw: Any, field: FieldDefinition) -> Any:
        return timedelta(seconds=raw)


@dataclass
class Pointing(Kind):
    target: Any = "record"

    def __init__(self, target: Any) -> None:
        super().__init__(Storage.JSON, many=True)
        self.target = target

    def reference(self, field: FieldDefinition) -> Reference:
        return Reference(self.target, many=True)


def field(type_: Field | None) -> FieldDefinition:
    return FieldDefinition("f", "kind", type_, "F", Options() if type_ else None)


ROWS = [
    (Kind(Storage.TEXT), "报价 😀", "报价 😀"),
    (Kind(Storage.INTEGER), -5, -5),
    (Kind(Storage.DECIMAL, 2), Decimal("12.30"), 1230),
    (Kind(Storage.DECIMAL, 0), Decimal("-7"), -7),
    (Kind(Storage.DECIMAL, 4), Decimal("0.0001"), 1),
    (Kind(Storage.BOOLEAN), True, 1),
    (Kind(Storage.BOOLEAN), False, 0),
    (Kind(Storage.DATE), date(2026, 11, 23), 739943),
    (Kind(Storage.TIMESTAMP), datetime(1970, 1, 1, 0, 0, 1, 5, UTC), 1_000_005),
    (Kind(Storage.TIMESTAMP), datetime(1969, 12, 31, 23, 59, 59, 999_999, UTC), -1),
    (Kind(Storage.JSON), {"b": [1, "x"], "a": None}, '{"a":null,"b":[1,"x"]}'),
    (Kind(Storage.TEXT, many=True), ["甲", "乙"], '["甲","乙"]'),
    (Kind(Storage.BYTES), b"\x00\xff", b"\x00\xff"),
    (Span(Storage.INTEGER), timedelta(minutes=2), 120),
]


@pytest.mark.parametrize(("type_", "value", "raw"), ROWS)
def test_there_and_back(type_: Kind, value: Any, raw: Any) -> None:
    one = field(type_)
    assert encode(value, one) == raw
    assert type(encode(value, one)) is type(raw)
    assert decode(raw, one) == value
    assert from_bytes(to_bytes(raw), one) == raw


@pytest.mark.parametrize("type_", [row[0] for row in ROWS])
def test_a_blank_is_null(type_: Kind) -> None:
    for blank in (None, "", []):
        assert encode(blank, field(type_)) is None
    assert decode(None, field(type_)) is None


@pytest.mark.parametrize(
    ("type_", "value", "code"),
    [
        (Kind(Storage.TEXT), "a\0b", "value.unreadable_text"),
        (Kind(Storage.TEXT), "a\ud83d", "value.unreadable_text"),
        (Kind(Storage.JSON), ["a\ud83d"], "value.unreadable_text"),
        (Kind(Storage.INTEGER), 2**63, "value.out_of_range"),
        (Kind(Storage.DECIMAL, 2), Decimal("1e17"), "value.out_of_range"),
        (Kind(Storage.DECIMAL, 2), Decimal("1e999999"), "value.out_of_range"),
        (Kind(Storage.DECIMAL, 2), Decimal("NaN"), "value.out_of_range"),
    ],
)
def test_what_no_column_holds_is_refused(type_: Kind, value: Any, code: str) -> None:
    with pytest.raises(BadValue) as refusal:
        encode(value, field(type_))
    assert refusal.value.code == code


def test_decimals_round_half_even_to_their_scale() -> None:
    rounded = encoder(field(Kind(Storage.DECIMAL, 1)))
    assert [rounded(Decimal(text)) for text in ("0.25", "0.35", "-0.25", "0.251")] == [2, 4, -2, 3]


def test_any_zone_is_the_same_moment() -> None:
    there = datetime(2026, 11, 23, 8, tzinfo=timezone(timedelta(hours=8)))
    one = field(Kind(Storage.TIMESTAMP))
    assert encode(there, one) == encode(datetime(2026, 11, 23, 0, tzinfo=UTC), one)


def test_an_unknown_type_is_left_alone() -> None:
    assert storage_of(field(None)) is Storage.TEXT
    assert decode("as it is", field(None)) == "as it is"


def test_link_values_are_ids_or_texts_once_each() -> None:
    assert link_values(field(Pointing("record")))(["12", "7", "12"]) == [12, 7]
    assert link_values(field(Pointing("person")))(["li", "wang"]) == ["li", "wang"]
    assert link_values(field(Kind(Storage.JSON, many=True)))(["a", "b", "a"]) == ["a", "b"]
    assert link_values(field(Kind(Storage.JSON, many=True)))(None) == []


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**14), max_value=10**14, places=4))
def test_every_decimal_of_its_scale_comes_back(value: Decimal) -> None:
    one = field(Kind(Storage.DECIMAL, 4))
    assert decode(encode(value, one), one) == value


_scalars = st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text()
_keys = st.text(st.characters(max_codepoint=0xD7FF))


@given(st.recursive(_scalars, lambda inner: st.lists(inner) | st.dictionaries(_keys, inner), max_leaves=20))
def test_canonical_json_is_rfc_8785(value: Any) -> None:
    assert canonical_json(value) == rfc8785.dumps(value)
