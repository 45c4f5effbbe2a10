"""A word cloud: which words people use most; each leads to the records it stands in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

from metamodel.plugin_api import (
    Display,
    Drawing,
    Registry,
    Widget,
    WidgetOptions,
    WordAnswer,
    WordAsk,
    WordsOf,
    drill_key,
    labelled,
)

if TYPE_CHECKING:
    from metamodel.plugin_api import Ask


class WordCloudOptions(WidgetOptions, frozen=True, kw_only=True):
    words: Annotated[WordsOf, labelled("哪些文字", "Which words")]
    minimum: Annotated[int, labelled("至少用过几次", "Uses at least", ge=1)] = 2
    limit: Annotated[int, labelled("最多几个词", "Words at most", ge=1, le=300)] = 60


class WordCloud(Widget):
    name = "word_cloud"
    label = {"zh": "词云", "en": "Word cloud"}
    icon = "cloud"
    doc = {"zh": "用得最多的词，点击即搜索", "en": "The words used most; a click searches for one"}
    Options = WordCloudOptions
    example_options = {"words": {"form": "sample", "field": "note"}, "minimum": 1}

    def asks(self, options: WordCloudOptions) -> list[Ask]:
        return [WordAsk(options.words, None, options.minimum, options.limit)]

    def draw(self, options: WordCloudOptions, answers: Sequence[WordAnswer], display: Display) -> Drawing:
        answer = answers[0]
        words = [
            {"text": one.word, "value": one.uses, "key": drill_key("word", one.word)} for one in answer.words
        ]
        return Drawing("cloud", {"words": words, "total": answer.total}, not words)


def register(registry: Registry) -> None:
    registry.add(WordCloud())
