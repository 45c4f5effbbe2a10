"""A number of stars."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from metamodel.plugin_api import Display, Options, Registry, labelled, options_of
from plugins.fields.integer import Integer

if TYPE_CHECKING:
    from metamodel.plugin_api import FieldDefinition, Format, Label


class RatingOptions(Options, frozen=True):
    stars: Annotated[int, labelled("满分", "Stars", ge=2, le=10)] = 5


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


def register(registry: Registry) -> None:
    registry.add(Rating())
