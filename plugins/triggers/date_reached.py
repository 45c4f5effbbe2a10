"""A date of a record is reached, or is so long away or ago. Once for each record."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated

from metamodel.plugin_api import (
    Live,
    Lookup,
    Options,
    Registry,
    Rollup,
    RowsDue,
    Texts,
    Trigger,
    labelled,
    problem,
)
from plugins.spans import SPAN_TEXTS, check_span, span

if TYPE_CHECKING:
    from metamodel.plugin_api import ActionScope, Clock, Problem


class DateReachedOptions(Options, frozen=True):
    form: Annotated[str, labelled("表单", "Form")]
    field: Annotated[str, labelled("日期或时间字段", "Field of the date")]
    offset: Annotated[str, labelled("推迟（PT30M）或提前（-P1D）", "Later (PT30M) or earlier (-P1D)")] = ""


class DateReached(Trigger):
    name = "date_reached"
    label = {"zh": "到达日期", "en": "Date reached"}
    icon = "calendar"
    doc = {
        "zh": "记录的某个日期到了（或提前、推迟一段时间），每条记录一次",
        "en": "A date of a record is reached (or so long before or after), once for each record",
    }
    texts = {
        "rule.unknown_field": Texts("表单没有字段“{field}”", "The form has no field “{field}”"),
        "rule.not_a_date": Texts("“{field}”不是日期或时间", "“{field}” is neither a date nor a moment"),
        "rule.date_not_stored": Texts(
            "“{field}”不存放在记录里，到了也无从知道",
            "“{field}” is not kept in the record, so nobody would notice",
        ),
        **SPAN_TEXTS,
    }
    event = "clock"
    Options = DateReachedOptions

    def check_options(self, options: DateReachedOptions, scope: ActionScope) -> list[Problem]:
        found = []
        form = scope.app.form(options.form)
        field = form.field(options.field) if form else None
        if form is not None and field is None:
            found.append(problem("rule.unknown_field", "/field", field=options.field))
        elif field is not None and field.expression_type().kind not in ("date", "datetime"):
            found.append(problem("rule.not_a_date", "/field", field=options.field))
        elif field is not None and (field.sealed or isinstance(field.derived, Lookup | Rollup | Live)):
            found.append(problem("rule.date_not_stored", "/field", field=options.field))
        return [*found, *check_span(options.offset, "/offset")]

    def last_strike(
        self, options: DateReachedOptions, after: datetime, until: datetime, clock: Clock
    ) -> datetime | None:
        return until

    def picks(self, options: DateReachedOptions, after: datetime, until: datetime) -> RowsDue | None:
        return RowsDue("", options.field, span(options.offset) or timedelta(), after, until)


def register(registry: Registry) -> None:
    registry.add(DateReached())
