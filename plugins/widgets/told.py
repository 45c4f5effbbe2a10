"""What most widgets share: the options of what is counted by what, and what may be wrong with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from metamodel.plugin_api import (
    Dataset,
    Dimension,
    GroupAsk,
    Mark,
    Measure,
    Widget,
    WidgetOptions,
    labelled,
    problem,
)

if TYPE_CHECKING:
    from metamodel.plugin_api import Ask, Problem

Compare = Literal["", "previous_period"]


class NumberOptions(WidgetOptions, frozen=True, kw_only=True):
    """Numbers over a dataset."""

    dataset: Annotated[Dataset, labelled("数据集", "Dataset")]
    measures: Annotated[list[Measure], labelled("指标", "Measures")]
    compare: Annotated[Compare, labelled("对比", "Compared with")] = ""


class GroupOptions(NumberOptions, frozen=True, kw_only=True):
    """Numbers told by something."""

    dimensions: Annotated[list[Dimension], labelled("维度", "Told by")] = []
    sort: Annotated[str, labelled("排序", "Sorted by")] = ""
    limit: Annotated[int, labelled("最多几项", "At most", ge=1, le=500)] | None = None


class SeriesOptions(GroupOptions, frozen=True, kw_only=True):
    """Numbers drawn along an axis."""

    running: Annotated[bool, labelled("累计", "Running total")] = False
    average_over: Annotated[int, labelled("移动平均（期数）", "Moving mean over", ge=2, le=90)] | None = None
    average_by: Annotated[str, labelled("移动平均按此度量加权", "Mean weighed by this measure")] = ""
    goal: Annotated[float | int, labelled("目标线", "Goal")] | None = None
    marks: Annotated[list[Mark], labelled("标记", "Marks")] = []


class ToldWidget(Widget):
    """A widget with one ask that is its options; `least` to `most` dimensions."""

    least, most = 1, 2
    Options = GroupOptions

    def check_options(self, options: Any) -> list[Problem]:
        found = len(options.dimensions)
        if self.least <= found <= self.most:
            return []
        return [problem("widget.dimensions", "/dimensions", least=self.least, most=self.most, found=found)]

    def asks(self, options: Any) -> list[Ask]:
        return [group_ask(options)]


def group_ask(options: Any) -> GroupAsk:
    """The ask that these options are."""
    return GroupAsk(
        options.dataset, tuple(options.dimensions), tuple(options.measures), bool(options.compare),
        options.sort, options.limit, tuple(getattr(options, "marks", ())),
    )  # fmt: skip
