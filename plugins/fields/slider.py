"""A whole number, dragged within a range."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from metamodel.plugin_api import (
    Display,
    Options,
    Problem,
    Registry,
    Texts,
    label_text,
    labelled,
    options_of,
    problem,
    show_number,
)
from plugins.fields.integer import LARGEST, Integer

if TYPE_CHECKING:
    from metamodel.plugin_api import FieldDefinition, Format, Label


class SliderOptions(Options, frozen=True):
    minimum: Annotated[int, labelled("最小值", "Minimum", ge=-LARGEST, le=LARGEST)] = 0
    maximum: Annotated[int, labelled("最大值", "Maximum", ge=-LARGEST, le=LARGEST)] = 100
    step: Annotated[int, labelled("步长", "Step", ge=1, le=LARGEST)] = 1
    unit: Annotated[str | dict[str, str], labelled("单位", "Unit")] = ""


class Slider(Integer):
    name = "slider"
    label = {"zh": "滑块", "en": "Slider"}
    icon = "sort"
    keywords: tuple[str, ...] = ("范围", "range")
    doc = {"zh": "在一段范围里拖出来的整数", "en": "A whole number, dragged within a range"}
    texts = {
        **Integer.texts,
        "value.off_step": Texts("应为从 {start} 起每 {step} 一档的数", "In steps of {step} from {start}"),
    }
    input = "range"
    examples = ((50, 50), ("７", 7))
    Options = SliderOptions

    def limits(self, field: FieldDefinition) -> tuple[int | None, int | None]:
        options = options_of(field, SliderOptions)
        return options.minimum, options.maximum

    def check(self, value: int, field: FieldDefinition) -> list[Problem]:
        options = options_of(field, SliderOptions)
        off = (value - options.minimum) % options.step
        wrong = [problem("value.off_step", start=options.minimum, step=options.step)] if off else []
        return [*super().check(value, field), *wrong]

    def display(self, value: int, field: FieldDefinition, display: Display) -> str:
        unit = label_text(options_of(field, SliderOptions).unit, display.language)
        return f"{show_number(value)} {unit}" if unit else show_number(value)

    def measured_as(self, field: FieldDefinition) -> tuple[Format, Label]:
        return "number", options_of(field, SliderOptions).unit


def register(registry: Registry) -> None:
    registry.add(Slider())
