"""Performers of the effects that stay in the database: each takes all of a batch at once.

What an effect sets on the record that set off the rule goes into its draft, so it is part
of the record's first revision; everything else is gathered in `run.changes`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from engine.records.matching import Key, find_ids
from engine.records.program import FormProgram
from engine.rules.covering import find_or_create
from engine.rules.keys import Keys
from engine.rules.run import Performers, Planned, Run
from metamodel.plugin_api import (
    AddTags,
    CreateRecord,
    FindOrCreate,
    Link,
    Refuse,
    RemoveTags,
    SetFields,
    UpdateRecords,
)
from metamodel.problems import Rejected, problem


def set_fields(run: Run, planned: Sequence[Planned]) -> None:
    for one in planned:
        effect: SetFields = one.effect
        values, wrong = run.fit(run.program(effect.app, effect.form), effect.values)
        run.fail(one.subject, wrong)
        if one.subject.is_own(effect.app, effect.form, effect.record):
            one.subject.write(values)
        elif effect.record:
            run.changes.set(effect.app, effect.form, int(effect.record), values, run.trace)


def add_tags(run: Run, planned: Sequence[Planned]) -> None:
    for one in planned:
        effect: AddTags = one.effect
        program = run.program(effect.app, effect.form)
        fitted, wrong = run.fit(program, {effect.field: list(effect.tags)})
        run.fail(one.subject, wrong)
        tags = fitted.get(effect.field) or []
        if one.subject.is_own(effect.app, effect.form, effect.record):
            there = one.subject.values.get(effect.field) or []
            one.subject.write({effect.field: [*there, *(tag for tag in tags if tag not in there)]})
        elif effect.record:
            run.changes.add(effect.app, effect.form, int(effect.record), effect.field, tags, run.trace)


def remove_tags(run: Run, planned: Sequence[Planned]) -> None:
    for one in planned:
        effect: RemoveTags = one.effect
        if one.subject.is_own(effect.app, effect.form, effect.record):
            there = one.subject.values.get(effect.field) or []
            one.subject.write({effect.field: [tag for tag in there if tag not in effect.tags] or None})
        elif effect.record:
            place = effect.app, effect.form, int(effect.record)
            run.changes.remove(*place, effect.field, effect.tags, run.trace)


def refuse(run: Run, planned: Sequence[Planned]) -> None:
    """Told to the subject: the stage before saving gathers and raises it."""
    for one in planned:
        run.fail(one.subject, [problem("rule.refused", message=one.effect.message)])


def create_records(run: Run, planned: Sequence[Planned]) -> None:
    groups: dict[tuple[str, str], list[Planned]] = {}
    for one in planned:
        groups.setdefault((one.effect.app, one.effect.form), []).append(one)
    for place, group in groups.items():
        _create_group(run, run.program(*place), group)


def _create_group(run: Run, program: FormProgram, group: Sequence[Planned]) -> None:
    rows, owners = [], []
    for one in group:
        values, wrong = run.fit(program, one.effect.values)
        if wrong:
            run.fail(one.subject, wrong)
        else:
            rows.append(values)
            owners.append(one.subject)
    made = run.create(program, rows, lambda place, found: run.fail(owners[place], found))
    for subject, identifier in zip(owners, made, strict=True):
        if identifier is not None:
            subject.made.append((program.app.id, program.form.id, str(identifier)))


def update_records(run: Run, planned: Sequence[Planned]) -> None:
    """One statement finds the records of all that ask about the same form in the same way."""
    groups: dict[tuple[str, str, str, tuple[str, ...]], list[Planned]] = {}
    for one in planned:
        effect: UpdateRecords = one.effect
        groups.setdefault((effect.app, effect.form, effect.where, tuple(effect.match)), []).append(one)
    for (app, form, where, fields), group in groups.items():
        if run.changes.waiting_for(app, form):
            run.flush()
        _update_group(run, run.program(app, form), where, fields, group)


def _update_group(
    run: Run, program: FormProgram, where: str, fields: tuple[str, ...], group: Sequence[Planned]
) -> None:
    keys = Keys(run, program)
    made = {id(one): keys.of(one.effect.match) for one in group}
    wanted = {each.key for each in made.values() if each.key and each.is_whole}
    picked = _condition(run, program, where) if where else None
    found = find_ids(run.unit.connection, program, fields, wanted, where=picked)
    for one in group:
        values, wrong = run.fit(program, one.effect.values)
        run.fail(one.subject, [*made[id(one)].problems, *wrong])
        key = made[id(one)].key
        place = program.app.id, program.form.id
        for record in found.get(key, ()) if key and not wrong else ():
            if (one.subject.app, one.subject.form, one.subject.record) != (*place, str(record)):
                run.changes.set(*place, record, values, run.trace)


# -- links -----------------------------------------------------------------------------------------


def link(run: Run, planned: Sequence[Planned]) -> None:
    """Every way of finding is tried for all that are still without, one statement a way."""
    groups: dict[tuple[str, str], list[Planned]] = {}
    for one in planned:
        groups.setdefault((one.effect.app, one.effect.form), []).append(one)
    for (app, form), group in groups.items():
        if run.changes.waiting_for(app, form):
            run.flush()
        _link_group(run, run.program(app, form), group)


def _link_group(run: Run, program: FormProgram, group: Sequence[Planned]) -> None:
    open_, found, keys = list(group), dict[int, int](), Keys(run, program)  # id() of the planned -> record
    for way in range(max(len(one.effect.match) for one in group)):
        try:
            found.update(_found_by(run, program, keys, open_, way))
        except Rejected as error:
            for one in open_:
                run.fail(one.subject, error.problems)
        open_ = [one for one in open_ if id(one) not in found]
    theirs = {name for one in group for name in one.effect.copy.values()}
    copied = sorted(theirs & program.fields.keys())
    rows = run.load(program, set(found.values()), copied) if copied else {}
    for one in group:
        record = found.get(id(one))
        _set_link(run, one, record, rows[record].values if record in rows else {})
    _tell_several(run, program, keys, group)


def _found_by(
    run: Run, program: FormProgram, keys: Keys, open_: Sequence[Planned], way: int
) -> dict[int, int]:
    return {one: ids[0] for one, ids in _fitting(run, program, keys, open_, way).items()}


def _fitting(
    run: Run, program: FormProgram, keys: Keys, group: Sequence[Planned], way: int
) -> dict[int, list[int]]:
    """All records that fit this way of matching, the one to take first, for each of the planned that has any."""
    asked: dict[tuple[str, tuple[str, ...], bool], dict[int, Key]] = {}
    for one in group:
        match = one.effect.match[way] if way < len(one.effect.match) else {}
        made = keys.of(match)
        if made.key and made.is_whole:
            by = one.effect.where, tuple(match), one.effect.latest == "changed"
            asked.setdefault(by, {})[id(one)] = made.key
    found: dict[int, list[int]] = {}
    for (where, fields, changed), wanted in asked.items():
        picked = _condition(run, program, where) if where else None
        keyed = set(wanted.values())
        ids = find_ids(run.unit.connection, program, fields, keyed, where=picked, changed=changed)
        found.update({one: ids[key] for one, key in wanted.items() if key in ids})
    return found


def _condition(run: Run, program: FormProgram, where: str) -> sa.ColumnElement[bool]:
    authority = run.services.authority
    return authority.condition(run.unit.connection, run.viewer, program.app, program.form, where)[0]


def _tell_several(run: Run, program: FormProgram, keys: Keys, group: Sequence[Planned]) -> None:
    wanting = [one for one in group if one.effect.several]
    for way in {len(one.effect.match) - 1 for one in wanting}:
        last = [one for one in wanting if len(one.effect.match) - 1 == way]
        fitting = _fitting(run, program, keys, last, way)
        for one in last:
            if len(fitting.get(id(one), ())) > 1:
                set_own(run, one, one.effect.several)


def _set_link(run: Run, one: Planned, record: int | None, there: Mapping[str, Any]) -> None:
    effect: Link = one.effect
    if record is None:
        set_own(run, one, effect.otherwise)
        return
    copied = {ours: there.get(theirs) for ours, theirs in effect.copy.items()}
    set_own(run, one, {effect.link: str(record), **copied, **effect.then})


def set_own(run: Run, one: Planned, values: Mapping[str, Any]) -> None:
    """Into the draft of the subject; a message has none."""
    if one.subject.program is not None and values:
        fitted, wrong = run.fit(one.subject.program, values)
        run.fail(one.subject, wrong)
        one.subject.write(fitted)


LIGHT = frozenset({SetFields, AddTags, RemoveTags, Refuse})  # they only note what is to be written
CORE: Performers = {
    SetFields: set_fields,
    AddTags: add_tags,
    RemoveTags: remove_tags,
    Refuse: refuse,
    CreateRecord: create_records,
    FindOrCreate: find_or_create,
    UpdateRecords: update_records,
    Link: link,
}
