"""The steps after the file: its columns, what the check found, the import as it runs, what came of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping as Values, Sequence
from typing import Any

import msgspec
from litestar import Response, get, post

from builder_ui.models.importing import ImportRunPage, Mapping, MappingRow, WrongRow
from builder_ui.models.parts import Option
from builder_ui.pages.importing.start import IMPORT, STYLES, base_of, require, said, trail, workbook
from builder_ui.site import Ask, Here, InPath, Visit, sent_form
from builder_ui.templating import href
from engine.importing import Column, Import, Look, Plan, Target, WrongLine
from engine.whole_numbers import whole_number
from metamodel.problems import Problem, Rejected, problem

RUN = f"{IMPORT}/{{run_id:str}}"
SHOWN, COUNTED, FREQUENT = 100, 2_000, 3  # wrong lines listed and counted, reasons told apart
MOST_HEADINGS = 1_000
Sent = Values[str, Sequence[str]]


@get(RUN, sync_to_thread=True)
def run_page(request: Ask, site: Here, app_id: InPath, form_id: InPath, run_id: InPath) -> Response[Any]:
    """Where it stands. `edit=yes`: back to its columns; `sheet`, `heading`: which part of the file is meant."""
    visit = site.visit(request)
    found = _found(visit, app_id, form_id, run_id)
    if found.state == "open" or (visit.query.get("edit") and found.state in ("checked", "failed")):
        return _mapping_page(visit, found, _asked(visit, found))
    return _answer(visit, found, _page(visit, found))


@post(f"{RUN}/check", sync_to_thread=True)
def check(
    request: Ask, site: Here, app_id: InPath, form_id: InPath, run_id: InPath, body: bytes
) -> Response[Any]:
    """Every line is tried, nothing is written."""
    visit, sent = site.visit(request), sent_form(body)
    found = _found(visit, app_id, form_id, run_id)
    try:
        plan = _sent_plan(visit, found, sent)
        visit.runtime.imports.check(visit.viewer, run_id, plan)
    except Rejected as refused:
        return _mapping_page(visit, found, _lenient(found, sent), refused.problems)
    return visit.go(_address(found))


@post(f"{RUN}/begin", sync_to_thread=True)
def begin(request: Ask, site: Here, app_id: InPath, form_id: InPath, run_id: InPath) -> Response[Any]:
    visit = site.visit(request)
    found = _found(visit, app_id, form_id, run_id)
    visit.runtime.imports.begin(visit.viewer, run_id)
    return visit.go(_address(found))


@post(f"{RUN}/stop", sync_to_thread=True)
def stop(request: Ask, site: Here, app_id: InPath, form_id: InPath, run_id: InPath) -> Response[Any]:
    visit = site.visit(request)
    found = _found(visit, app_id, form_id, run_id)
    visit.runtime.imports.stop(visit.viewer, run_id)
    return visit.go(_address(found))


@get(f"{RUN}/errors", sync_to_thread=True)
def errors(request: Ask, site: Here, app_id: InPath, form_id: InPath, run_id: InPath) -> Response[bytes]:
    """The wrong lines as a workbook, each with its reasons."""
    visit = site.visit(request)
    _found(visit, app_id, form_id, run_id)
    content = visit.runtime.imports.wrong_workbook(visit.viewer, run_id)
    return workbook(content, f"{form_id}-errors-{run_id}.xlsx")


def _found(visit: Visit, app_id: str, form_id: str, run_id: str) -> Import:
    require(visit, app_id, form_id)
    found = visit.runtime.imports.get(visit.viewer, run_id)
    if (found.app, found.form) != (app_id, form_id) or found.state == "over":
        raise Rejected([problem("import.unknown")])
    return found


def _address(found: Import, **query: str) -> str:
    return href(f"{base_of(found.app, found.form)}/{found.id}", **query)


# -- which column stands for which field ---------------------------------------------------------------


def _asked(visit: Visit, found: Import) -> Plan:
    """The plan so far; another sheet or line of headings begins anew."""
    sheet, heading = visit.query.get("sheet"), _number(visit.query.get("heading", ""))
    if sheet is None and not heading:
        return found.plan
    return Plan(sheet=sheet or "", heading=heading)


def _sent_plan(visit: Visit, found: Import, sent: Sent) -> Plan:
    """What the form says, with the headings of the sheet it names."""
    given = _lenient(found, sent)
    look = visit.runtime.imports.look(visit.viewer, found.id, Plan(sheet=given.sheet, heading=given.heading))
    chosen, by = sent.get("column", []), sent.get("by", [])
    columns = tuple(
        Column(column.heading, field, _by(look, field, by[place] if place < len(by) else ""))
        for place, column in enumerate(look.columns)
        for field in [chosen[place] if place < len(chosen) else ""]
    )
    return msgspec.structs.replace(given, columns=columns)


def _by(look: Look, field: str, chosen: str) -> str:
    """A field of another form than the one that is linked to now is no answer any more."""
    targets = look.linked.get(field, ())
    return chosen if any(target.id == chosen for target in targets) else ""


def _lenient(found: Import, sent: Sent) -> Plan:
    """The choices beside the columns, whatever was sent."""

    def last(name: str) -> str:
        return (sent.get(name) or [""])[-1]

    mode = last("mode")
    return Plan(
        sheet=last("sheet"), heading=_number(last("heading")),
        mode=mode if mode in ("both", "update") else "create",  # type: ignore[arg-type]
        key=last("key") if mode in ("both", "update") else "",
        bad="nothing" if last("bad") == "nothing" else "leave_out",
    )  # fmt: skip


def _number(text: str) -> int:
    return min(whole_number(text, 0), MOST_HEADINGS)


def _mapping_page(visit: Visit, found: Import, plan: Plan, problems: Sequence[Problem] = ()) -> Response[Any]:
    try:
        look = visit.runtime.imports.look(visit.viewer, found.id, plan)
    except Rejected as refused:
        look = visit.runtime.imports.look(visit.viewer, found.id, Plan())
        problems = [*problems, *refused.problems]
    warnings = [one for one in look.problems if one.severity == "warning"]
    mistakes = [one for one in problems if one.severity == "error"]
    wrong = {one.path.rpartition("/")[2] for one in mistakes if one.path.startswith("/columns/")}
    mapping = Mapping(
        tuple(_row(visit, look, place, str(place) in wrong) for place in range(len(look.columns))),
        tuple(Option(name, name, name == look.plan.sheet) for name in look.sheets), look.plan.heading,
        _modes(visit, look), _keys(visit, look), _bad(visit, look), look.remembered, said(visit, warnings),
        any(column.rows for column in look.plan.columns),
    )  # fmt: skip
    page = _base(visit, found, 2, mapping=mapping, problems=said(visit, mistakes))
    return _answer(visit, found, page, 422 if mistakes else 200)


def _row(visit: Visit, look: Look, place: int, wrong: bool) -> MappingRow:
    column = look.columns[place]
    known = {target.id: target for target in (*look.targets, *look.keys)}
    options = [Option("", visit.text("Leave out"), not column.field)]
    options += [_option(visit, target, column.field) for target in known.values()]
    targets = look.linked.get(column.field, ())
    by = tuple(
        Option(
            "" if number == 0 else target.id,
            visit.text("found by %(field)s", field=target.text(visit.language)), column.by == target.id,
        )
        for number, target in enumerate(targets)
    )  # fmt: skip
    return MappingRow(
        _letter(place), column.heading, column.samples, tuple(options), by if len(by) > 1 else (), wrong
    )


def _option(visit: Visit, target: Target, chosen: str) -> Option:
    text = target.text(visit.language) + (" *" if target.field.required else "")
    return Option(target.id, text, target.id == chosen)


def _letter(place: int) -> str:
    """As spreadsheets name it: A, B, … Z, AA."""
    rest, last = divmod(place, 26)
    return (_letter(rest - 1) if rest else "") + chr(65 + last)


def _modes(visit: Visit, look: Look) -> tuple[Option, ...]:
    words = {
        "create": (visit.text("Make new records only"), visit.text("Every line becomes a record")),
        "both": (
            visit.text("Change what is known, make what is new"), visit.text("A blank cell leaves what stands there"),
        ),
        "update": (visit.text("Change known records only"), visit.text("Lines nobody knows are left out")),
    }  # fmt: skip
    return tuple(Option(mode, text, look.plan.mode == mode, sub=sub) for mode, (text, sub) in words.items())


def _keys(visit: Visit, look: Look) -> tuple[Option, ...]:
    return tuple(_option(visit, key, look.plan.key) for key in look.keys)


def _bad(visit: Visit, look: Look) -> tuple[Option, ...]:
    words = {
        "leave_out": visit.text("Leave the wrong lines out"),
        "nothing": visit.text("Import all of it or nothing"),
    }
    return tuple(Option(value, text, look.plan.bad == value) for value, text in words.items())


# -- after the check -----------------------------------------------------------------------------------


def _base(visit: Visit, found: Import, step: int, **more: Any) -> ImportRunPage:
    _, form = visit.form(found.app, found.form)
    steps = (
        visit.text("File"), visit.text("Columns"), visit.text("Check"), visit.text("Import"),
    )  # fmt: skip
    title = visit.text("Import: %(form)s", form=form.text(visit.language))
    way = trail(visit, found.app, form)
    return ImportRunPage(title, way, _address(found), found.name, step, steps, **more)


def _page(visit: Visit, found: Import) -> ImportRunPage:
    if found.busy:
        return _busy(visit, found)
    checked = found.state == "checked"
    lines = visit.runtime.imports.wrong(visit.viewer, found.id, COUNTED)
    rows = tuple(_wrong(visit, found, line.number, line.problems) for line in lines[:SHOWN])
    rest = found.wrong - len(rows)
    notice, tone = _notice(visit, found)
    return _base(
        visit, found, 3 if checked else 4, counts=_counts(visit, found), wrong=rows, reasons=_reasons(visit, lines),
        more=visit.count("and one more", "and %(num)s more", rest) if rest > 0 else "",
        errors_href=f"{_address(found)}/errors" if found.wrong else "",
        again_href=_address(found, edit="yes") if checked or (found.state == "failed" and not found.right) else "",
        begin=_begin(visit, found), notice=notice, tone=tone,
        list_href=f"/apps/{found.app}/forms/{found.form}" if found.state == "done" else "",
    )  # fmt: skip


def _busy(visit: Visit, found: Import) -> ImportRunPage:
    checking = found.state == "checking"
    said = visit.text("Checking: nothing is written yet") if checking else visit.text("Importing")
    counted = visit.text("%(done)s of %(total)s lines", done=f"{found.done:,}", total=f"{found.total:,}")
    of = counted if found.total else visit.text("the lines are counted")
    return _base(
        visit, found, 3 if checking else 4, progress=round(100 * found.done / max(1, found.total)),
        progress_text=f"{said} · {of}", counts=_counts(visit, found),
    )  # fmt: skip


def _counts(visit: Visit, found: Import) -> tuple[tuple[str, str, str], ...]:
    written = found.state not in ("checking", "checked")
    new = visit.text("Made") if written else visit.text("Would be made")
    old = visit.text("Changed") if written else visit.text("Would be changed")
    counts = [("new", new, found.created)]
    if found.plan.mode != "create":
        counts.append(("changed", old, found.updated))
    counts.append(("wrong", visit.text("Wrong lines"), found.wrong))
    return tuple((kind, words, f"{number:,}") for kind, words, number in counts)


def _begin(visit: Visit, found: Import) -> str:
    """What the button says; '' where nothing can be begun."""
    if found.state in ("stopped", "failed"):
        return visit.text("Go on") if found.done or found.right or found.state == "stopped" else ""
    if found.state != "checked" or not found.right or (found.wrong and found.plan.bad == "nothing"):
        return ""
    if any(column.rows for column in found.plan.columns):
        return visit.count("Import the right record", "Import the %(num)s right records", found.right)
    if found.wrong:
        return visit.count("Import the right line", "Import the %(num)s right lines", found.right)
    return visit.count("Import the line", "Import all %(num)s lines", found.right)


def _notice(visit: Visit, found: Import) -> tuple[str, str]:
    """What has to be said about it, and how."""
    text = visit.text
    if found.state == "failed":
        return f"{text('It could not go on.')} {said(visit, [Problem(found.problem)])[0]}", "error"
    if found.state == "stopped":
        return text("It was stopped. What is in stays in; it goes on where it stopped."), "warn"
    if found.state == "done":
        left_out = text("Done. What was left out is below, with the reasons.")
        return (left_out if found.wrong else text("Done. Everything is in.")), "ok"
    if found.wrong and found.plan.bad == "nothing":
        return text(
            "Some lines are wrong, so nothing can be imported: mend the file, or leave them out."
        ), "warn"
    if not found.right:
        return text("No line can be imported as it is."), "error"
    return text("Nothing was written yet."), ""


def _wrong(visit: Visit, found: Import, number: int, problems: Sequence[Problem]) -> WrongRow:
    """Each reason once, with the heading of its column."""
    placed = ((found.plan.place_of(one), one) for one in problems)
    told = (
        ("" if place is None else found.plan.columns[place].heading, *said(visit, [one]))
        for place, one in placed
    )
    return WrongRow(found.plan.line(number), tuple(dict.fromkeys((where, text) for where, text in told)))


def _reasons(visit: Visit, lines: Sequence[WrongLine]) -> tuple[tuple[str, str], ...]:
    """What is wrong again and again: mending that mends much."""
    own = ([one for one in line.problems if one.code != "import.with_line"] for line in lines)
    texts = Counter(text for problems in own for text in said(visit, problems))
    return tuple((f"{number:,}", text) for text, number in texts.most_common(FREQUENT) if number > 1)


def _answer(visit: Visit, found: Import, page: ImportRunPage, status: int = 200) -> Response[Any]:
    app, _ = visit.form(found.app, found.form)
    return visit.page("import_run.html", page, title=page.title, styles=STYLES, app=app, status=status)


HANDLERS = (run_page, check, begin, stop, errors)
