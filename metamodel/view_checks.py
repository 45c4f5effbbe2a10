"""Do views name what is there? docs/views.md has their words; `layout_checks` asks the same of layouts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from metamodel.checking import Checking, check_ids, check_labels
from metamodel.forms import FieldDefinition, Form, View
from metamodel.parts import Part
from metamodel.plugin_api import Lookup, Rollup
from metamodel.problems import Problem, pointer, problem

READ_LATER = (Lookup, Rollup)
VIEWS = {"zh": "视图", "en": "view"}

# option of a view -> whose field it names: the form's own, or the messages'
CHAT_OWN = ("facts",)
CHAT_MESSAGES = (
    "side", "sender", "sender_id", "time", "text", "type", "action", "refers_to", "attachments", "duration",
    "also", "tags",
)  # fmt: skip
TIMELINE_OWN = ("by", "time", "mark", "who", "text", "tags", "count")
TABLE_OWN = ("card",)
SPAN_OWN = ("from", "to", "hue", "fields")
NEEDED = {
    "chat": ("messages", "time", "text"), "timeline": ("by", "time"), "gallery": ("cover",), "kanban": ("by",),
    "calendar": ("from",), "gantt": ("from", "to"),
}  # fmt: skip
OWN = {
    "table": TABLE_OWN, "chat": CHAT_OWN, "timeline": TIMELINE_OWN, "card": ("fields",),
    "gallery": ("cover", "fields"), "kanban": ("by", "sum", "fields"), "calendar": SPAN_OWN, "gantt": SPAN_OWN,
}  # fmt: skip
# options that name another form, its link to this one, and more of its fields
ELSEWHERE: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "chat": {"messages": ("link",)},
    "timeline": {"words": ("link", "text"), "request": ("field",)},
}


def check_views(form: Form, checking: Checking) -> list[Problem]:
    found = check_ids(form.views, VIEWS) + check_labels(form.views, needed=False)
    for view in form.views:
        found += check_columns(form, view.columns, view.path, checking)
        found += check_sort(form, view.sort, view.path + "/sort", checking)
        found += checking.row_condition(view.filter, view.path + "/filter", checking.scope(form))
        found += _check_options(form, view, checking)
    return [*found, *_check_defaults(form, checking)]


def _check_defaults(form: Form, checking: Checking) -> Iterator[Problem]:
    """Roles that are there, each with one view its list opens with; a chat is no tab of a list."""
    taken: dict[str, str] = {}
    for view in form.views:
        for number, role in enumerate(view.default_for):
            place = view.path + pointer("default_for", number)
            if checking.app.role(role) is None:
                yield problem("reference.unknown_role", place, name=role)
            elif view.kind == "chat":
                yield problem("view.not_in_list", place)
            elif role in taken:
                yield problem("view.default_twice", place, role=role, other=taken[role])
            taken.setdefault(role, view.id)


def check_columns(form: Form, columns: Iterable[str], path: str, checking: Checking) -> list[Problem]:
    found: list[Problem] = []
    for place, column in enumerate(columns):
        found += checking.field_reference(form, column, path + pointer("columns", place))
    return found


def check_sort(form: Form, sort: Iterable[str], path: str, checking: Checking) -> list[Problem]:
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
    found += check_named(form, part, OWN.get(view.kind, ()), checking)
    for key, links in ELSEWHERE.get(view.kind, {}).items():
        if isinstance(view.options.get(key), dict):
            found += check_elsewhere(part.part(key), links, checking)
    found += _check_placing(form, view, part)
    messages = checking.app.form(part.part("messages").text("form"))
    if view.kind == "chat" and messages is not None and not part.part("messages").text("app"):
        found += check_named(messages, part, CHAT_MESSAGES, checking)
    return found


def _check_placing(form: Form, view: View, part: Part) -> Iterator[Problem]:
    """What places a record in a view is of a kind that can: a choice, a day, files; and the database reads it."""
    for key, fits in PLACING.get(view.kind, {}).items():
        field = form.field(part.text(key))
        if field is None or field.type is None or field.options is None:
            continue  # told already
        if (field.sealed and key != "cover") or not fits(field):
            yield problem("view.wrong_field", part.path + pointer(key), field=field.text(), key=key)


def _chooses(field: FieldDefinition) -> bool:
    return field.type is not None and not field.type.many and bool(field.type.choices(field))


def _is_day(field: FieldDefinition) -> bool:
    return field.expression_type().kind in ("date", "datetime") and not isinstance(field.derived, READ_LATER)


def _is_number(field: FieldDefinition) -> bool:
    return field.expression_type().kind == "number"


def _holds_files(field: FieldDefinition) -> bool:
    reference = field.type.reference(field) if field.type else None
    return reference is not None and reference.target == "file"


# kind of view -> option -> does the field it names fit?
PLACING: Mapping[str, Mapping[str, Callable[[FieldDefinition], bool]]] = {
    "kanban": {"by": _chooses, "sum": _is_number},
    "calendar": {"from": _is_day, "to": _is_day, "hue": _chooses},
    "gantt": {"from": _is_day, "to": _is_day, "hue": _chooses},
    "gallery": {"cover": _holds_files},
}


def check_named(form: Form, part: Part, keys: Iterable[str], checking: Checking) -> list[Problem]:
    """Each key names a field of `form`, or several."""
    found: list[Problem] = []
    for key in keys:
        place = part.path + pointer(key)
        found += checking.field_reference(form, part.text(key), place)
        for number, name in enumerate(part.texts(key)):
            found += checking.field_reference(form, name, place + pointer(number))
    return found


def check_elsewhere(part: Part, fields: Iterable[str], checking: Checking) -> list[Problem]:
    """`{"form": …, "link": …}`: the form exists and has those fields."""
    app, name = part.text("app"), part.text("form")
    found = checking.form_reference(name, part.path + "/form", app)
    form = checking.app.form(name) if app in ("", checking.app.id) else None
    return found + (check_named(form, part, fields, checking) if form else [])
