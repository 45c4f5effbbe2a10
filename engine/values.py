"""Values and columns: how a field's value lies in the database, by storage kind, never by type name.

Decimals are scaled integers, timestamps microseconds UTC, dates day numbers, booleans 0/1, lists
and objects canonical JSON, on both databases alike. The write path compiles an encoder per field,
the read path a decoder; evidence hashes what `encode` gives.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Any

import msgspec

from engine.clock import from_microseconds, microseconds
from metamodel.forms import FieldDefinition
from metamodel.plugin_api import BadValue, Field, Storage

Raw = int | str | bytes | None
Encoder = Callable[[Any], Raw]
Decoder = Callable[[Any], Any]

LARGEST = 2**63 - 1
_EXACT = Context(prec=60)
_json_encoder = msgspec.json.Encoder(order="sorted")


def canonical_json(value: Any) -> bytes:
    """RFC 8785 for what we store: no floats, integers beyond 2^53 as strings (the caller's job), and
    object keys from one plane, which msgspec sorts as the RFC does."""
    return _json_encoder.encode(value)


def parse_json(text: str | bytes) -> Any:
    return msgspec.json.decode(text)


def storage_of(field: FieldDefinition) -> Storage:
    """Lists are JSON whatever their items are; an unknown type's column is left alone as text."""
    if field.type is None or field.options is None:
        return Storage.TEXT
    return Storage.JSON if field.type.many else field.type.storage_of(field)


def scale_of(field: FieldDefinition) -> int:
    if storage_of(field) is not Storage.DECIMAL or field.type is None:
        return 0
    return field.type.scale(field)


def encode(value: Any, field: FieldDefinition) -> Raw:
    return encoder(field)(value)


def decode(raw: Any, field: FieldDefinition) -> Any:
    return decoder(field)(raw)


def encoder(field: FieldDefinition) -> Encoder:
    """Value -> what the column holds; None for a blank. BadValue for what no column can hold."""
    inner = _ENCODERS[storage_of(field)](scale_of(field))
    type_ = field.type
    if type_ is None or type(type_).to_storage is Field.to_storage:
        return lambda value: None if _blank(value) else inner(value)
    return lambda value: None if _blank(value) else inner(type_.to_storage(value, field))


def decoder(field: FieldDefinition) -> Decoder:
    """What the column holds -> value."""
    inner = _DECODERS[storage_of(field)](scale_of(field))
    type_ = field.type
    if type_ is None or type(type_).from_storage is Field.from_storage:
        return lambda raw: None if raw is None else inner(raw)
    return lambda raw: None if raw is None else type_.from_storage(inner(raw), field)


def to_bytes(raw: Raw) -> bytes:
    """The plaintext of a sealed column: what the column would have held, as bytes."""
    return raw if isinstance(raw, bytes) else str(raw).encode()


def from_bytes(plain: bytes, field: FieldDefinition) -> Raw:
    """The inverse of `to_bytes`, ready for the decoder."""
    return bytes_reader(field)(plain)


def bytes_reader(field: FieldDefinition) -> Callable[[bytes], Raw]:
    """`from_bytes` for many values of one field."""
    storage = storage_of(field)
    if storage is Storage.BYTES:
        return bytes
    return bytes.decode if storage in (Storage.TEXT, Storage.JSON) else int


def link_values(field: FieldDefinition) -> Callable[[Any], list[int | str]]:
    """Value of a many-valued field -> the rows of its link table: record ids as integers."""
    type_ = field.type
    assert type_ is not None
    reference = type_.reference(field)
    if reference is None:
        return lambda value: [] if _blank(value) else _once(str(item) for item in value)
    kind: Callable[[str], int | str] = int if reference.target in ("record", "file") else str
    return lambda value: [] if _blank(value) else _once(map(kind, type_.references(value, field)))


def _once(items: Any) -> list[Any]:
    return list(dict.fromkeys(items))


def _blank(value: Any) -> bool:
    return value is None or value == "" or value == []


# -- one pair of functions a storage kind, each bound to the field's scale -------------------------
def _encode_text(_scale: int) -> Encoder:
    return lambda value: _storable(str(value))


def _storable(text: str) -> str:
    """PostgreSQL has no NUL in texts and nobody has half a surrogate pair in UTF-8."""
    if "\0" in text:
        raise BadValue("value.unreadable_text")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise BadValue("value.unreadable_text") from None
    return text


def _encode_integer(_scale: int) -> Encoder:
    def encode_integer(value: Any) -> int:
        return _fits(value // timedelta(microseconds=1) if isinstance(value, timedelta) else int(value))

    return encode_integer


def _fits(number: int) -> int:
    if not -LARGEST <= number <= LARGEST:
        raise BadValue("value.out_of_range")
    return number


def _encode_decimal(scale: int) -> Encoder:
    def encode_decimal(value: Any) -> int:
        number = value if isinstance(value, Decimal) else Decimal(value)
        if not number.is_finite() or number.adjusted() + scale > 18:
            raise BadValue("value.out_of_range")
        scaled = number.scaleb(scale, _EXACT)
        return _fits(int(scaled.to_integral_value(ROUND_HALF_EVEN)))

    return encode_decimal


def _decode_decimal(scale: int) -> Decoder:
    return lambda raw: Decimal(raw).scaleb(-scale, _EXACT)


def _encode_json(_scale: int) -> Encoder:
    def encode_json(value: Any) -> str:
        try:
            return canonical_json(value).decode()
        except UnicodeEncodeError:
            raise BadValue("value.unreadable_text") from None

    return encode_json


def _constant(function: Callable[[Any], Any]) -> Callable[[int], Callable[[Any], Any]]:
    return lambda _scale: function


_ENCODERS: Mapping[Storage, Callable[[int], Encoder]] = {
    Storage.TEXT: _encode_text,
    Storage.INTEGER: _encode_integer,
    Storage.DECIMAL: _encode_decimal,
    Storage.BOOLEAN: _constant(int),
    Storage.DATE: _constant(lambda value: value.toordinal()),
    Storage.TIMESTAMP: _constant(microseconds),
    Storage.JSON: _encode_json,
    Storage.BYTES: _constant(bytes),
}
_DECODERS: Mapping[Storage, Callable[[int], Decoder]] = {
    Storage.TEXT: _constant(str),
    Storage.INTEGER: _constant(int),
    Storage.DECIMAL: _decode_decimal,
    Storage.BOOLEAN: _constant(bool),
    Storage.DATE: _constant(date.fromordinal),
    Storage.TIMESTAMP: _constant(from_microseconds),
    Storage.JSON: _constant(parse_json),
    Storage.BYTES: _constant(bytes),
}
