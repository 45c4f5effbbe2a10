"""Keyness: which words one group of people uses more than everybody else, and how sure that is.

Dunning's log-likelihood says how sure, the ratio of the relative frequencies how much.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import log, log2
from typing import TYPE_CHECKING, Annotated, Any

from metamodel.plugin_api import (
    Display,
    Drawing,
    Groups,
    Registry,
    Widget,
    WidgetOptions,
    WordAnswer,
    WordAsk,
    WordCount,
    WordsOf,
    drill_key,
    labelled,
)
from plugins.widgets.amounts import text_of

if TYPE_CHECKING:
    from metamodel.plugin_api import Ask

SURE = 6.63  # log-likelihood of one chance in a hundred
CANDIDATES = 2_000


class KeynessOptions(WidgetOptions, frozen=True, kw_only=True):
    words: Annotated[WordsOf, labelled("哪些文字", "Which words")]
    groups: Annotated[Groups, labelled("两组人", "The two groups")]
    minimum: Annotated[int, labelled("至少用过几次", "Uses at least", ge=1)] = 5
    people: Annotated[int, labelled("至少几个人用过", "Used by people at least", ge=1)] = 1
    limit: Annotated[int, labelled("每边最多几个词", "Words at most, each side", ge=1, le=100)] = 12


class Keyness(Widget):
    name = "keyness"
    label = {"zh": "用词对比", "en": "Keyness"}
    icon = "scales"
    doc = {"zh": "高绩效的人比别人多用哪些词", "en": "Which words the best use more than everybody else"}
    Options = KeynessOptions
    example_options = {
        "words": {"form": "sample", "field": "note"}, "minimum": 1,
        "groups": {"by": "person", "high": {
            "form": "sample", "person": "person", "field": "at",
            "measure": {"id": "sum", "aggregate": "sum", "field": "amount"},
        }},
    }  # fmt: skip

    def asks(self, options: KeynessOptions) -> list[Ask]:
        return [WordAsk(options.words, options.groups, options.minimum, CANDIDATES)]

    def draw(self, options: KeynessOptions, answers: Sequence[WordAnswer], display: Display) -> Drawing:
        answer = answers[0]
        high, low = _told(options, answer)
        farthest = max((abs(row["effect"]) for row in high + low), default=1) or 1
        zh = display.language.startswith("zh")
        model = {
            "keyness": {
                "high": [_shown(row, farthest) for row in high],
                "low": [_shown(row, farthest) for row in low],
                "columns": _columns(zh),
            },
            "who": _who(answer, options.groups.high.share, display.language),
            "totals": [answer.total, answer.other_total],
        }
        return Drawing("table", model, not high and not low)

    def words(self, options: KeynessOptions, answer: WordAnswer) -> Iterator[dict[str, Any]]:
        """Those that are shown; `side` is whose word it is, `times` how much more often they use it."""
        for side, rows in zip(("high", "low"), _told(options, answer), strict=True):
            for row in rows:
                yield {**row, "side": side, "times": _times(row)}


def _told(options: KeynessOptions, answer: WordAnswer) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The words that are surely the high group's, and those of the others; the surest first."""
    rated = [rated for one in answer.words if _is_common(rated := _rated(one, answer), one, options)]
    sure = sorted((row for row in rated if row["likelihood"] >= SURE), key=lambda row: -row["likelihood"])
    high = [row for row in sure if row["effect"] > 0][: options.limit]
    low = [row for row in sure if row["effect"] < 0][: options.limit]
    return high, low


def _is_common(rated: dict[str, Any], one: WordCount, options: KeynessOptions) -> bool:
    """One person's word, a customer's name say, tells nothing of the group."""
    users = one.people if rated["effect"] > 0 else one.other_people
    return options.people == 1 or users >= options.people


def _rated(one: WordCount, answer: WordAnswer) -> dict[str, Any]:
    here, there = max(answer.total, 1), max(answer.other_total, 1)
    return {
        "word": one.word,
        "uses": one.uses,
        "other": one.other,
        "often": one.uses / here * 10_000,
        "other_often": one.other / there * 10_000,
        "likelihood": log_likelihood(one.uses, one.other, here, there),
        "effect": effect(one.uses, one.other, here, there),
    }


def log_likelihood(uses: int, other: int, here: int, there: int) -> float:
    """How surprising it is that two groups of `here` and `there` words use one so differently."""
    expected = here * (uses + other) / (here + there), there * (uses + other) / (here + there)
    found = sum(n * log(n / e) for n, e in zip((uses, other), expected, strict=True) if n)
    return 2 * found


def effect(uses: int, other: int, here: int, there: int) -> float:
    """The log ratio of relative frequencies, base 2: 1 is twice as often. Half a use for none at all."""
    return log2(((uses or 0.5) / here) / ((other or 0.5) / there))


def _times(row: Mapping[str, Any]) -> float:
    return float(2 ** abs(row["effect"]))


def _shown(row: dict[str, Any], farthest: float) -> dict[str, Any]:
    return {
        "text": row["word"], "uses": row["uses"], "other": row["other"], "often": round(row["often"], 1),
        "other_often": round(row["other_often"], 1), "times": round(_times(row), 1),
        "likelihood": round(row["likelihood"], 1), "bar": round(row["effect"] / farthest, 3),
        "key": drill_key("word", row["word"]),
    }  # fmt: skip


def _who(answer: WordAnswer, share: float, language: str) -> str:
    """The setting, who is in the high group by it, and what it took."""
    if not answer.people or answer.ranked_by is None:
        return ""
    least, many = text_of(answer.ranked_by, answer.threshold, language), len(answer.people)
    label, over = answer.ranked_by.label, answer.ranked_over
    if language.startswith("zh"):
        names = "、".join(answer.people)
        return f"高绩效＝{over}“{label}”前 {share:.0%}：{names}，共 {many} 人，不低于 {least}；其他 {answer.others} 人"
    names = ", ".join(answer.people)
    return (
        f"High group: the first {share:.0%} by {label}{f', {over}' if over else ''}: {names} ({many}), "
        f"at least {least}; others: {answer.others}"
    )


def _columns(zh: bool) -> dict[str, str]:
    if zh:
        return {
            "text": "词", "often": "高绩效（每万词）", "other_often": "其他人（每万词）", "times": "倍数",
            "likelihood": "对数似然",
        }  # fmt: skip
    return {
        "text": "word", "often": "high group (per 10,000)", "other_often": "others (per 10,000)",
        "times": "times", "likelihood": "log-likelihood",
    }  # fmt: skip


def register(registry: Registry) -> None:
    registry.add(Keyness())
