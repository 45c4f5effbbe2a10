"""The first step: a file, the template to fill in, and the imports of this form begun before."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from litestar import Response, get, post

from builder_ui.models.importing import ImportRow, ImportStartPage
from builder_ui.models.parts import Link
from builder_ui.pages.listing import LIST
from builder_ui.site import Ask, Here, InPath, Visit, sent_form
from engine.importing import Import
from metamodel.forms import Form
from metamodel.problems import Problem, Rejected, problem

IMPORT = f"{LIST}/import"
STYLES = ("list", "form", "pages", "importing")
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PRIVATE = {"Cache-Control": "private, no-store"}
HUES = {
    "open": "grey", "checking": "blue", "checked": "amber", "running": "blue", "stopped": "amber", "done": "green",
    "failed": "red",
}  # fmt: skip


@get(IMPORT, sync_to_thread=True)
def start_page(request: Ask, site: Here, app_id: InPath, form_id: InPath) -> Response[Any]:
    visit = site.visit(request)
    require(visit, app_id, form_id)
    return _answer(visit, app_id, form_id)


@get(f"{IMPORT}/template", sync_to_thread=True)
def fetch_template(request: Ask, site: Here, app_id: InPath, form_id: InPath) -> Response[bytes]:
    """The workbook to fill in."""
    visit = site.visit(request)
    content = visit.runtime.imports.template(visit.viewer, app_id, form_id)
    return workbook(content, f"{form_id}-template.xlsx")


@post(IMPORT, sync_to_thread=True)
def open_import(request: Ask, site: Here, app_id: InPath, form_id: InPath, body: bytes) -> Response[Any]:
    """The uploaded file (its id under `file`) becomes an import, and on to its columns."""
    visit, sent = site.visit(request), sent_form(body)
    require(visit, app_id, form_id)
    file, attachments = (
        next((one for one in reversed(sent.get(name, [])) if one), "") for name in ("file", "attachments")
    )
    try:
        made = visit.runtime.imports.open(visit.viewer, app_id, form_id, file, attachments)
    except Rejected as refused:
        return _answer(visit, app_id, form_id, refused.problems)
    return visit.go(f"{base_of(app_id, form_id)}/{made}")


def require(visit: Visit, app_id: str, form_id: str) -> Form:
    """Rejected (access.denied) for who may bring nothing in here."""
    _, form = visit.form(app_id, form_id)
    if not visit.runtime.imports.may(visit.viewer, app_id, form_id):
        raise Rejected([problem("access.denied")])
    return form


def base_of(app_id: str, form_id: str) -> str:
    return f"/apps/{app_id}/forms/{form_id}/import"


def workbook(content: bytes, name: str) -> Response[bytes]:
    headers = {**PRIVATE, "Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=WORKBOOK, headers=headers)


def trail(visit: Visit, app_id: str, form: Form) -> tuple[Link, ...]:
    return (Link(form.text(visit.language), f"/apps/{app_id}/forms/{form.id}"),)


def said(visit: Visit, problems: Sequence[Problem]) -> tuple[str, ...]:
    """Each with its way out, once."""
    texts = (f"{one.text(visit.language)} {one.hint(visit.language)}".strip() for one in problems)
    return tuple(dict.fromkeys(texts))


def state_text(visit: Visit, found: Import) -> str:
    return {
        "open": visit.text("To be mapped"), "checking": visit.text("Being checked"), "checked": visit.text("Checked"),
        "running": visit.text("Being imported"), "stopped": visit.text("Stopped"), "done": visit.text("Imported"),
        "failed": visit.text("Failed"), "over": visit.text("Expired"),
    }[found.state]  # fmt: skip


def _answer(visit: Visit, app_id: str, form_id: str, problems: Sequence[Problem] = ()) -> Response[Any]:
    app, form = visit.form(app_id, form_id)
    base = base_of(app_id, form_id)
    page = ImportStartPage(
        visit.text("Import: %(form)s", form=form.text(visit.language)), trail(visit, app_id, form), base,
        f"{base}/template", tuple(_row(visit, one) for one in visit.runtime.imports.of(visit.viewer, app_id, form_id)),
        said(visit, problems), visit.runtime.imports.takes_files(visit.viewer, app_id, form_id),
    )  # fmt: skip
    status = 422 if problems else 200
    return visit.page("import_start.html", page, title=page.title, styles=STYLES, app=app, status=status)


def _row(visit: Visit, found: Import) -> ImportRow:
    about = visit.count("%(num)s line", "%(num)s lines", found.total) if found.total else ""
    if found.state == "done":
        about = visit.text(
            "%(created)s new, %(updated)s changed, %(wrong)s left out",
            created=f"{found.created:,}", updated=f"{found.updated:,}", wrong=f"{found.wrong:,}",
        )  # fmt: skip
    return ImportRow(
        found.name, visit.moments.short(found.at), state_text(visit, found), HUES[found.state], about,
        f"{base_of(found.app, found.form)}/{found.id}",
    )  # fmt: skip


HANDLERS = (start_page, fetch_template, open_import)
