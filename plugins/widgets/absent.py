"""Absent: people of certain roles whom no record of the period names. Who is not archived, who never wrote."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

from metamodel.plugin_api import (
    AbsentAnswer,
    AbsentAsk,
    Dataset,
    Display,
    Drawing,
    Registry,
    Widget,
    WidgetOptions,
    drill_key,
    labelled,
)

if TYPE_CHECKING:
    from metamodel.plugin_api import Ask


class AbsentOptions(WidgetOptions, frozen=True, kw_only=True):
    dataset: Annotated[Dataset, labelled("数据集", "Dataset")]
    person: Annotated[str, labelled("人员字段", "Field of the person")]
    roles: Annotated[list[str], labelled("哪些角色的人", "People of these roles")]


class Absent(Widget):
    name = "absent"
    label = {"zh": "无记录人员", "en": "People without records"}
    icon = "people"
    doc = {
        "zh": "这些角色的在职人员中，所查时间内没有一条记录提到的人",
        "en": "People of these roles whom no record of the period names",
    }
    Options = AbsentOptions
    example_options = {"dataset": {"form": "sample"}, "person": "person", "roles": []}

    def asks(self, options: AbsentOptions) -> list[Ask]:
        return [AbsentAsk(options.dataset, options.person, tuple(options.roles))]

    def draw(self, options: AbsentOptions, answers: Sequence[AbsentAnswer], display: Display) -> Drawing:
        answer, zh = answers[0], display.language.startswith("zh")
        if not answer.people:
            every = f"{answer.of} 人都有" if zh else f"All {answer.of} are there"
            return Drawing("number", {"text": every})
        words = ("人员", "部门", "最近一条") if zh else ("Person", "Department", "Last record")
        rows = [
            {
                "head": [one.name],
                "cells": [{"text": one.department}, _last(one.days, one.id, zh)],
            }
            for one in answer.people
        ]
        count = (
            f"{answer.of} 人中的 {len(answer.people)} 人"
            if zh
            else f"{len(answer.people)} of {answer.of} people"
        )
        head = [[{"text": word} for word in words]]
        return Drawing("table", {"head": head, "rows": rows, "words": True, "who": count})


def _last(days: int | None, person: str, zh: bool) -> dict[str, str]:
    """How long ago, leading to the records; nowhere where there never was one."""
    if days is None:
        return {"text": "从未" if zh else "never"}
    text = f"{days} 天前" if zh else f"{days} days ago"
    return {"text": text, "key": drill_key("last", person)}


def register(registry: Registry) -> None:
    registry.add(Absent())
