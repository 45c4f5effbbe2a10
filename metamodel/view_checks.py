"""Do views and layouts name what is there? docs/views.md has their words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from metamodel.checking import Checking, check_ids, check_labels
from metamodel.forms import Form, View
from metamodel.parts import Part
from metamodel.problems import Problem, pointer, problem

VIEWS = {"zh": "视图", "en": "view"}

# option of a view -> whose field it names: the form's own, or the messages'
CHAT_OWN = ("facts",)
CHAT_MESSAGES = (
    "side", "sender", "sender_id", "time", "text", "type", "action", "refers_to", "attachments", "duration",
    "also", "tags",
)  # fmt: skip
TIMELINE_OWN = ("by", "time", "mark", "who", "text", "tags", "count")
TABLE_OWN = ("card",)
NEEDED = {"chat": ("messages", "time", "text"), "timeline": ("by", "time")}
OWN = {"table": TABLE_OWN, "chat": CHAT_OWN, "timeline": TIMELINE_OWN}
# options that name another form, its link to this one, and more of its fields
ELSEWHERE: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "chat": {"messages": ("link",)},
    "timeline": {"words": ("link", "text"), "request": ("field",)},
}


def check_views(form: Form, checking: Checking) -> list[Problem]:
    found = check_ids(form.views, VIEWS) + check_labels(form.views, needed=False)
    for view in form.views:
        found += _check_columns(form, view.columns, view.path, checking)
        found += _check_sort(form, view.sort, view.path + "/sort", checking)
        found += checking.row_condition(view.filter, view.path + "/filter", checking.scope(form))
        found += _check_options(form, view, checking)
    return found


def _check_columns(form: Form, columns: Iterable[str], path: str, checking: Checking) -> list[Problem]:
    found: list[Problem] = []
    for place, column in enumerate(columns):
        found += checking.field_reference(form, column, path + pointer("columns", place))
    return found


def _check_sort(form: Form, sort: Iterable[str], path: str, checking: Checking) -> list[Problem]:
    found: list[Problem] = []
    for place, key in enumerate(sort):
        where, name = path + pointer(place), key.removeprefix("-")
        wrong = checking.field_reference(form, name, where)
        known = checking.path_type(form, name) if not wrong else None
        field = form.field(name)
        if known is not None and known.sealed:
            wrong = [problem("sort.sealed", where, field=name)]
        elif field is not None and field.type is not None and not field.type.sortable:
            wrong = [problem("sort.no_order", where, field=field.text())]
        found += wrong
    return found


def _check_options(form: Form, view: View, checking: Checking) -> list[Problem]:
    part = Part(view.options, view.path + "/options")
    found = [
        problem("shape.missing", view.path, key=key)
        for key in NEEDED.get(view.kind, ())
        if key not in view.options
    ]
    found += _check_named(form, part, OWN.get(view.kind, ()), checking)
    for key, links in ELSEWHERE.get(view.kind, {}).items():
        if isinstance(view.options.get(key), dict):
            found += _check_elsewhere(part.part(key), links, checking)
    messages = checking.app.form(part.part("messages").text("form"))
    if view.kind == "chat" and messages is not None and not part.part("messages").text("app"):
        found += _check_named(messages, part, CHAT_MESSAGES, checking)
    return found


def _check_named(form: Form, part: Part, keys: Iterable[str], checking: Checking) -> list[Problem]:
    """Each key names a field of `form`, or several."""
    found: list[Problem] = []
    for key in keys:
        place = part.path + pointer(key)
        found += checking.field_reference(form, part.text(key), place)
        for number, name in enumerate(part.texts(key)):
            found += checking.field_reference(form, name, place + pointer(number))
    return found


def _check_elsewhere(part: Part, fields: Iterable[str], checking: Checking) -> list[Problem]:
    """`{"form": …, "link": …}`: the form exists and has those fields."""
    app, name = part.text("app"), part.text("form")
    found = checking.form_reference(name, part.path + "/form", app)
    form = checking.app.form(name) if app in ("", checking.app.id) else None
    return found + (_check_named(form, part, fields, checking) if form else [])


def check_layout(form: Form, checking: Checking) -> list[Problem]:
    found: list[Problem] = []
    placed: set[str] = set()
    for number, block in enumerate(form.layout):
        part = Part(block, form.path + pointer("layout", number))
        found += checking.condition(part.text("visible"), part.path + "/visible", checking.scope(form))[1]
        if part.text("kind") == "section":
            found += _check_section(form, part, placed)
        elif part.text("kind") == "related":
            found += _check_related(form, part, checking)
    if any(block.get("kind") == "section" for block in form.layout):
        found += _left_out(form, placed)
    return found


def _check_section(form: Form, part: Part, placed: set[str]) -> Iterator[Problem]:
    for number, item in enumerate(part.items("fields")):
        name = item.get("field") if isinstance(item, dict) else item
        place = part.path + pointer("fields", number)
        if not isinstance(name, str):
            continue  # told by the schema
        if form.field(name) is None:
            yield problem("reference.unknown_field", place, name=name, form=form.text(), known="")
        elif name in placed:
            yield problem("layout.twice", place, field=name)
        placed.add(name)


def _check_related(form: Form, part: Part, checking: Checking) -> list[Problem]:
    found = _check_elsewhere(part, ("link",), checking)
    other = checking.app.form(part.text("form")) if part.text("app") in ("", checking.app.id) else None
    if other is None or found:
        return found
    link = other.field(part.text("link"))
    target = link.type.reference(link) if link and link.type and link.options is not None else None
    if target is None or target.target != "record" or target.form != form.id:
        found.append(problem("layout.no_link", part.where("link"), form=other.text(), link=part.text("link")))
    found += _check_columns(other, part.texts("columns"), part.path, checking)
    return found + _check_sort(other, part.texts("sort"), part.path + "/sort", checking)


def _left_out(form: Form, placed: Iterable[str]) -> Iterator[Problem]:
    """What people must fill in and no section shows. Archives are not filled in by people."""
    for field in form.fields:
        needed = field.required and field.derived is None and not field.default
        if needed and field.id not in placed and not form.is_archive:
            yield problem("layout.required_left_out", field.path, field=field.text())
