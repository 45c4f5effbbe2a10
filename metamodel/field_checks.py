"""Does a field make sense in its form? Flags, conditions, defaults, and its type's own check."""

from __future__ import annotations

from collections.abc import Iterator

from metamodel.checking import Checking, check_ids, check_labels
from metamodel.constant import constant
from metamodel.expressions import Scope
from metamodel.expressions.types import ANY
from metamodel.forms import CONDITIONS, FieldDefinition, Form
from metamodel.plugin_api import Storage
from metamodel.problems import Problem, problem
from metamodel.row_totals import totals_of
from metamodel.scope import RowScope

PARTS = {"zh": "字段", "en": "field"}


def check_fields(form: Form, checking: Checking) -> list[Problem]:
    found = check_ids(form.fields, PARTS) + check_labels(form.fields)
    if not form.fields:
        found.append(problem("form.no_fields", form.path))
    for field in form.fields:
        found += _check_field(field, form, checking, checking.scope(form))
    return found


def _check_field(field: FieldDefinition, form: Form, checking: Checking, scope: Scope) -> list[Problem]:
    found = [*_check_flags(field), *_check_evidence(field, form), *_check_column(field, form)]
    if field.type is not None and field.options is not None:
        missing = list(_check_reference(field, checking))
        found += missing or [one.under(field.path) for one in field.type.check_options(field, checking.app)]
    found += _check_conditions(field, checking, scope)
    found += _check_hand_over(field, form, checking)
    if field.fields:
        found += _check_rows(field, form, checking)
    return found


def _check_rows(rows: FieldDefinition, form: Form, checking: Checking) -> list[Problem]:
    if rows.type is not None and not rows.type.container:
        return [problem("field.no_container", rows.path + "/fields", type=rows.type.label)]
    found = check_ids(rows.fields, PARTS) + check_labels(rows.fields)
    scope = RowScope(checking.app, form, rows, checking.apps, checking.registry)
    for cell in rows.fields:
        found += _check_field(cell, form, checking, scope)
        for flag in ("evidence", "sealed", "searchable", "unique"):
            if getattr(cell, flag):
                found.append(problem("field.flag_in_rows", f"{cell.path}/{flag}", flag=flag))
        if cell.total and cell.type is not None and cell.total not in totals_of(cell):
            found.append(problem("field.no_such_total", cell.path + "/total", field=cell.text()))
    return found


def _check_flags(field: FieldDefinition) -> Iterator[Problem]:
    """What a type cannot do, and what does not go together."""
    kind, derived = field.type, field.derived
    later = derived is not None and not derived.kept  # worked out when it is read
    if field.sealed and field.unique:
        yield problem("field.sealed_unique", field.path + "/unique")
    if kind is not None and field.unique and (kind.many or kind.container or later):
        yield problem("field.cannot_be_unique", field.path + "/unique", type=kind.label)
    if kind is not None and field.searchable and not kind.searchable:
        yield problem("field.not_searchable", field.path + "/searchable", type=kind.label)
    if field.patterns and kind is not None and not _holds_text(field):
        yield problem("field.no_text_to_mask", field.path + "/mask", type=kind.label)
    if derived is not None and field.default:
        yield problem("field.default_ignored", field.path + "/default")


def _check_column(field: FieldDefinition, form: Form) -> Iterator[Problem]:
    """Only columns have a width and a total."""
    if field in form.fields:
        for name in ("width", "total"):
            if getattr(field, name):
                yield problem("field.only_in_rows", f"{field.path}/{name}", field=field.text())


def _holds_text(field: FieldDefinition) -> bool:
    """Can a pattern find anything in it? Its own text, or the names of files."""
    reference = field.type.reference(field) if field.type else None
    if reference is not None:
        return reference.target == "file"
    return field.type is not None and field.type.storage in (Storage.TEXT, Storage.JSON)


def _check_evidence(field: FieldDefinition, form: Form) -> Iterator[Problem]:
    if field.evidence and not form.is_archive:
        yield problem("field.evidence_on_record", field.path + "/evidence", form=form.text())
    if field.evidence and field.derived is not None and not field.derived.kept:
        yield problem("field.evidence_not_stored", field.path + "/evidence")
    if form.is_archive and field.evidence and not field.sealed and _is_personal(field):
        yield problem("field.plain_evidence", field.path, field=field.text())


def _is_personal(field: FieldDefinition) -> bool:
    """Words about somebody: what is masked or searched for, or of a type made for such words."""
    if field.type is None or field.derived is not None:
        return False
    stored = field.type.storage in (Storage.TEXT, Storage.JSON)
    return field.type.personal or (stored and (field.mask or field.searchable))


def _check_reference(field: FieldDefinition, checking: Checking) -> Iterator[Problem]:
    """A link into an app must be named in `requires`."""
    reference = field.type.reference(field) if field.type else None
    if reference is None or reference.target != "record" or reference.app in ("", checking.app.id):
        return
    if checking.app.required(reference.app) is None:
        yield problem("requires.missing", field.path + "/options/app", app=reference.app)


def _check_conditions(field: FieldDefinition, checking: Checking, scope: Scope) -> list[Problem]:
    found: list[Problem] = []
    values: dict[str, bool | None] = {}
    for name in CONDITIONS:
        checked, problems = checking.condition(getattr(field, name), f"{field.path}/{name}", scope)
        found += problems
        values[name] = constant(checked) if checked else None
        if checked is not None and (field.id,) in checked.names and name in ("visible", "writable"):
            found.append(problem("field.decides_itself", f"{field.path}/{name}", field=field.text()))
    found += _check_default(field, checking, scope)
    found += _check_choices(field, checking, scope)
    if field.derived is None:
        found += _check_contradictions(field, values)
        found += _check_never_both(field, checking, scope, values)
    return found


def _check_choices(field: FieldDefinition, checking: Checking, scope: Scope) -> list[Problem]:
    """What decides which choices are offered cannot be what is chosen."""
    found: list[Problem] = []
    offered = field.type.conditions(field) if field.type is not None and field.options is not None else ()
    for place, _, text in offered:
        checked, problems = checking.condition(text, field.path + place, scope)
        found += problems
        if checked is not None and (field.id,) in checked.names:
            found.append(problem("field.decides_itself", field.path + place, field=field.text()))
    return found


def _check_never_both(
    field: FieldDefinition, checking: Checking, scope: Scope, values: dict[str, bool | None]
) -> Iterator[Problem]:
    """Required only when it is not shown, or when it is closed: then it never is."""
    for other in ("visible", "writable"):
        shown = getattr(field, other)
        if not (shown and field.required_if) or values[other] is False or values["required_if"] is False:
            continue
        both, wrong = checking.condition(f"({shown}) and ({field.required_if})", "", scope)
        if both is not None and not wrong and constant(both) is False:
            yield problem("field.never_required", field.path + "/required_if", field=field.text())
            return


def _check_contradictions(field: FieldDefinition, values: dict[str, bool | None]) -> Iterator[Problem]:
    """Nobody can be asked for what he never sees or may never fill in."""
    required = field.required or values["required_if"] is True
    if required and values["visible"] is False:
        yield problem("field.required_but_hidden", field.path + "/visible", field=field.text())
    elif required and values["writable"] is False and not field.default:
        yield problem("field.required_but_locked", field.path + "/writable", field=field.text())
    if values["valid"] is False:
        yield problem("field.never_valid", field.path + "/valid", field=field.text())


def _check_hand_over(field: FieldDefinition, form: Form, checking: Checking) -> list[Problem]:
    """Only who stands in a field that may still change can be replaced, never in an archive; the database picks
    the records."""
    place = field.path + "/hand_over"
    if not field.hand_over:
        return []
    reference = field.type.reference(field) if field.type and field.options is not None else None
    named = reference is not None and reference.target == "person"
    frozen = field.sealed or field.derived is not None or form.is_archive
    if not named or frozen or field not in form.fields:
        return [problem("field.hands_over_nobody", place, field=field.text())]
    return checking.row_condition(field.hand_over, place, checking.scope(form))


def _check_default(field: FieldDefinition, checking: Checking, scope: Scope) -> list[Problem]:
    place = field.path + "/default"
    expected = field.expression_type() if field.derived is None else ANY
    return checking.expression(field.default, place, scope, expected.plain(), plain=not field.sealed)[1]
