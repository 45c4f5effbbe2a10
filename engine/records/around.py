"""What stands around records: facets of a list, choices of a picker, a record's history and relatives, its proof."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from engine.access.audit import AuditEntry
from engine.access.pinyin import matches
from engine.access.viewer import Viewer
from engine.access.ways import best_access
from engine.clock import from_microseconds
from engine.records.program import FieldProgram, FormProgram
from engine.records.query import Event, Facet, Option, Query, Related
from engine.records.quotes import unquoted
from engine.records.read import Reader
from engine.records.rows import Row
from engine.records.services import Services
from engine.records.state import parse_value
from metamodel.application import App
from metamodel.flows import Flow
from metamodel.forms import FieldDefinition
from metamodel.labels import label_text
from metamodel.plugin_api import Display, Reference
from metamodel.problems import Rejected, problem
from metamodel.rules import Rule

FACET_ROWS = 10_000
SCANNED = 2_000  # newest records a link picker looks through
HAPPENED = frozenset({
    "create", "update", "delete", "record.restore", "record.shred", "record.restrict", "record.lift", "press",
    "flow.start", "flow.approve", "flow.reject", "flow.return", "flow.resubmit", "flow.withdraw", "flow.transfer",
    "flow.add_before", "flow.add_after",
})  # fmt: skip


class Around:
    def __init__(self, services: Services, reader: Reader) -> None:
        self._services, self._reader = services, reader

    # -- facets ------------------------------------------------------------------------------------

    def facets(
        self, viewer: Viewer, app: str, form: str, query: Query, fields: Sequence[str]
    ) -> dict[str, list[Facet]]:
        """How often each value occurs among what the query finds (its first 10,000)."""
        program = self._services.programs.get(app, form)
        found: dict[str, list[Facet]] = {}
        with self._services.database.read() as connection:
            selection = self._reader.selection(connection, viewer, program, query)
            display = self._reader.references.display(connection, viewer, program, [])
            for name in fields:
                field = program.fields.get(name)
                if field is None or field.field.sealed:
                    continue
                visible = selection.visible.reading([name])
                ids = visible.ids().where(*selection.where).limit(FACET_ROWS)
                found[name] = self._facet(connection, program, field, ids, display)
        return found

    def _facet(
        self, connection: sa.Connection, program: FormProgram, field: FieldProgram, ids: sa.Select[Any],
        display: Display,
    ) -> list[Facet]:  # fmt: skip
        index = program.table.links.get(field.id)
        table = index if index is not None else program.table.table
        column = index.c.value if index is not None else program.table.column(field.id)
        record = index.c.record if index is not None else program.table.table.c.id
        total = sa.func.count().label("total")
        statement = sa.select(column, total).select_from(table).where(record.in_(ids), column.is_not(None))
        rows = connection.execute(statement.group_by(column).order_by(total.desc()).limit(30)).all()
        return [_facet(program, field, value, count, display, index is not None) for value, count in rows]

    # -- pickers -----------------------------------------------------------------------------------

    def options(
        self, viewer: Viewer, app: str, form: str, field: str, text: str = "", limit: int = 20
    ) -> list[Option]:
        """What may be picked for a field, or `rows.field` of a sub-form: by Chinese, full pinyin and initials. Rejected
        (access.denied) for whom the field is not there: lists of another system are told nobody else."""
        program = self._services.programs.get(app, form)
        chosen = _named(program, field)
        if chosen is None or chosen.type is None:
            raise Rejected([problem("value.unknown_field", field=field)])
        with self._services.database.read() as connection:
            ways = self._services.authority.ways(connection, viewer, program.app, program.form)
        if best_access(ways, field.partition(".")[0]) == "hide":
            raise Rejected([problem("access.denied")])
        return self.pick(viewer, app, chosen, text, limit)

    def pick(self, viewer: Viewer, app: str, field: FieldDefinition, text: str, limit: int) -> list[Option]:
        """Its choices, or the people, departments or records it may point at."""
        source = field.type.source(field) if field.type and field.options is not None else None
        if source is not None:
            listed = self._services.outside.items(source)
            return [Option(v, label) for v, label in listed if matches(text, label, v)][:limit]
        choices = field.type.choices(field) if field.type else ()
        if choices:
            labelled = [Option(c.value, label_text(c.label, viewer.language, c.value)) for c in choices]
            return [o for o in labelled if matches(text, o.label, o.id)][:limit]
        reference = field.type.reference(field) if field.type else None
        return self._referred(viewer, app, reference, text, limit) if reference else []

    def _referred(
        self, viewer: Viewer, app: str, reference: Reference, text: str, limit: int
    ) -> list[Option]:
        organisation = self._services.people.organisation()
        names = organisation.names()
        match reference.target:
            case "person":
                return [
                    Option(p.id, p.name, names.get(("department", p.department or ""), ""))
                    for p in organisation.find_people(text, limit)
                ]
            case "department":
                return [
                    Option(d.id, d.name, names.get(("department", d.parent or ""), ""))
                    for d in organisation.find_departments(text, limit)
                ]
            case "role":
                known = self._services.programs.apps()[app].roles
                offered = [
                    Option(role.id, label_text(role.label, viewer.language, role.id)) for role in known
                ]
                return [one for one in offered if matches(text, one.label, one.id)][:limit]
            case "record":
                return self.pickable(viewer, reference.app or app, reference.form, text, limit)
        return []

    def pickable(self, viewer: Viewer, app: str, form: str, text: str, limit: int) -> list[Option]:
        """The newest records whose title is found; titles are few words, so they are compared here."""
        program = self._services.programs.get(app, form)
        with self._services.database.read() as connection:
            selection = self._reader.selection(
                connection, viewer, program, Query(columns=program.title_fields)
            )
            rows = self._reader.newest(connection, viewer, selection, SCANNED)
            titles = self._reader.references.titles(connection, viewer, program, rows)
        found = [Option(str(i), t, f"#{i}") for i, t in titles.items() if matches(text, t, str(i))]
        return found[:limit]

    # -- history -----------------------------------------------------------------------------------

    def history(self, viewer: Viewer, app: str, form: str, record: str) -> list[Event]:
        """What happened to it, newest first: who changed what, and by which rule; only fields this viewer may
        read."""
        program = self._services.programs.get(app, form)
        with self._services.database.read() as connection:
            row = self._reader.row(connection, viewer, program, record)
            entries = self._services.audit.of_record(connection, row.id, actions=HAPPENED)
            key = self._services.record_key(connection, row.id)
            display = self._reader.references.display(connection, viewer, program, [row])
        return [
            self._event(
                program, row, entry, unquoted(self._services.seals, key, row.id, entry.detail), display
            )
            for entry in entries
        ]

    def _event(
        self, program: FormProgram, row: Row, entry: AuditEntry, changed: Mapping[str, Any], display: Display
    ) -> Event:
        known = [name for name in changed if row.access.get(name) in ("read", "write", "mask")]
        changes = tuple(
            (
                program.fields[name].field.text(display.language),
                *(_shown(program, name, v, display, row.access[name] == "mask") for v in changed[name]),
            )
            for name in known
        )
        causes = entry.detail.get("rules", {})
        rules = tuple(_rule_text(program.app, causes.get(name, ""), display.language) for name in known)
        name = display.name("person", entry.person)
        return Event(from_microseconds(entry.at), entry.person, name, entry.action, changes, rules)  # type: ignore[arg-type]

    # -- relatives ---------------------------------------------------------------------------------

    def related(self, viewer: Viewer, app: str, form: str, record: str) -> list[Related]:
        """Forms of all apps whose links point here, with how many of theirs this viewer may see."""
        found: list[Related] = []
        with self._services.database.read() as connection:
            for other in self._services.apps().values():
                for there in other.forms:
                    program = self._services.programs.get(other.id, there.id)
                    found += self._pointing(connection, viewer, program, app, form, record)
        return found

    def _pointing(
        self,
        connection: sa.Connection,
        viewer: Viewer,
        program: FormProgram,
        app: str,
        form: str,
        record: str,
    ) -> list[Related]:
        links = [f for f in program.stored if _links_to(f, program.app.id, app, form)]
        visible = self._services.authority.visible_rows(connection, viewer, program.app, program.form)
        found = []
        for field in links if visible.ways else ():
            index = program.table.links.get(field.id)
            pointing = visible.reading([field.id]).ids()
            if index is not None:
                inside = sa.select(index.c.record).where(index.c.value == record)
                pointing = pointing.where(program.table.table.c.id.in_(inside))
            else:
                pointing = pointing.where(program.table.column(field.id) == int(record))
            total = connection.scalar(sa.select(sa.func.count()).select_from(pointing.subquery())) or 0
            found.append(Related(program.app.id, program.form.id, field.id, program.form.label, total))
        return found

    # -- proof -------------------------------------------------------------------------------------

    def proof(
        self, viewer: Viewer, app: str, form: str, record: str, revision: int | None = None
    ) -> Mapping[str, Any] | None:
        """The evidence of an archived record: the leaf of a revision, the newest unless one is named, and the
        way to the signed checkpoint."""
        program = self._services.programs.get(app, form)
        with self._services.database.read() as connection:
            row = self._reader.row(connection, viewer, program, record)
            if not program.form.is_archive:
                return None
            return self._services.ledger.record_proof(connection, row.id, revision)


def _named(program: FormProgram, path: str) -> FieldDefinition | None:
    first, _, inner = path.partition(".")
    found = program.fields.get(first)
    if found is None or not inner:
        return found.field if found else None
    return next((column for column in found.field.fields if column.id == inner and column.usable), None)


def _facet(
    program: FormProgram, field: FieldProgram, raw: Any, count: int, display: Display, plain: bool
) -> Facet:
    value = raw if plain else field.decode(raw)
    labels = (
        {
            c.value: label_text(c.label, display.language, c.value)
            for c in field.field.type.choices(field.field)
        }
        if field.field.type
        else {}
    )
    reference = field.field.type.reference(field.field) if field.field.type else None
    if str(value) in labels:
        return Facet(str(value), labels[str(value)], count)
    if reference is not None:
        return Facet(str(value), display.name(reference.target, str(value)), count)
    return Facet(str(value), str(value), count)


def _shown(program: FormProgram, name: str, raw: Any, display: Display, masked: bool) -> str:
    field = program.fields[name]
    value, wrong = parse_value(field, raw)
    if masked:
        value, raw = None if wrong else field.mask(value), None
    if masked and isinstance(value, str):
        return value
    if value is None or wrong or field.field.type is None:
        return "" if raw is None else str(raw)
    return field.field.type.display(value, field.field, display)


def _rule_text(app: App, rule: str, language: str) -> str:
    """What a rule is called, or the flow of which a node did it; its id where it is no more."""
    parts: tuple[Rule | Flow, ...] = (*app.rules, *app.flows)
    known = next((one for one in parts if one.id == rule.partition("/")[0]), None)
    return label_text(known.label, language, known.id) if known is not None else rule


def _links_to(field: FieldProgram, own_app: str, app: str, form: str) -> bool:
    reference = field.field.type.reference(field.field) if field.field.type else None
    return (
        reference is not None
        and reference.target == "record"
        and (reference.app or own_app) == app
        and reference.form == form
    )
