"""What the newer field types make of what people write: leap days and zones, places, ranges, rich text, codes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings, strategies as st

from builder_ui.code_svg import code_svg
from metamodel.markup import clean_html, html_text, rich_html
from metamodel.plugin_api import BadValue, Registry
from plugins.fields.business_codes import is_credit_code, is_ean
from plugins.fields.datetime import DateTime
from plugins.fields.regions import find_place, leading_place, places
from tests.contract.field_promises import define


def parse(kind: str, raw: Any, **options: Any) -> Any:
    field = define(kind, options)
    assert field.type is not None
    try:
        return field.type.parse(raw, field)
    except BadValue as error:
        return error.code


@pytest.mark.parametrize(
    ("kind", "raw", "value"),
    [
        ("date", "2028-02-29", "2028-02-29"),
        ("date", "2027-02-29", "value.not_a_date"),
        ("date", "1900-02-29", "value.not_a_date"),
        ("date", "2000年2月29日", "2000-02-29"),
        ("month", "2028年2月", "2028-02-01"),
        ("date_range", "2027-12-31 至 2028-02-29", "2027-12-31/2028-02-29"),
        ("date_range", "2027-02-29/2027-03-01", "value.not_a_range"),
        ("date_range", {"start": "2026-11-20", "end": "2026-11-20"}, "2026-11-20/2026-11-20"),
        ("location", "90,180", "90.000000,180.000000"),
        ("location", "-90,-180 南极", "-90.000000,-180.000000 南极"),
        ("location", "90.000001,0", "value.not_a_location"),
        ("location", "-0.0000001,0", "0.000000,0.000000"),
        ("region", "福建 厦门 思明", "350203"),
        ("region", "朝阳区", "value.not_a_region"),  # there are several
        ("region", "香港", "810000"),
        ("address", "吉林省吉林市船营区北京路1号", "吉林省吉林市船营区 北京路1号"),
        ("address", "北京路1号", "北京路1号"),
        ("transcript", "1:00:00 甲：到点", [{"at": 3600, "who": "甲", "said": "到点"}]),
        ("transcript", [{"at": -1, "said": "x"}], "value.not_a_turn"),
        ("checklist", ["[√] 甲；乙"], [{"text": "甲，乙", "done": True}]),
    ],
)
def test_what_is_written_is_understood(kind: str, raw: Any, value: Any) -> None:
    found = parse(kind, raw)
    assert (found.isoformat() if hasattr(found, "isoformat") else found) == value


@pytest.mark.parametrize(
    ("zone", "written", "moment"),
    [
        ("Asia/Shanghai", "2026-11-20 09:05", "2026-11-20T01:05:00Z"),
        ("Europe/Berlin", "2026-03-29 03:30", "2026-03-29T01:30:00Z"),  # after the hour that is left out
        ("Europe/Berlin", "2026-10-25 02:30", "2026-10-25T00:30:00Z"),  # the first of two
        ("America/New_York", "2028-02-29 23:30", "2028-03-01T04:30:00Z"),
        ("Asia/Kathmandu", "2026-01-01 00:00", "2025-12-31T18:15:00Z"),
    ],
)
def test_a_moment_is_read_where_one_is(zone: str, written: str, moment: str) -> None:
    registry = Registry()
    registry.zone = ZoneInfo(zone)
    kind, field = DateTime(registry), define("datetime")
    value = kind.parse(written, field)
    assert (value.tzinfo, kind.to_json(value, field)) == (UTC, moment)
    assert kind.parse(kind.to_json(value, field), field) == value == datetime.fromisoformat(moment)


def test_the_divisions_are_there_and_old_ones_stay_readable() -> None:
    today = [place for place in places().values() if place.today]
    assert sum(place.level == 2 for place in today) == 34
    assert sum(place.level == 6 for place in today) > 2_800
    gone = places()["110103"]  # 崇文区, until 2010
    assert (gone.names, gone.today) == (("北京市", "崇文区"), False)
    assert parse("region", "110103") == "110103"
    assert all(find_place("".join(place.names)) == place for place in today)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(sorted(places())), st.text(alphabet="路号1 室北京市海淀区-，", max_size=20))
def test_an_address_is_put_together_and_taken_apart(code: str, street: str) -> None:
    value = parse("address", {"region": code, "street": street})
    assert parse("address", value) == value
    place, rest = leading_place(value)
    assert place is not None
    assert parse("address", {"region": place.code, "street": rest}) == value


MARKUP = st.lists(
    st.sampled_from(
        ["<p>", "</p>", "<b>", "</b>", "<ul><li>", "</ul>", "<script>", "<img src=x onerror=y>", "a", "<", "&amp;",
         "\n",
         "<a href='javascript:alert(1)'>", "<a href=https://a.example>", "</a>", "<table><td>", "<br>",
         "<svg/onload=x>"]
    ),
    max_size=12,
).map("".join)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(MARKUP)
def test_rich_text_is_clean_and_stays_as_it_is(text: str) -> None:
    once = rich_html(text)
    assert rich_html(once) == once
    assert clean_html(once) == once
    lower = once.lower()
    assert not any(word in lower for word in ("<script", "<img", "<svg", "javascript:", "<table"))
    assert (once == "") == (html_text(once) == "")


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("91350100M000100Y43", True),
        ("91350100M000100Y44", False),
        ("91350100M000100Y4", False),
        ("9135010OM000100Y43", False),
    ],
)
def test_the_credit_code_has_a_check_sign(text: str, right: bool) -> None:
    assert is_credit_code(text) is right


@pytest.mark.parametrize(
    ("text", "right"), [("6901234567892", True), ("96385074", True), ("6901234567891", False), ("٦", False)]
)
def test_ean_has_a_check_digit(text: str, right: bool) -> None:
    assert is_ean(text) is right


@pytest.mark.parametrize(("text", "kind", "drawn"), [
    ("https://a.example/?x=<1>", "qr", True), ("汉字 emoji 👩‍👩‍👧", "qr", True), ("a" * 3000, "qr", False),
    ("SN-001", "code128", True), ("汉", "code128", False), ("6901234567892", "ean", True), ("1", "ean", False),
])  # fmt: skip
def test_a_code_is_drawn_without_its_text(text: str, kind: str, drawn: bool) -> None:
    picture = str(code_svg(text, kind))
    assert bool(picture) is drawn
    assert text not in picture or len(text) == 1
