"""Does a form of keyword lists make sense: where a list's code stands, and where its words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from metamodel.checking import Checking
from metamodel.forms import FieldDefinition, Form, Keywords
from metamodel.problems import Problem, pointer, problem
from metamodel.shape import nearest

# what a column is for -> the kinds of values it may hold
KINDS = {
    "word": ("text",),
    "also": ("text", "list"),
    "enabled": ("boolean",),
    "side": ("text",),
}


def check_keywords(checking: Checking) -> list[Problem]:
    """`KEYWORDS('risk')` looks in one form of lists, so an app may have only one; of forms whose records are
    words it may have any number."""
    homes = [(form, form.keywords) for form in checking.app.forms if form.keywords is not None]
    lists = [(form, keywords) for form, keywords in homes if not keywords.single]
    found = [
        problem("keywords.twice", keywords.path, form=lists[0][0].text()) for _form, keywords in lists[1:]
    ]
    for form, keywords in lists:
        found += [*_check_code(form, keywords), *_check_rows(form, keywords)]
    for form, keywords in homes:
        found += _check_columns(form, form.fields, keywords) if keywords.single else ()
    return found


def _check_code(form: Form, keywords: Keywords) -> Iterator[Problem]:
    field, place = form.field(keywords.code), keywords.path + pointer("code")
    if field is None:
        yield _unknown(form, keywords.code, [f.id for f in form.fields], place)
    elif field.usable and (field.expression_type().kind != "text" or field.sealed):
        yield problem("keywords.wrong_field", place, field=field.text())


def _check_rows(form: Form, keywords: Keywords) -> Iterator[Problem]:
    rows, place = form.field(keywords.rows), keywords.path + pointer("rows")
    if rows is None:
        yield _unknown(form, keywords.rows, [f.id for f in form.fields], place)
    elif rows.type is not None and not rows.type.container:
        yield problem("keywords.wrong_field", place, field=rows.text())
    else:
        yield from _check_columns(form, rows.fields, keywords)


def _check_columns(form: Form, fields: Sequence[FieldDefinition], keywords: Keywords) -> Iterator[Problem]:
    columns = {field.id: field for field in fields}
    for purpose, name in keywords.columns.items():
        field, place = columns.get(name), keywords.path + pointer(purpose)
        if field is None:
            yield _unknown(form, name, list(columns), place)
        elif field.usable and (
            field.expression_type().kind not in KINDS[purpose] or (keywords.single and field.sealed)
        ):
            yield problem("keywords.wrong_field", place, field=field.text())


def _unknown(form: Form, name: str, known: list[str], place: str) -> Problem:
    return problem("reference.unknown_field", place, name=name, form=form.text(), known=nearest(name, known))
