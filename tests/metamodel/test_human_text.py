"""Reading what people type and showing it back: round trips over everything, hostile text in no time."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, strategies as st

from metamodel.human_text import (
    clean_text,
    day_of,
    excerpt,
    fit_number,
    fold,
    iso_duration,
    iso_moment,
    read_date,
    read_duration,
    read_moment,
    read_number,
    show_date,
    show_duration,
    show_list,
    show_number,
    split_list,
)
from metamodel.problems import BadValue

MOMENTS = st.datetimes(timezones=st.just(UTC))
DURATIONS = st.timedeltas(timedelta(days=-100_000_000), timedelta(days=100_000_000))
NUMBERS = st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**13), max_value=10**13)


@given(MOMENTS)
def test_moments_round_trip(moment: datetime) -> None:
    assert read_moment(iso_moment(moment), UTC) == moment


@given(DURATIONS)
def test_durations_round_trip(duration: timedelta) -> None:
    assert read_duration(iso_duration(duration)) == duration


@given(NUMBERS)
def test_numbers_round_trip_grouped_or_not(number: Decimal) -> None:
    assert (
        read_number(show_number(number)) == number == read_number(str(number)) == read_number(f"{number:f}")
    )


@given(st.dates())
def test_dates_round_trip_as_they_are_shown(day: date) -> None:
    assert read_date(show_date(day)) == day


@given(st.timedeltas(timedelta(0), timedelta(days=900)))
def test_durations_round_trip_as_they_are_shown(duration: timedelta) -> None:
    for language in ("zh", "en"):
        assert read_duration(show_duration(duration, language)) == duration


@given(st.lists(st.text("甲乙ab ").map(str.strip).filter(bool), max_size=5))
def test_lists_round_trip_as_they_are_shown(items: list[str]) -> None:
    for language in ("zh", "en"):
        assert split_list(show_list(items, language)) == items


@given(st.text())
def test_any_text_is_a_value_or_a_bad_value(text: str) -> None:
    for read in (read_number, read_date, read_duration, lambda raw: read_moment(raw, UTC)):
        with suppress(BadValue):
            read(text)
    assert len(excerpt(text)) <= 41
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    ("number", "places", "fitted"), [("1.005", 2, "1.00"), ("1.015", 2, "1.02"), ("-0.001", 2, "0.00")]
)
def test_rounding_is_half_to_even_and_nought_has_no_sign(number: str, places: int, fitted: str) -> None:
    assert str(fit_number(Decimal(number), places)) == fitted


def test_the_ends_of_the_calendar() -> None:
    first, last = datetime(1, 1, 1, tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
    assert read_moment(iso_moment(first), UTC) == first
    assert day_of(last, UTC) == date(9999, 12, 31)


@pytest.mark.parametrize("text", ["a\0", "\ud800"])
def test_what_no_database_holds_is_no_text(text: str) -> None:
    with pytest.raises(BadValue):
        clean_text(text)
