"""Buttons: rules that somebody sets off on a record's page."""

from __future__ import annotations

from collections.abc import Sequence

from engine.access.audit import Occurrence
from engine.access.viewer import Viewer
from engine.database import Unit
from engine.records.query import RecordView
from engine.rules.interpreter import Interpreter
from engine.rules.opening import Opened, opened
from engine.rules.ruleset import CompiledRule
from engine.rules.run import Run
from engine.rules.subjects import Subject
from metamodel.labels import label_text
from metamodel.problems import Rejected, has_errors, problem


class Buttons:
    def __init__(self, interpreter: Interpreter) -> None:
        self._interpreter, self._services = interpreter, interpreter.services

    def shown(self, viewer: Viewer, app: str, form: str, record: RecordView) -> list[tuple[str, str]]:
        """(rule, words) of the buttons this viewer may press on this record now, in order."""
        return self.offered(viewer, app, form, [record.id]).get(record.id, [])

    def offered(
        self, viewer: Viewer, app: str, form: str, records: Sequence[str]
    ) -> dict[str, list[tuple[str, str]]]:
        """The same of several records, which the viewer has read: by their ids."""
        rules = self._theirs(viewer, app, form)
        if not rules:
            return {}
        with self._services.database.read() as connection:
            unit = Unit(connection, self._services.database.clock.now())
            _, subjects = self._looking(unit, viewer, app, form, [int(record) for record in records])
            return {
                s.record: [(r.rule.id, _words(r, viewer)) for r in rules if _shows(r, s)] for s in subjects
            }

    def press(self, viewer: Viewer, app: str, rule: str, record: str, form: str = "") -> Opened | None:
        """All of it or nothing; the form that is to be shown next, if any.

        Rejected: rule.unknown, record.unknown (not theirs to read), rule.no_button,
        and whatever goes wrong on the way."""
        compiled = self._interpreter.rules(app).get(rule)
        offered = self._theirs(viewer, app, compiled.rule.form) if compiled is not None else []
        if compiled is None or compiled not in offered or form not in ("", compiled.rule.form):
            raise Rejected([problem("rule.unknown", rule=rule)])
        form = compiled.rule.form
        program = self._services.programs.get(app, form)

        def work(unit: Unit) -> Opened | None:
            self._interpreter.records.reader.row(unit.connection, viewer, program, record)
            run, subjects = self._looking(unit, viewer, app, form, [int(record)])
            if not all(_shows(compiled, subject) for subject in subjects):
                raise Rejected([problem("rule.no_button")])
            traces = self._interpreter.act(run, [compiled], subjects)
            wrong = [found for trace in traces for found in trace.problems]
            if has_errors(wrong):
                raise Rejected(wrong)
            pressed = Occurrence("press", app, form, int(record), detail={"rule": rule})
            self._services.audit.add(unit, viewer, [pressed])
            return opened(unit)

        return self._services.database.write(work)

    def _theirs(self, viewer: Viewer, app: str, form: str) -> list[CompiledRule]:
        rules = self._interpreter.rules(app).listening({"name": "button", "form": form})
        return [rule for rule in rules if rule.broken is None and _may(rule, viewer, app)]

    def _looking(
        self, unit: Unit, viewer: Viewer, app: str, form: str, records: Sequence[int]
    ) -> tuple[Run, list[Subject]]:
        run = self._interpreter.run(unit, app, viewer)
        return run, self._interpreter.stored(run, form, records)


def _may(rule: CompiledRule, viewer: Viewer, app: str) -> bool:
    roles: Sequence[str] = getattr(rule.rule.trigger_options, "roles", ())
    return viewer.system or not roles or not viewer.roles_in(app).isdisjoint(roles)


def _shows(rule: CompiledRule, subject: Subject) -> bool:
    """An expression that fails shows no button."""
    where: str = getattr(rule.rule.trigger_options, "where", "")
    if not where:
        return True
    subject.expressions = rule.expressions
    try:
        return bool(subject.evaluate(where))
    except Rejected:
        return False


def _words(rule: CompiledRule, viewer: Viewer) -> str:
    assert rule.rule.trigger is not None
    return label_text(rule.rule.trigger.words(rule.rule.trigger_options), viewer.language, rule.rule.id)
