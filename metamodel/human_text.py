"""Reading what people type and showing it back: numbers, dates, durations, lists.

Forgiving on the way in (full-width digits, `1,234.50`, `3万`, `2026/11/20 9:05`,
`2小时5分`), exact always: what cannot be read without losing something is a BadValue.
Used by field types through `plugin_api`, and wherever people type a value.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta, tzinfo
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Any

from metamodel.problems import BadValue

MAX_BYTES = 10 * 1024 * 1024
MAX_DIGITS = 18  # what a scaled 64-bit integer holds whatever the digits
MAX_ITEMS = 10_000
_EXACT = Context(prec=80)
_LONGEST = timedelta(days=100_000_000)

_FOLDS = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_FOLDS.update({0x3000: 0x20, 0xA0: 0x20, 0x2212: 0x2D, 0xFFE5: 0xA5, 0x3002: 0x2E})

_NUMBER = re.compile(
    r"([+-]?)((?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,4}(?:,[0-9]{4})+|[0-9]+)?(?:\.[0-9]*)?(?:[eE][+-]?[0-9]{1,3})?)"
    r" ?([千万亿]?)"
)
_POWERS = {"": 0, "千": 3, "万": 4, "亿": 8}
_DATE_TEXT = (
    r"(?P<year>[0-9]{4})(?P<sep>[-/.年])(?P<month>[0-9]{1,2})(?:(?!年)(?P=sep)|月)(?P<day>[0-9]{1,2})日?"
)
_DATE = re.compile(rf"{_DATE_TEXT}|(?P<whole>[0-9]{{8}})")
_MOMENT = re.compile(
    rf"{_DATE_TEXT}(?:(?:[Tt]| +|(?<=日))(?P<hour>[0-9]{{1,2}})[:时点](?P<minute>[0-9]{{1,2}})分?"
    r"(?::?(?P<second>[0-9]{1,2})(?:\.(?P<fraction>[0-9]{1,9}))?秒?)?)?"
    r" ?(?P<offset>[Zz]|[+-][0-9]{2}:?[0-9]{2})?"
)
_ISO_DURATION = re.compile(
    r"([+-]?)P(?:([0-9]+)D)?(?:T(?:([0-9]+)H)?(?:([0-9]+)M)?(?:([0-9]+(?:\.[0-9]{1,6})?)S)?)?", re.IGNORECASE
)
_CLOCK = re.compile(r"([+-]?)([0-9]{1,9}):([0-5][0-9])(?::([0-5][0-9](?:\.[0-9]{1,6})?))?")
_PART = re.compile(r"([0-9]+(?:\.[0-9]+)?) ?([a-z\u4e00-\u9fff]+) ?")
_SECONDS = {
    unit: seconds
    for units, seconds in (
        ("周 星期 w week weeks", 604_800),
        ("天 日 d day days", 86_400),
        ("小时 个小时 时 h hr hour hours", 3_600),
        ("分钟 分 m min mins minute minutes", 60),
        ("秒 秒钟 s sec second seconds", 1),
    )
    for unit in units.split()
}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_SEPARATORS = re.compile(r"[,，、;；\n\r\t]+")


# -- text ------------------------------------------------------------------------------------------


def fold(text: str) -> str:
    """Full-width letters, digits and marks as their ASCII twins, outer blanks gone."""
    return text.strip() if text.isascii() else text.translate(_FOLDS).strip()


def excerpt(raw: Any, length: int = 40) -> str:
    """A short, printable beginning of what was sent, for the words of a problem."""
    text = raw if isinstance(raw, str) else repr(raw)[: length * 4]
    shown = "".join(letter if letter.isprintable() else "·" for letter in text[:length])
    return shown + ("…" if len(text) > length else "")


def clean_text(raw: Any, limit: int = MAX_BYTES) -> str:
    """`raw` as text that any database and any JSON can hold."""
    if isinstance(raw, str):
        text = raw
    elif isinstance(raw, (int, float, Decimal)) and not isinstance(raw, bool):
        text = str(raw)
    else:
        raise BadValue("value.not_text")
    try:
        size = len(text) if text.isascii() else len(text.encode())
    except UnicodeEncodeError:  # half of a surrogate pair
        size = -1
    if size < 0 or "\0" in text:
        raise BadValue("value.unreadable_text")
    if size > limit:
        raise BadValue("value.too_long", limit=f"{limit // 1024:,} KB" if limit >= 1024 else limit)
    return text


def split_list(raw: Any) -> list[Any]:
    """A list as it is, or a line of items parted by commas, semicolons or line breaks."""
    if isinstance(raw, (list, tuple)):
        items = [item for item in raw if item is not None and item != ""]
    elif isinstance(raw, str):
        items = [item.strip() for item in _SEPARATORS.split(clean_text(raw)) if item.strip()]
    else:
        raise BadValue("value.not_a_list")
    if len(items) > MAX_ITEMS:
        raise BadValue("value.too_many", limit=MAX_ITEMS)
    return items


def list_joint(language: str = "zh") -> str:
    """What stands between the items of a list."""
    return "、" if language.startswith("zh") else ", "


def show_list(items: Iterable[str], language: str = "zh") -> str:
    """`甲、乙` or `a, b`."""
    return list_joint(language).join(items)


# -- numbers ---------------------------------------------------------------------------------------


def read_number(raw: Any) -> Decimal:
    """An exact number; text may be grouped by commas and end in 千, 万 or 亿."""
    if isinstance(raw, Decimal):
        number = raw
    elif isinstance(raw, int) and not isinstance(raw, bool):
        number = Decimal(raw)
    elif isinstance(raw, float):
        number = Decimal(repr(raw))
    elif isinstance(raw, str):
        number = _number_from(raw)
    else:
        raise BadValue("value.not_a_number", text=excerpt(raw))
    if not number.is_finite():
        raise BadValue("value.not_a_number", text=excerpt(raw))
    if number and not -MAX_DIGITS <= number.adjusted() < MAX_DIGITS:
        raise BadValue("value.out_of_range")
    return number


def fit_number(number: Decimal, places: int) -> Decimal:
    """Rounded half to even to `places`, and small enough to be kept as a scaled integer."""
    fitted = number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_EVEN, _EXACT)
    if abs(fitted.scaleb(places, _EXACT)) >= 10**MAX_DIGITS:
        raise BadValue("value.out_of_range")
    return fitted if fitted else abs(fitted)


def _number_from(raw: str) -> Decimal:
    found = _NUMBER.fullmatch(fold(raw[:100])) if len(raw) <= 100 else None
    if found is None or not any(letter.isdigit() for letter in found[2].split("e")[0].split("E")[0]):
        raise BadValue("value.not_a_number", text=excerpt(raw))
    return Decimal(found[1] + found[2].replace(",", "")).scaleb(_POWERS[found[3]])


def show_number(number: Decimal | int, places: int | None = None) -> str:
    """Grouped by thousands; `places` digits after the point, or as many as it has."""
    if places is not None:
        return f"{number:,.{places}f}"
    text = f"{number:,f}" if isinstance(number, Decimal) else f"{number:,}"
    return text.rstrip("0").rstrip(".") if "." in text else text


# -- dates and times -------------------------------------------------------------------------------


def read_date(raw: Any) -> date:
    if isinstance(raw, date) and not isinstance(raw, datetime):
        return raw
    found = _DATE.fullmatch(fold(raw)) if isinstance(raw, str) and len(raw) <= 40 else None
    try:
        if found is None:
            raise ValueError
        if found["whole"]:
            return datetime.strptime(found["whole"], "%Y%m%d").date()  # noqa: DTZ007 -- a day has no zone
        return date(int(found["year"]), int(found["month"]), int(found["day"]))
    except ValueError:
        raise BadValue("value.not_a_date", text=excerpt(raw)) from None


def read_moment(raw: Any, zone: tzinfo) -> datetime:
    """An aware moment in UTC; what carries no offset is read in `zone`."""
    moment = raw if isinstance(raw, datetime) else _moment_from(raw)
    try:
        return moment.astimezone(UTC) if moment.tzinfo else _from_local(moment, zone)
    except OverflowError:
        raise BadValue("value.out_of_range") from None


def _moment_from(raw: Any) -> datetime:
    found = _MOMENT.fullmatch(fold(raw)) if isinstance(raw, str) and len(raw) <= 60 else None
    try:
        if found is None:
            raise ValueError
        year, month, day = int(found["year"]), int(found["month"]), int(found["day"])
        hour, minute, second = (int(found[part] or 0) for part in ("hour", "minute", "second"))
        fraction = int((found["fraction"] or "").ljust(6, "0")[:6])
        return datetime(year, month, day, hour, minute, second, fraction, _offset(found["offset"]))
    except ValueError:
        raise BadValue("value.not_a_time", text=excerpt(raw)) from None


def _offset(text: str | None) -> tzinfo | None:
    if not text:
        return None
    return UTC if text in "Zz" else datetime.strptime(text, "%z").tzinfo


def _from_local(local: datetime, zone: tzinfo) -> datetime:
    """A time that comes twice is its first; one that local clocks skip is nobody's meaning."""
    moment = local.replace(tzinfo=zone).astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) != local:
        raise BadValue("value.no_such_time", text=f"{local:%Y-%m-%d %H:%M}")
    return moment


def iso_moment(moment: datetime) -> str:
    """`2026-11-20T01:05:00Z`, with microseconds only where there are any."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"


def show_date(day: date, language: str = "zh") -> str:
    if language.startswith("zh"):
        return f"{day.year:04d}-{day.month:02d}-{day.day:02d}"
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def show_moment(moment: datetime, zone: tzinfo, language: str = "zh", seconds: bool = False) -> str:
    local = _local(moment, zone)
    clock = f"{local.hour:02d}:{local.minute:02d}" + (f":{local.second:02d}" if seconds else "")
    return f"{show_date(local, language)}{' ' if language.startswith('zh') else ', '}{clock}"


def day_of(moment: datetime, zone: tzinfo) -> date:
    """The day it is in `zone` at that moment; a moment without an offset is local already."""
    return _local(moment, zone).date() if moment.tzinfo else moment.date()


def _local(moment: datetime, zone: tzinfo) -> datetime:
    try:
        return moment.astimezone(zone)
    except OverflowError:  # the first or last day of the calendar
        return moment


# -- durations -------------------------------------------------------------------------------------


def read_duration(raw: Any) -> timedelta:
    """ISO 8601, `2:05`, `2小时5分`, `2h 5m`, or a number of seconds; exact to the microsecond."""
    if isinstance(raw, timedelta):
        duration = raw
    else:
        microseconds = _seconds(raw) * 1_000_000
        if microseconds != microseconds.to_integral_value():
            raise BadValue("value.too_precise", places=6)
        if abs(microseconds) > 10**20:
            raise BadValue("value.out_of_range")
        duration = timedelta(microseconds=int(microseconds))
    if abs(duration) > _LONGEST:
        raise BadValue("value.out_of_range")
    return duration


def _seconds(raw: Any) -> Decimal:
    if not isinstance(raw, str):
        return read_number(raw)
    text = fold(raw).lower() if len(raw) <= 100 else ""
    if found := _ISO_DURATION.fullmatch(text):
        if any(found.groups()[1:]):
            return _signed(found[1], found[2], found[3], found[4], found[5])
    elif found := _CLOCK.fullmatch(text):
        return _signed(found[1], None, found[2], found[3], found[4])
    elif text and text[-1] in "0123456789":
        return _plain_seconds(raw)
    elif text:
        return _spoken(text, raw)
    raise BadValue("value.not_a_duration", text=excerpt(raw))


def _plain_seconds(raw: str) -> Decimal:
    try:
        return read_number(raw)
    except BadValue:
        raise BadValue("value.not_a_duration", text=excerpt(raw)) from None


def _signed(
    sign: str, days: str | None, hours: str | None, minutes: str | None, seconds: str | None
) -> Decimal:
    total = (Decimal(days or 0) * 24 + Decimal(hours or 0)) * 3600 + Decimal(minutes or 0) * 60
    total += Decimal(seconds or 0)
    return -total if sign == "-" else total


def _spoken(text: str, raw: str) -> Decimal:
    total, at, negative = Decimal(0), 0, text.startswith("-")
    text = text.lstrip("+-")
    while at < len(text):
        found = _PART.match(text, at)
        if found is None or found[2] not in _SECONDS:
            raise BadValue("value.not_a_duration", text=excerpt(raw))
        total += Decimal(found[1]) * _SECONDS[found[2]]
        at = found.end()
    return -total if negative else total


def _split(duration: timedelta) -> tuple[int, int, int, str]:
    seconds = duration.days * 86_400 + duration.seconds
    rest, minutes = seconds % 60, seconds // 60
    text = f"{rest}.{duration.microseconds:06d}".rstrip("0") if duration.microseconds else str(rest)
    return minutes // 1440, minutes // 60 % 24, minutes % 60, text


def iso_duration(duration: timedelta) -> str:
    """`PT2H5M`, `-P1DT0.5S`, `PT0S`."""
    if duration < timedelta(0):
        return "-" + iso_duration(-duration)
    days, hours, minutes, seconds = _split(duration)
    clock = f"{hours}H" * bool(hours) + f"{minutes}M" * bool(minutes) + f"{seconds}S" * (seconds != "0")
    return ("P" + f"{days}D" * bool(days) + f"T{clock}" * bool(clock)) if days or clock else "PT0S"


def show_duration(duration: timedelta, language: str = "zh") -> str:
    """`2 小时 5 分` or `2 h 5 min`: the parts that are not nought."""
    if duration < timedelta(0):
        return "-" + show_duration(-duration, language)
    units = ("天", "小时", "分", "秒") if language.startswith("zh") else ("d", "h", "min", "s")
    parts = [str(part) for part in _split(duration)]
    shown = [f"{part} {unit}" for part, unit in zip(parts, units, strict=True) if part != "0"]
    return " ".join(shown) or f"0 {units[3]}"
