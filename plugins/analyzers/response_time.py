"""How long customers wait for an answer, in working time, and whether one waits now.

A customer's message begins a wait, our next one ends it; what the customer adds meanwhile
changes nothing. A goodbye or a thank-you alone begins none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field as dataclass_field
from datetime import datetime, timedelta
from typing import Annotated, Any

from metamodel.plugin_api import (
    ANY,
    DATETIME,
    DURATION,
    TEXT,
    Analyzer,
    Finding,
    House,
    Material,
    Options,
    Reads,
    Registry,
    Type,
    labelled,
)
from plugins.closings import CLOSINGS, closes


class ResponseTimeOptions(Options, frozen=True):
    """Of which records, and into which fields; a blank field is not filled."""

    form: Annotated[str, labelled("消息表单", "Form of the messages")] = "message"
    via: Annotated[str, labelled("消息里指向本记录的字段", "Their field that points here")] = "conversation"
    moment: Annotated[str, labelled("发生时间字段", "Field of the moment")] = "sent_at"
    direction: Annotated[str, labelled("方向字段", "Field of the direction")] = "direction"
    text: Annotated[str, labelled("正文字段（识别客气话）", "Field of the text (to know goodbyes)")] = ""
    incoming: Annotated[tuple[str, ...], labelled("客户发来", "From the customer")] = ("in",)
    outgoing: Annotated[tuple[str, ...], labelled("我方发出", "From us")] = ("out",)
    closings: Annotated[tuple[str, ...], labelled("不需回复的话", "What needs no answer")] = CLOSINGS
    first: Annotated[str, labelled("首次响应写入", "First response goes to")] = ""
    average: Annotated[str, labelled("平均响应写入", "Average response goes to")] = ""
    waiting: Annotated[str, labelled("待回复起写入", "Waiting since goes to")] = ""


class ResponseTime(Analyzer):
    name = "response_time"
    label = {"zh": "响应时间", "en": "Response time"}
    icon = "clock"
    doc = {
        "zh": "按工作时间计算客户等待回复的时长：首次、平均，以及现在是否有人在等",
        "en": "How long customers wait, in working time: first, on average, and whether one waits now",
    }
    Options = ResponseTimeOptions

    def reads(self, options: ResponseTimeOptions) -> Reads:
        fields, types = [options.moment, options.direction], [DATETIME, ANY]
        if options.text:
            fields, types = [*fields, options.text], [*types, TEXT]
        return Reads(tuple(fields), options.form, options.via, tuple(types))

    def fills(self, options: ResponseTimeOptions) -> dict[str, Type]:
        types = {options.first: DURATION, options.average: DURATION, options.waiting: DATETIME}
        return {field: known for field, known in types.items() if field}

    def find(
        self, options: ResponseTimeOptions, materials: Sequence[Material], house: House
    ) -> list[Finding]:
        return [Finding(_values(options, _waits(options, one, house))) for one in materials]


@dataclass
class _Waits:
    """The waits of one conversation: those that ended, and the one that goes on."""

    ended: list[timedelta] = dataclass_field(default_factory=list)
    since: datetime | None = None


def _values(options: ResponseTimeOptions, waits: _Waits) -> dict[str, Any]:
    ended = waits.ended
    values = {
        options.first: ended[0] if ended else None,
        options.average: sum(ended, timedelta()) // len(ended) if ended else None,
        options.waiting: waits.since,
    }
    return {field: value for field, value in values.items() if field}


def _waits(options: ResponseTimeOptions, material: Material, house: House) -> _Waits:
    waits = _Waits()
    for moment, incoming in sorted(_events(options, material)):
        if incoming and waits.since is None:
            waits.since = moment
        elif not incoming and waits.since is not None:
            waits.ended.append(house.working_time(waits.since, moment))
            waits.since = None
    return waits


def _events(options: ResponseTimeOptions, material: Material) -> Iterator[tuple[datetime, bool]]:
    """(moment, is it the customer's) of what counts; of one moment ours come first."""
    for row in material.rows:
        moment, direction = row.get(options.moment), row.get(options.direction)
        if moment is None:
            continue
        if direction in options.outgoing:
            yield moment, False
        elif direction in options.incoming and not _closes(options, row):
            yield moment, True


def _closes(options: ResponseTimeOptions, row: Mapping[str, Any]) -> bool:
    text = row.get(options.text) if options.text else None
    return isinstance(text, str) and closes(text, options.closings)


def register(registry: Registry) -> None:
    registry.add(ResponseTime())
