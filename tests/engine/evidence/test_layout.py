"""What is hashed of a row: every column, under its physical name, in canonical JSON."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import pytest
import rfc8785
from hypothesis import given, strategies as st

from engine.evidence.layout import Layout, hashed
from engine.tables import Entry, FormTable, Shape, form_table
from engine.values import canonical_json
from metamodel.plugin_api import Storage

texts = st.text(st.characters(exclude_categories=["Cs"]))
names = st.from_regex(r"[a-z][a-z0-9_]{0,20}", fullmatch=True)
objects = st.recursive(
    texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=5),
    max_leaves=12,
)

KEY = b"k" * 32
SALT = b"s" * 16


def entry(number: int, field: str, state: Any = "active", **shape: Any) -> Entry:
    physical = f"c_{number}_{field}" if field else f"r_{number}"
    return Entry(number, "vault", "message", field, Shape(**shape), physical, state)


def table(*fields: Entry) -> FormTable:
    return form_table(entry(1, "", kind="archive"), list(fields))


FIELDS = (
    entry(2, "content", evidence=True, sealed=True),
    entry(3, "sender", evidence=True),
    entry(4, "score", storage=Storage.INTEGER),
    entry(5, "tags", storage=Storage.JSON, many=True),
)
ROW: dict[str, Any] = {
    "id": 7, "revision": 1, "version": 2, "created_at": 5, "created_by": "li", "updated_at": 6, "updated_by": "li",
    "c_2_content": b"\x00\xff", "c_3_sender": '"张三"\n', "c_4_score": -3, "c_5_tags": None,
}  # fmt: skip


@given(objects)
def test_our_canonical_json_is_the_standards(value: Any) -> None:
    assert canonical_json(value) == rfc8785.dumps(value)


def test_the_hashed_objects() -> None:
    layout = Layout.of(table(*FIELDS))
    evidence, working = layout.hashes(ROW, SALT, KEY)
    key = base64.b64encode(KEY).decode()
    own = {"c_2_content": "AP8=", "c_3_sender": '"张三"\n', "created_at": "5", "created_by": "li", "key": key}
    moving = {
        "c_4_score": "-3", "key": key, "revision": "1", "updated_at": "6", "updated_by": "li", "version": "2",
    }  # fmt: skip
    assert evidence == hashlib.sha256(SALT + rfc8785.dumps(own)).digest()
    assert working == hashlib.sha256(SALT + rfc8785.dumps(moving)).digest()


@pytest.mark.parametrize("column", [name for name in ROW if name != "id"])
def test_every_column_counts(column: str) -> None:
    layout = Layout.of(table(*FIELDS))
    value = ROW[column]
    other = 9 if isinstance(value, int) else b"x" if isinstance(value, bytes) else "x"
    before, after = layout.hashes(ROW, SALT, KEY), layout.hashes({**ROW, column: other}, SALT, KEY)
    assert (before[0] == after[0]) != (before[1] == after[1])
    assert layout.hashes(ROW, SALT, b"o" * 32)[0] != before[0]
    assert layout.hashes(ROW, b"o" * 16, KEY) != before


def test_parking_and_adding_a_field_change_no_hash() -> None:
    """What becomes of a definition later must not make an old row look touched."""
    before = Layout.of(table(*FIELDS)).hashes(ROW, SALT, KEY)
    parked = [entry(2, "content", "parked", evidence=True, sealed=True), *FIELDS[1:], entry(9, "content")]
    after = Layout.of(table(*parked)).hashes({**ROW, "c_9_content": None}, SALT, KEY)
    assert after == before
    assert (
        Layout.of(table(*FIELDS)).hashes({k: v for k, v in ROW.items() if v is not None}, SALT, KEY) == before
    )


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("c_4_score", "5"),
        ("c_4_score", 5.0),
        ("c_3_sender", b"x"),
        ("c_2_content", "AP8="),
        ("created_by", 3),
    ],
)
def test_another_type_is_a_misfit(column: str, value: Any) -> None:
    layout = Layout.of(table(*FIELDS))
    assert layout.misfits(ROW) == []
    assert layout.misfits({**ROW, column: value}) == [column]


def test_the_salt_hides() -> None:
    assert hashed(SALT, {"a": "1"}) == hashlib.sha256(SALT + b'{"a":"1"}').digest()
