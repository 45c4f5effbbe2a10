"""How many words of a keyword list stand in a text: a customer's discontent as a number.

Counts as COUNT_WORDS does: width, case and spelling do not matter, a longer word hides the
shorter ones inside it. Run where a list is long and messages are many.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from metamodel.plugin_api import (
    NUMBER,
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
from plugins.functions.words import count_words


class NegativeWordsOptions(Options, frozen=True):
    field: Annotated[str, labelled("文本字段", "Field of the text")]
    into: Annotated[str, labelled("次数写入", "Field of the count")]
    list: Annotated[str, labelled("关键词库", "Keyword list")] = "negative"
    otherwise: Annotated[
        tuple[str, ...], labelled("没有词库时的词", "Words where there is no such list")
    ] = ()


class NegativeWords(Analyzer):
    name = "negative_words"
    label = {"zh": "负面词", "en": "Negative words"}
    icon = "warning"
    doc = {
        "zh": "数出文本中命中关键词库的次数；较长的词先命中，互不重叠",
        "en": "Counts the words of a keyword list in a text; the longer ones first, none twice",
    }
    Options = NegativeWordsOptions

    def reads(self, options: NegativeWordsOptions) -> Reads:
        return Reads((options.field,), types=(TEXT,))

    def fills(self, options: NegativeWordsOptions) -> dict[str, Type]:
        return {options.into: NUMBER}

    def find(
        self, options: NegativeWordsOptions, materials: Sequence[Material], house: House
    ) -> list[Finding]:
        known = house.keywords(options.list)
        words = tuple(options.otherwise if known is None else known)
        return [Finding({options.into: _uses(one, words)}) for one in materials]


def _uses(material: Material, words: Sequence[str]) -> int:
    texts = (text for row in material.rows for text in row.values() if isinstance(text, str))
    return sum(count_words(text, *words) for text in texts)


def register(registry: Registry) -> None:
    registry.add(NegativeWords())
