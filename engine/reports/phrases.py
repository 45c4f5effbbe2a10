"""Asks in words: what the numbers of a widget mean (口径), in Chinese and English."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from engine.reports.drill import choice_text
from engine.reports.expression_words import ExpressionWords
from engine.reports.ground import Ground
from engine.reports.stretches import stretch_text
from engine.reports.tallies import measure_label
from metamodel.asks import AbsentAsk, Dataset, Dimension, GroupAsk, Measure, RowAsk, WordAsk
from metamodel.human_text import show_list
from metamodel.labels import label_text
from metamodel.reports import ReportFilter

BUCKETS: Mapping[str, Mapping[str, str]] = {
    "hour": {"zh": "时段", "en": "hour"},
    "weekday": {"zh": "星期", "en": "weekday"},
    "day": {"zh": "天", "en": "day"},
    "working_day": {"zh": "工作日", "en": "working day"},
    "week": {"zh": "周", "en": "week"},
    "month": {"zh": "月", "en": "month"},
    "quarter": {"zh": "季度", "en": "quarter"},
    "year": {"zh": "年", "en": "year"},
}
FILLED = {"zh": "{field}不为空的记录数", "en": "the number of records with {field}"}
COUNTED: Mapping[str, Mapping[str, str]] = {
    "count": {"zh": "记录数", "en": "the number of records"},
    "distinct": {"zh": "不重复的{field}个数", "en": "the number of different {field}"},
    "sum": {"zh": "{field}之和", "en": "the sum of {field}"},
    "avg": {"zh": "{field}的平均值（空值不计）", "en": "the mean of {field} (blanks left out)"},
    "min": {"zh": "{field}的最小值", "en": "the least {field}"},
    "max": {"zh": "{field}的最大值", "en": "the largest {field}"},
    "median": {"zh": "{field}的中位数（空值不计）", "en": "the median of {field} (blanks left out)"},
    "p90": {
        "zh": "{field}的 90 分位（九成不超过它，空值不计）",
        "en": "the 90th percentile of {field} (nine of ten do not exceed it; blanks left out)",
    },
    "ratio": {"zh": "满足“{where}”的占比", "en": "the share of those where {where}"},
    "expression": {"zh": "{expression}", "en": "{expression}"},
}


class Phrases(ExpressionWords):
    """Words about the asks of one ground, in its reader's language."""

    # -- a whole ask -------------------------------------------------------------------------------

    def groups(self, ask: GroupAsk) -> str:
        sentences = [self._measure(measure, ask.measures) for measure in ask.measures if not measure.hidden]
        told = [self._dimension(dimension) for dimension in ask.dimensions]
        if told:
            sentences.append(("按" if self.zh else "By ") + show_list(told, self.language))
        if ask.compare and self.ground.before is not None:
            first, last = self.ground.before.first.isoformat(), self.ground.before.last.isoformat()
            sentences.append(f"对比：{first} 至 {last}" if self.zh else f"Compared with {first} – {last}")
        return self._join([*sentences, *self.source(ask.dataset)])

    def rows(self, ask: RowAsk) -> str:
        return self._join(self.source(ask.dataset))

    def absent(self, ask: AbsentAsk) -> str:
        app = self.ground.asking.app
        held = [
            label_text(found.label, self.language, name)
            for name in ask.roles
            if (found := app.role(name)) is not None
        ]
        field = self.field(tuple(ask.person.split(".")))
        what = (
            f"{show_list(held, self.language)}中，没有一条记录的{field}是他的人"
            if self.zh
            else f"People who are {show_list(held, self.language)} and whom no record names as {field}"
        )
        return self._join([what, *self.source(ask.dataset)])

    def words(self, ask: WordAsk) -> str:
        text = self.field((ask.words.field,))
        what = (
            f"{text}里的词及次数，去掉停用词、数字和编号，至少 {ask.minimum} 次"
            if self.zh
            else f"Words of {text} and their uses, without stop words, numbers and ids, at least {ask.minimum} times"
        )
        sentences = [what, *self.source(ask.words.dataset())]
        if ask.groups is not None:
            sentences.append(self._groups(ask))
        return self._join(sentences)

    def _groups(self, ask: WordAsk) -> str:
        assert ask.groups is not None
        high = Ground(self.ground.asking, ask.groups.high.dataset())
        inner = Phrases(high)
        measure = inner._measure(ask.groups.high.measure, ())
        share = f"{ask.groups.high.share:.0%}"
        source = inner._join(inner.source(ask.groups.high.dataset()))
        if self.zh:
            ranked = f"高绩效＝按“{measure}”（{source}）在比较的人中排在前 {share} 的人，其余为普通"
            return f"{ranked}；差异用对数似然检验，p < 0.01"
        return f"High group: of the people compared the first {share} by {measure} ({source}); log-likelihood, p < 0.01"

    def source(self, dataset: Dataset) -> list[str]:
        """Which records, which days, whose."""
        ground, name = self.ground, self.ground.form.text(self.language)
        found = [f"取自“{name}”" if self.zh else f"Taken from {name}"]
        if dataset.filter:
            condition = self.condition(dataset.filter)
            found.append(f"只含{condition}" if self.zh else f"Only where {condition}")
        found += [self._narrowed(one, path) for one, path in ground.filters if one.kind == "choice"]
        if ground.date is not None and ground.stretch is not None:
            date, days = ground.date.field.text(self.language), stretch_text(ground.stretch, self.language)
            first, last = ground.stretch.first.isoformat(), ground.stretch.last.isoformat()
            found.append(
                f"{date}在{days}（{first} 至 {last}）" if self.zh else f"{date}: {days} ({first} – {last})"
            )
        if ground.asking.totals:
            found.append("统计全部记录" if self.zh else "Over all records")
        else:
            found.append("只统计您可查看的记录" if self.zh else "Over the records you may see")
        return found

    def _narrowed(self, one: ReportFilter, path: str) -> str:
        """What a filter of the board that is set means here; blank where it is not."""
        value = self.ground.asking.value(one)
        if not value:
            return ""
        chosen = choice_text(self.ground, self.ground.columns.find(path), value)
        field = self.field(tuple(path.split(".")))
        return f"筛选：{field}是{chosen}" if self.zh else f"Filtered: {field} is {chosen}"

    # -- measures and dimensions -------------------------------------------------------------------

    def _measure(self, measure: Measure, others: Iterable[Measure]) -> str:
        """The measure's name and what it is; the name alone where that says it."""
        found = self.ground.columns.find(measure.field) if measure.field else None
        name, words = measure_label(measure, found, self.language), self._counted(measure, others)
        if name == words:
            return words
        return f"{name}＝{words}" if self.zh else f"{name}: {words}"

    def _counted(self, measure: Measure, others: Iterable[Measure]) -> str:
        field = self.field(tuple(measure.field.split("."))) if measure.field else ""
        if measure.bucket:
            bucket = label_text(BUCKETS[measure.bucket], self.language)
            field = f"{field}（{bucket}）" if self.zh else f"{bucket} of {field}"
        where = self.condition(measure.where) if measure.where else ""
        template = label_text(COUNTED[measure.aggregate], self.language)
        if measure.aggregate == "count" and field:
            template = label_text(FILLED, self.language)
        words = template.format(field=field, where=where, expression=self._calculation(measure, others))
        if where and measure.aggregate != "ratio":
            words += f"，只计{where}" if self.zh else f", only where {where}"
        return words

    def _calculation(self, measure: Measure, others: Iterable[Measure]) -> str:
        """The expression with the measures' words in the place of their ids."""
        plain = [one for one in others if one.aggregate != "expression"]
        words = {
            one.id: f"（{self._counted(one, ())}）" if self.zh else f"({self._counted(one, ())})"
            for one in plain
        }
        return "".join(words.get(piece, piece) for piece in _pieces(measure.expression))

    def _dimension(self, dimension: Dimension) -> str:
        found = self.ground.columns.find(dimension.field) if dimension.field else self.ground.date
        own = label_text(dimension.label, self.language)
        name = own or (found.field.text(self.language) if found else "")
        if dimension.bucket:
            bucket = label_text(BUCKETS[dimension.bucket], self.language)
            name = f"{name}的{bucket}" if self.zh else f"{bucket} of {name}"
        if dimension.top:
            name += f"（前 {dimension.top} 名）" if self.zh else f" (first {dimension.top})"
        return name

    def _join(self, sentences: Iterable[str]) -> str:
        said = [one for one in sentences if one]
        return "；".join(said) + "。" if self.zh else "; ".join(said) + "."


def _pieces(text: str) -> list[str]:
    """Names and what stands between them."""
    pieces, word = [], ""
    for letter in text + " ":
        if letter.isalnum() or letter == "_":
            word += letter
            continue
        pieces += (
            [word, {"*": " × ", "/": " ÷ "}.get(letter, letter)]
            if word
            else [{"*": " × ", "/": " ÷ "}.get(letter, letter)]
        )
        word = ""
    return ["" if piece.isspace() and len(piece) == 1 else piece for piece in pieces]
