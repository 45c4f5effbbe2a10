"""Does a form make sense: its title, search words, retention; fields, views and layout in their files."""

from __future__ import annotations

import re
from collections.abc import Iterator

from metamodel.checking import Checking, check_ids, check_labels, label_words
from metamodel.derived_checks import check_cycles, check_derived
from metamodel.field_checks import check_fields
from metamodel.forms import FieldDefinition, Form
from metamodel.layout_checks import check_layout
from metamodel.plugin_api import Formula, Storage
from metamodel.problems import Problem, pointer, problem
from metamodel.retention import check_retention
from metamodel.view_checks import check_views

QUERY_WORDS = frozenset({"and", "or", "not"})
_PLACE = re.compile(r"\{([^{}]*)\}")


def check_forms(checking: Checking) -> list[Problem]:
    forms = checking.app.forms
    found = check_ids(forms, {"zh": "表单", "en": "form"}) + check_labels(forms)
    for form in forms:
        found += check_fields(form, checking)
        found += check_derived(form, checking)
        found += check_views(form, checking)
        found += check_layout(form, checking)
        found += [*_check_title(form, checking), *_check_search(form, checking)]
        found += _check_duplicates(form, checking)
        found += check_retention(form, checking)
    return found + check_cycles(forms, checking)


def title_places(title: str) -> list[str]:
    """The field paths a title template names, in order."""
    return _PLACE.findall(title)


def _check_title(form: Form, checking: Checking) -> Iterator[Problem]:
    """An archive's titles are made when they are read and sealed with it; a record's stand everywhere."""
    place = form.path + "/title"
    if "{" in _PLACE.sub("", form.title) or "}" in _PLACE.sub("", form.title):
        yield problem("title.braces", place)
    for path in title_places(form.title):
        wrong = checking.field_reference(form, path, place) if path else [problem("title.braces", place)]
        yield from wrong
        known = checking.path_type(form, path) if not wrong else None
        if known is not None and known.sealed and not form.is_archive:
            yield problem("title.sealed", place, field=path)


def _check_search(form: Form, checking: Checking) -> Iterator[Problem]:
    """Words of the query language; none may mean two things."""
    for word, path in form.search.items():
        place = form.path + pointer("search", word)
        yield from checking.field_reference(form, path, place)
        taken = _meaning(form, word, path)
        if taken:
            yield problem("search.alias_clash", place, word=word, other=taken)
        if word.lower() in QUERY_WORDS or not re.fullmatch(r"\w+", word):
            yield problem("search.bad_word", place, word=word)


def _check_duplicates(form: Form, checking: Checking) -> Iterator[Problem]:
    """The database compares them: plain single values."""
    for number, group in enumerate(form.duplicates):
        for place, name in enumerate(group):
            path = form.path + pointer("duplicates", number, place)
            yield from checking.field_reference(form, name, path)
            field = form.field(name)
            if field is not None and field.type is not None and not is_compared(field):
                yield problem("form.not_compared", path, field=field.text())


def is_compared(field: FieldDefinition) -> bool:
    """Can two records be said to be the same by this field?"""
    type_ = field.type
    if type_ is None or field.sealed or type_.many or type_.container or type_.storage == Storage.JSON:
        return False
    return field.derived is None or isinstance(field.derived, Formula)


def _meaning(form: Form, word: str, path: str) -> str:
    """The field that already answers to `word`, other than the one meant."""
    for field in form.fields:
        words = {field.id, *(text for _, text in label_words(field.label))}
        if word in words and field.id != path:
            return field.id
    return ""
