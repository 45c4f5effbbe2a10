"""Warnings: what in the organisation will bite one day, each with the place where it is mended."""

from __future__ import annotations

from typing import Any

from litestar import Response, get

from builder_ui.models.organisation import WarningLine, WarningsPage
from builder_ui.pages.organisation.office import (
    BASE,
    STYLES,
    Office,
    department_url,
    person_url,
    role_url,
)
from builder_ui.site import Ask, Here
from engine.organisation import Warning

ICONS = {"person": "person", "department": "building", "role": "key"}


@get(f"{BASE}/warnings", sync_to_thread=True)
def warnings_page(request: Ask, site: Here) -> Response[Any]:
    office = Office.of(site.visit(request))
    text, found = office.visit.text, office.warnings
    labels = {"person": text("People"), "department": text("Departments"), "role": text("Roles")}
    groups = tuple(
        (label, tuple(_line(office, one) for one in found if one.kind == kind))
        for kind, label in labels.items()
    )
    title = text("Organisation")
    page = WarningsPage(title, office.tabs("/warnings"), tuple(group for group in groups if group[1]))
    return office.visit.page("people_warnings.html", page, title=title, styles=STYLES)


def _line(office: Office, warning: Warning) -> WarningLine:
    if warning.kind == "person":
        address = person_url(warning.subject, "/edit")
    elif warning.kind == "department":
        address = department_url(warning.subject)
    else:
        address = role_url(*warning.subject.split("/", 1))
    return WarningLine(warning.problem.text(office.visit.language), address, ICONS[warning.kind])


HANDLERS = (warnings_page,)
