"""Whole numbers, and those with a fixed range: rating, slider, progress."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from metamodel.plugin_api import (
    NUMBER,
    NUMBER_AGGREGATES,
    ORDERED_OPERATORS,
    BadValue,
    Display,
    Examples,
    Field,
    Options,
    OptionsType,
    Problem,
    Registry,
    Storage,
    Texts,
    excerpt,
    fold,
    label_text,
    labelled,
    options_of,
    problem,
    read_number,
    show_number,
)

if TYPE_CHECKING:
    from metamodel.plugin_api import App, FieldDefinition, Format, Label

LARGEST = 2**53 - 1  # what every JSON reader keeps exactly


class IntegerOptions(Options, frozen=True):
    minimum: Annotated[int, labelled("最小值", "Minimum", ge=-LARGEST, le=LARGEST)] | None = None
    maximum: Annotated[int, labelled("最大值", "Maximum", ge=-LARGEST, le=LARGEST)] | None = None
    unit: Annotated[str | dict[str, str], labelled("单位", "Unit")] = ""


class RatingOptions(Options, frozen=True):
    stars: Annotated[int, labelled("满分", "Stars", ge=2, le=10)] = 5


class Integer(Field):
    name = "integer"
    often = 2
    label = {"zh": "整数", "en": "Whole number"}
    icon = "hash"
    keywords: tuple[str, ...] = ("数字", "数量", "number", "count")
    doc = {"zh": "没有小数的数", "en": "A number without a fraction"}
    texts = {
        "field.limits_crossed": Texts("最小值大于最大值", "The minimum is above the maximum"),
        "value.not_whole": Texts("“{text}”不是整数", "“{text}” is not a whole number"),
    }
    group = "number"
    exact = int
    storage = Storage.INTEGER
    type = NUMBER
    operators = ORDERED_OPERATORS
    aggregates = NUMBER_AGGREGATES
    input = "number"
    examples: Examples = (
        ("１，２３４", 1234),
        (" 3万 ", 30000),
        (7.0, 7),
        ("-0", 0),
        (2**53 - 1, 2**53 - 1),
    )
    Options: ClassVar[OptionsType] = IntegerOptions

    def limits(self, field: FieldDefinition) -> tuple[int | None, int | None]:
        options = options_of(field, IntegerOptions)
        return options.minimum, options.maximum

    def check_options(self, field: FieldDefinition, app: App) -> list[Problem]:
        smallest, largest = self.limits(field)
        if smallest is not None and largest is not None and smallest > largest:
            return [problem("field.limits_crossed", "/options/minimum")]
        return []

    def parse(self, raw: Any, field: FieldDefinition) -> int:
        if type(raw) is not int:
            number = read_number(raw)
            if number != number.to_integral_value():
                raise BadValue("value.not_whole", text=excerpt(raw))
            raw = int(number)
        if not -LARGEST <= raw <= LARGEST:
            raise BadValue("value.out_of_range")
        return int(raw)

    def check(self, value: int, field: FieldDefinition) -> list[Problem]:
        smallest, largest = self.limits(field)
        if smallest is not None and value < smallest:
            return [problem("value.too_small", limit=smallest)]
        if largest is not None and value > largest:
            return [problem("value.too_large", limit=largest)]
        return []

    def display(self, value: int, field: FieldDefinition, display: Display) -> str:
        unit = label_text(options_of(field, IntegerOptions).unit, display.language)
        return f"{show_number(value)} {unit}" if unit else show_number(value)

    def measured_as(self, field: FieldDefinition) -> tuple[Format, Label]:
        return "number", options_of(field, IntegerOptions).unit


class Rating(Integer):
    name = "rating"
    label = {"zh": "评分", "en": "Rating"}
    icon = "star"
    keywords: tuple[str, ...] = ("星级", "打分", "评级", "stars")
    doc = {"zh": "几颗星", "en": "A number of stars"}
    input = "rating"
    examples = ((5, 5), ("４", 4))
    Options = RatingOptions

    def limits(self, field: FieldDefinition) -> tuple[int | None, int | None]:
        return 1, options_of(field, RatingOptions).stars

    def display(self, value: int, field: FieldDefinition, display: Display) -> str:
        stars = options_of(field, RatingOptions).stars
        return f"{value} / {stars}"

    def measured_as(self, field: FieldDefinition) -> tuple[Format, Label]:
        return "number", ""


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


class Progress(Integer):
    """Percent done, as the whole number it is: 40 is 40 %."""

    name = "progress"
    label = {"zh": "进度", "en": "Progress"}
    icon = "pulse"
    keywords: tuple[str, ...] = ("百分比", "完成度", "percent")
    doc = {"zh": "完成了百分之几，0 到 100 的整数", "en": "How much is done, a whole number from 0 to 100"}
    input = "range"
    examples = ((40, 40), ("40%", 40), ("１００", 100))
    Options: ClassVar[OptionsType] = Options

    def limits(self, field: FieldDefinition) -> tuple[int | None, int | None]:
        return 0, 100

    def parse(self, raw: Any, field: FieldDefinition) -> int:
        if isinstance(raw, str) and len(raw) <= 100:
            raw = fold(raw).strip().removesuffix("%")
        return super().parse(raw, field)

    def display(self, value: int, field: FieldDefinition, display: Display) -> str:
        return f"{value}%"

    def measured_as(self, field: FieldDefinition) -> tuple[Format, Label]:
        return "number", "%"


def register(registry: Registry) -> None:
    registry.add(Integer(), Rating(), Slider(), Progress())
