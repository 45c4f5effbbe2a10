"""Does an analyzer suit the form it is to look at? Asked by the checks of rules that run one.

It reads fields and fills fields: they have to be there, of the types the analyzer works with, and
what it fills must be free to be filled.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from metamodel.binding import Binder
from metamodel.expressions.types import Type, type_label
from metamodel.parts import Part
from metamodel.plugin_api import Analyzer, Options, Reads
from metamodel.problems import Problem, problem
from metamodel.shape import nearest

if TYPE_CHECKING:
    from metamodel.checking import Checking
    from metamodel.forms import Form


def check_analyzer(
    checking: Checking, name: str, options: Mapping[str, Any], form: str, path: str
) -> list[Problem]:
    """`form` is the one of this app whose records are looked at; '' for another app's, which is not seen."""
    binder = Binder(checking.registry)
    bound = Part({"analyzer": name, "options": dict(options)}, path)
    analyzer, read = binder.bind("analyzer", bound, "analyzer", "options")
    here = checking.app.form(form)
    if analyzer is None or read is None or here is None:
        return binder.problems
    return [*binder.problems, *_check(checking, analyzer, read, here, path + "/options")]


def _check(
    checking: Checking, analyzer: Analyzer, options: Options, form: Form, place: str
) -> Iterator[Problem]:
    reads = analyzer.reads(options)
    source = form
    if reads.form:
        yield from checking.form_reference(reads.form, place)
        found = checking.app.form(reads.form)
        if found is None:
            return
        source = found
        yield from _check_via(source, reads, form, place)
    for number, name in enumerate(reads.fields):
        yield from _check_field(checking, source, name, reads.type_of(number), place)
    for name, known in analyzer.fills(options).items():
        yield from _check_filled(form, name, place)
        yield from _check_field(checking, form, name, known, place)


def _check_via(source: Form, reads: Reads, form: Form, place: str) -> Iterator[Problem]:
    """The field by which the other records point here."""
    field = source.field(reads.via)
    reference = field.type.reference(field) if field is not None and field.type and field.usable else None
    if reference is None or reference.target != "record" or reference.form != form.id:
        yield problem("analyzer.no_link", place, name=reads.via, form=source.text(), target=form.text())


def _check_field(checking: Checking, form: Form, name: str, wanted: Type, place: str) -> Iterator[Problem]:
    field = form.field(name)
    if field is None:
        known = nearest(name, [one.id for one in form.fields])
        yield problem("reference.unknown_field", place, name=name, form=form.text(), known=known)
        return
    found = checking.scope(form).name(name)
    if found is not None and wanted.kind != "any" and found.kind not in ("any", wanted.kind):
        said = {"expected": type_label(wanted), "found": type_label(found)}
        yield problem("analyzer.wrong_type", place, field=field.text(), **said)


def _check_filled(form: Form, name: str, place: str) -> Iterator[Problem]:
    """A computed field is nobody's to fill, evidence is frozen once the record is written."""
    field = form.field(name)
    if field is not None and field.derived is not None:
        yield problem("analyzer.computed_field", place, field=field.text())
