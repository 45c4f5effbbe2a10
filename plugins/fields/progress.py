"""How much is done, in whole percent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from metamodel.plugin_api import Display, Options, OptionsType, Registry, fold
from plugins.fields.integer import Integer

if TYPE_CHECKING:
    from metamodel.plugin_api import FieldDefinition, Format, Label


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
    registry.add(Progress())
