"""A widget's drawing as the page shows it: number, table, list, words, and the table beside every chart.

The models are the widget plugins' (`plugins/widgets`); nothing here knows a report or a form.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from builder_ui.cells import record_url
from builder_ui.models.board import HeadCell, TableCell, TableRow, WidgetNumber, WidgetTable, WidgetView
from builder_ui.models.parts import Button, Link
from builder_ui.templating import BACK, href
from metamodel.plugin_api import Drawing

if TYPE_CHECKING:
    from builder_ui.site import Visit

Model = Mapping[str, Any]


class Drawer:
    """Draws for one visit; `drill` is the address a key is put behind, '' where nothing leads on; `back` is where
    it is seen, for what is done from here."""

    def __init__(self, visit: Visit, drill: str, files: tuple[str, ...], back: str = "") -> None:
        self.visit, self.drill, self.files, self.back = visit, drill, files, back

    def drawn(self, made: WidgetView, drawing: Drawing) -> WidgetView:
        """`made` with what its drawing shows."""
        ways: Mapping[str, Callable[[WidgetView, Model], WidgetView]] = {
            "chart": self._chart, "number": self._number, "table": self._table, "list": self._list,
            "cloud": self._cloud,
        }  # fmt: skip
        return ways[drawing.kind](replace(made, drill_href=self.drill), drawing.model)

    # -- charts ------------------------------------------------------------------------------------

    def _chart(self, made: WidgetView, model: Model) -> WidgetView:
        """With the numbers as a table beside it; without the library they are all there is."""
        chart = model if self.files else None
        return replace(made, chart=chart, chart_files=self.files, table=self._rows_of(model))

    def _rows_of(self, option: Model) -> WidgetTable:
        """The numbers of a chart as rows: by its axis of names, of a heat map crossed, else by name."""
        series: Sequence[Model] = option["series"]
        names = next((axis for axis in _axes(option) if axis.get("type") == "category"), None)
        if series and series[0]["type"] == "heatmap":
            return self._crossed(option, series[0])
        if names is None:
            return self._named(series[0])
        head = (HeadCell(""), *(HeadCell(str(one.get("name") or ""), numeric=True) for one in series))
        marks = _marks(series)
        rows = [
            TableRow(
                (TableCell(str(name)),),
                (*(self._cell(one["data"][place]) for one in series), *_marked(marks, place)),
            )
            for place, name in enumerate(names["data"])
        ]
        return WidgetTable(((*head, *([HeadCell(self.visit.text("Marks"))] if marks else [])),), tuple(rows))

    def _crossed(self, option: Model, series: Model) -> WidgetTable:
        across, up = option["xAxis"]["data"], option["yAxis"]["data"]
        found = {(point["value"][0], point["value"][1]): point for point in series["data"]}
        head = (HeadCell(""), *(HeadCell(str(name), numeric=True) for name in across))
        rows = [
            TableRow(
                (TableCell(str(name)),), tuple(self._cell(found.get((x, y))) for x in range(len(across)))
            )
            for y, name in enumerate(up)
        ]
        return WidgetTable((head,), tuple(rows))

    def _named(self, series: Model) -> WidgetTable:
        """Slices, stages, words: each with its share where one is told."""
        points: Sequence[Model] = series["data"]
        extra = next((name for name in ("share", "rate") if any(point.get(name) for point in points)), "")
        head = [HeadCell(""), HeadCell(str(series.get("name") or self.visit.text("Number")), numeric=True)]
        head += [HeadCell(self.visit.text("Share"), numeric=True)] if extra else []
        rows = [
            TableRow(
                (TableCell(str(point["name"])),),
                (self._cell(point), *([TableCell(str(point.get(extra) or ""))] if extra else [])),
            )
            for point in points
        ]
        return WidgetTable((tuple(head),), tuple(rows))

    def _cell(self, point: Model | None) -> TableCell:
        """A datum as text that leads where the datum leads."""
        if point is None:
            return TableCell("–")
        value = point.get("value")
        value = value[-1] if isinstance(value, list) else value
        text = str(point["text"]) if "text" in point else "–" if value is None else _number(value)
        return TableCell(text, self._way(point.get("key")) if value not in (None, 0) else "")

    def _way(self, key: Any) -> str:
        if not self.drill or not key:
            return ""
        return self.drill + quote(
            key if isinstance(key, str) else json.dumps(key, ensure_ascii=False), safe=""
        )

    # -- numbers -----------------------------------------------------------------------------------

    def _number(self, made: WidgetView, model: Model) -> WidgetView:
        before, change, goal = (model.get(name) or {} for name in ("before", "change", "goal"))
        direction = str(change.get("direction") or "")
        number = WidgetNumber(
            str(model["text"]), href=self._way(model.get("key")),
            before=f"{before['label']} {before['text']}" if before else "",
            change=str(change.get("text") or ""), direction=direction,
            mood=_mood(direction, str(model.get("better") or "")),
            goal=str(goal.get("text") or ""), goal_reached=bool(goal.get("reached")),
        )  # fmt: skip
        made = replace(made, number=number)
        trend = model.get("trend")
        if not trend:
            return made
        return self._chart(made, _course(trend, str(model.get("label") or made.label)))

    # -- tables ------------------------------------------------------------------------------------

    def _table(self, made: WidgetView, model: Model) -> WidgetView:
        if "keyness" in model:
            return replace(made, table=self._keyness(model["keyness"]))
        down = int(model.get("down", 1))
        head = tuple(
            tuple(
                HeadCell(
                    str(cell["text"]), int(cell.get("span", 1)), place >= down and not model.get("words")
                )
                for place, cell in enumerate(row)
            )
            for row in model["head"]
        )
        foot = model.get("foot")
        return replace(
            made,
            table=WidgetTable(
                head,
                tuple(self._row(row, 1) for row in model["rows"]),
                self._row(foot, down) if foot else None,
                numeric=not model.get("words"),
            ),
        )

    def _row(self, row: Model, span: int) -> TableRow:
        return TableRow(
            tuple(TableCell(str(text)) for text in row["head"]),
            tuple(TableCell(str(cell["text"]), self._way(cell.get("key"))) for cell in row["cells"]),
            span,
        )

    def _keyness(self, model: Model) -> WidgetTable:
        """Words of one group above, of the other below; bars go to either side."""
        columns: Mapping[str, str] = model["columns"]
        shown = [name for name in columns if name != "text"]
        head = (HeadCell(columns["text"]), HeadCell(""), *(HeadCell(columns[n], numeric=True) for n in shown))
        return WidgetTable((head,), tuple(self._words((*model["high"], *model["low"]), shown)))

    def _words(self, rows: Iterable[Model], shown: Sequence[str]) -> Iterable[TableRow]:
        for row in rows:
            bar = TableCell("", bar=round(float(row["bar"]) * 100))
            numbers = (TableCell(_number(row[name])) for name in shown)
            yield TableRow((TableCell(str(row["text"]), self._way(row.get("key"))),), (bar, *numbers))

    def _list(self, made: WidgetView, model: Model) -> WidgetView:
        """Records: the first column leads to each."""
        rows = []
        buttons = self._buttons(model)
        for row in model["rows"]:
            first, *rest = [str(cell) for cell in row["cells"]] or [str(row["title"])]
            href = record_url(str(model["app"]), str(model["form"]), str(row["record"]))
            heads = (TableCell(first if first not in ("", "–") else str(row["title"]), href),)
            offered = buttons.get(str(row["record"]), ()) if buttons else None
            rows.append(TableRow(heads, tuple(TableCell(text) for text in rest), buttons=offered))
        head = tuple(HeadCell(str(column["text"])) for column in model["columns"])
        head += (HeadCell(""),) if buttons else ()
        total, exact = int(model["total"]), bool(model.get("exact", True))
        more = None
        if total > len(rows):
            text = self.visit.text("All %(num)s records", num=f"{total:,}" + ("" if exact else "+"))
            more = Link(text, self._way(model.get("key")))
        return replace(made, table=WidgetTable((head,), tuple(rows), more=more, numeric=False))

    def _buttons(self, model: Model) -> Mapping[str, tuple[Button, ...]]:
        """What rules offer on the rows of a list, by record; {} where nothing is, so there is no column of it."""
        wanted, app, form = model.get("buttons") or (), str(model["app"]), str(model["form"])
        if not wanted:
            return {}
        ids = [str(row["record"]) for row in model["rows"]]
        offered = self.visit.runtime.rules.buttons_of(self.visit.viewer, app, form, ids)
        made = {
            record: tuple(
                Button(words, href(f"{record_url(app, form, record)}/press/{rule}", **{BACK: self.back}))
                for rule, words in rules
                if rule in wanted
            )
            for record, rules in offered.items()
        }
        return made if any(made.values()) else {}

    def _cloud(self, made: WidgetView, model: Model) -> WidgetView:
        data = [
            {"name": word["text"], "value": word["value"], "key": word.get("key")} for word in model["words"]
        ]
        series = {"type": "wordCloud", "name": self.visit.text("Uses"), "data": data}
        return self._chart(made, {"tooltip": {"trigger": "item"}, "series": [series]})


def _axes(option: Model) -> Iterable[Model]:
    for name in ("xAxis", "yAxis"):
        axis = option.get(name)
        yield from axis if isinstance(axis, list) else [axis] if axis else []


def _marks(series: Sequence[Model]) -> Mapping[int, Sequence[str]]:
    """The words of the marks across an axis, by the place they stand at."""
    lines = [line for one in series for line in one.get("markLine", {}).get("data", ()) if "xAxis" in line]
    places = {line["xAxis"] for line in lines}
    return {place: [str(line["name"]) for line in lines if line["xAxis"] == place] for place in places}


def _marked(marks: Mapping[int, Sequence[str]], place: int) -> Sequence[TableCell]:
    """A cell more, where anything is marked at all."""
    return (TableCell(" · ".join(marks.get(place, ()))),) if marks else ()


def _course(trend: Model, label: str) -> Model:
    """The small line under a number: no axes, no legend."""
    points: Sequence[Model] = trend["points"]
    line = {"type": "line", "name": label, "data": list(points), "areaStyle": {}, "showSymbol": False}
    return {
        "bare": True, "tooltip": {"trigger": "axis"},
        "xAxis": {"type": "category", "boundaryGap": False, "data": [point["name"] for point in points]},
        "yAxis": {"type": "value"}, "series": [line],
    }  # fmt: skip


def _mood(direction: str, better: str) -> str:
    """Is a change good news? Only where more or less is known to be better."""
    if direction not in ("up", "down") or better not in ("up", "down"):
        return ""
    return "good" if direction == better else "bad"


def _number(value: Any) -> str:
    return f"{value:,}" if isinstance(value, (int, float)) else str(value)
