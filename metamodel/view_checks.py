"""Do views name what is there? docs/views.md has their words; `layout_checks` asks the same of layouts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from metamodel.checking import Checking, check_ids, check_labels
from metamodel.forms import Form, View
from metamodel.parts import Part
from metamodel.problems import Problem, pointer, problem
from metamodel.view_kinds import TABS, VIEW_KINDS, ViewKind

VIEWS = {"zh": "视图", "en": "view"}


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
        if not wrong and "." in name:
            found.append(problem("sort.behind_link", where, name=name))
            continue
        known = checking.path_type(form, name) if not wrong else None
        field = form.field(name)
        if known is not None and known.sealed:
            wrong = [problem("sort.sealed", where, field=name)]
        elif field is not None and field.type is not None and not field.type.sortable:
            wrong = [problem("sort.no_order", where, field=field.text())]
        found += wrong
    return found


def _check_options(form: Form, view: View, checking: Checking) -> list[Problem]:
    """What its kind (`VIEW_KINDS`) needs is there, and names what there is; of an unknown kind nothing is asked."""
    kind, part = VIEW_KINDS.get(view.kind), Part(view.options, view.path + "/options")
    if kind is None:
        return []
    found = [problem("shape.missing", view.path, key=key) for key in kind.needed if key not in view.options]
    found += check_named(form, part, kind.own, checking)
    for holder in kind.holders:
        if isinstance(view.options.get(holder), dict):
            found += _check_holder(part, kind, holder, checking)
    return [*found, *_check_placing(form, kind, part), *_check_tabs(form, kind, part)]


def _check_holder(part: Part, kind: ViewKind, holder: str, checking: Checking) -> list[Problem]:
    """An object that names a form: its own keys, and the options beside it that mean fields of that form."""
    named = part.part(holder)
    found = [
        problem("shape.missing", named.path, key=option.name)
        for option in kind.options
        if option.needed and option.holder == holder and option.name not in named.raw
    ]
    found += check_elsewhere(named, kind.inside(holder), checking)
    there = checking.app.form(named.text("form"))
    if there is not None and not named.text("app"):
        found += check_named(there, part, kind.there(holder), checking)
    return found


def _check_placing(form: Form, kind: ViewKind, part: Part) -> Iterator[Problem]:
    """What places a record in a view is of a kind that can: a choice, a day, files; and the database reads it."""
    for option in kind.options:
        field = form.field(part.text(option.key)) if option.strict and option.fits else None
        if field is None or field.type is None or field.options is None or option.fits is None:
            continue  # told already
        if (field.sealed and not option.opened) or not option.fits(field):
            place = part.path + pointer(option.key)
            yield problem("view.wrong_field", place, field=field.text(), key=option.key)


def _check_tabs(form: Form, kind: ViewKind, part: Part) -> Iterator[Problem]:
    """A tab of the record's page: one every page has, a conversation of this form, a timeline of any (`crm.line`)."""
    known = [view.id for view in form.views if view.kind == "chat"]
    for option in kind.options:
        name = part.text(option.key) if option.picks == "tab" else ""
        if name and name not in known and name not in TABS and "." not in name:
            place = part.path + pointer(option.key)
            yield problem("reference.unknown_view", place, name=name, known=[*known, *TABS])


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
