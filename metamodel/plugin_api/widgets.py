"""Widgets of reports."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any, ClassVar

import msgspec

from metamodel.asks import Ask, Drawing, Key, WordAnswer
from metamodel.labels import labelled
from metamodel.plugin_api.declaring import Options, OptionsType, Plugin
from metamodel.plugin_api.fields import Display
from metamodel.problems import Problem


class WidgetOptions(Options, frozen=True, kw_only=True):
    """What every widget is told: its place on the board and a note under it."""

    width: Annotated[int, labelled("宽（共 12 格）", "Width of 12", ge=1, le=12)] = 6
    height: Annotated[int, labelled("高", "Height", ge=1, le=8)] = 3
    note: Annotated[str | dict[str, str], labelled("说明", "Note")] = ""


class Widget(Plugin):
    """Asks, and draws the answers. Pure: the engine answers, with the viewer's rows, one statement an ask.

    A chart is an ECharts option without script: no functions, no colours but names of the page's palette.
    What leads to records carries `"key"`, made by `drill_key`."""

    kind = "widget"
    # Sane ones for docs and contract tests, over a form `sample` with the fields name (text), person
    # (member), stage (select), amount (money), at (datetime, what the board's period means), note (long_text).
    example_options: ClassVar[Mapping[str, Any]] = {}

    Options: ClassVar[OptionsType] = WidgetOptions

    def check_options(self, options: Any) -> list[Problem]:
        """What the asks themselves do not tell. Paths are relative to the options."""
        return []

    @abstractmethod
    def asks(self, options: Any) -> list[Ask]:
        """Dataset, dimensions and measures are the very ones of the options."""
        ...

    @abstractmethod
    def draw(self, options: Any, answers: Sequence[Any], display: Display) -> Drawing:
        """`answers` beside `asks`, in their order."""
        ...

    def words(self, options: Any, answer: WordAnswer) -> Iterable[Mapping[str, Any]]:
        """What an app's test may ask of the words: `word`, `uses`, `other`, and what the widget makes of them."""
        for one in answer.words:
            yield {"word": one.word, "uses": one.uses, "other": one.other}


def drill_key(measure: str, *keys: Key) -> str:
    """What a datum carries so that its records can be found again."""
    return msgspec.json.encode([measure, *keys]).decode()
