"""The pieces of an expression's editor that the server draws: condition rows, options of pickers, records to try on."""

from __future__ import annotations

from typing import Any

from litestar import Response, get, post

from builder_ui.design_conditions import ConditionDrawer, first_test
from builder_ui.site import Ask, Here, InPath, Visit
from engine.web.api.design_expressions import place_of, revision_of, text_of
from engine.web.body import json_object
from engine.whole_numbers import whole_number
from metamodel.condition_reading import read_condition
from metamodel.conditions import Group, condition_from_json, condition_text

FORM = "/design/{app_id:str}/forms/{form_id:str}"


@post("/design/{app_id:str}/conditions", sync_to_thread=True, status_code=200)
def conditions(request: Ask, site: Here, app_id: InPath, body: bytes) -> dict[str, Any]:
    """`{form, expression}` or `{form, builder, add?}` → `{expression, html}`: the rows of a condition, and what they
    say. `add`: the place of the group that gets a new row, and of which kind; html is null where no rows can say it."""
    visit, sent = site.visit(request), json_object(body)
    place = place_of(sent)
    scope = visit.runtime.expressions.scope(visit.viewer, app_id, revision_of(sent), place)
    if "builder" in sent:
        group: Group | None = condition_from_json(sent["builder"])
    else:
        group = read_condition(text_of(sent), scope)
    if group is None:
        return {"expression": text_of(sent), "html": None}
    added = sent.get("add")
    if isinstance(added, dict):
        new = first_test(scope)
        part = Group("or", (new,)) if added.get("what") == "group" else new
        group = _with(group, str(added.get("at") or "0").split(".")[1:], part)
    drawn = ConditionDrawer(visit, app_id, place, scope).conditions(group)
    html = visit.site.renderer.render("design/conditions.html", visit.language, page=drawn)
    return {"expression": condition_text(group, scope), "html": html}


def _with(group: Group, way: list[str], part: Any) -> Group:
    """The tree with one part more in the group that is found by the places `way`."""
    if not way:
        return Group(group.join, (*group.parts, part), group.negated)
    place = whole_number(way[0], -1)
    parts = tuple(
        _with(each, way[1:], part) if number == place and isinstance(each, Group) else each
        for number, each in enumerate(group.parts)
    )
    return Group(group.join, parts, group.negated)


@get(f"{FORM}/options/{{field:str}}", sync_to_thread=True)
def draft_options(request: Ask, site: Here, app_id: InPath, form_id: InPath, field: InPath) -> Response[Any]:
    """What a picker of a draft's field offers, through links too, as its list's HTML."""
    return _options(site.visit(request), app_id, form_id, field)


@get(f"{FORM}/preview/options/{{field:str}}", sync_to_thread=True)
def previewed_options(
    request: Ask, site: Here, app_id: InPath, form_id: InPath, field: InPath
) -> Response[Any]:
    """The same for the form's preview."""
    return _options(site.visit(request), app_id, form_id, field)


def _options(visit: Visit, app: str, form: str, field: str) -> Response[Any]:
    found = visit.runtime.expressions.options(visit.viewer, app, form, field, visit.query.get("q", ""))
    return visit.part("parts/options.html", found)


@get(f"{FORM}/records", sync_to_thread=True)
def records_to_try(request: Ask, site: Here, app_id: InPath, form_id: InPath) -> Response[Any]:
    """Records of the published form this person may read, as a picker's list."""
    visit = site.visit(request)
    found = visit.runtime.expressions.records(visit.viewer, app_id, form_id, visit.query.get("q", ""))
    return visit.part("parts/options.html", found)


@get(f"{FORM}/uses/{{field:str}}", sync_to_thread=True)
def choice_uses(request: Ask, site: Here, app_id: InPath, form_id: InPath, field: InPath) -> dict[str, Any]:
    """How many records hold each choice of a field (`lines.kind`: of a sub-form's column), and whether a choice
    may go into another: `why` not."""
    visit = site.visit(request)
    used = visit.runtime.expressions.uses(visit.viewer, app_id, form_id, field)
    refused = visit.runtime.expressions.merging_refused(visit.viewer, app_id, form_id, field)
    why = refused.text(visit.language) if refused else ""
    return {"used": used, "merges": refused is None, "why": why}


HANDLERS = (conditions, draft_options, previewed_options, records_to_try, choice_uses)
