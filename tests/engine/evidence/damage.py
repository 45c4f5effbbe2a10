"""Writing past every trigger, and what a verification calls it."""

from __future__ import annotations

from engine.database import driver
from engine.evidence.findings import Report
from engine.evidence.triggers import APPEND_ONLY, append_only_triggers, archive_triggers
from engine.runtime import Runtime


def kinds(report: Report) -> set[str]:
    return {finding.kind for finding in report.findings}


def force(runtime: Runtime, *statements: str) -> None:
    """Past every trigger, committed."""
    with runtime.database.connect() as connection, connection.begin():
        execute = driver(connection).execute
        if runtime.database.dialect == "postgresql":
            ours = [t for table in APPEND_ONLY for t in append_only_triggers("postgresql", table)]
            for form in runtime.catalog.all():
                ours += archive_triggers("postgresql", form.table, form.frozen) if form.is_archive else []
            for table in dict.fromkeys(trigger.table for trigger in ours):
                execute(f'ALTER TABLE "{table}" DISABLE TRIGGER USER')
            for statement in statements:
                execute(statement)
            for trigger in ours:
                execute(f'ALTER TABLE "{trigger.table}" ENABLE ALWAYS TRIGGER "{trigger.name}"')
            return
        triggers = execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in triggers:
            execute(f'DROP TRIGGER "{name}"')
        for statement in (*statements, *(sql for _, sql in triggers)):
            execute(statement)
