"""What reading and writing records stand on, gathered once by the runtime."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo

import sqlalchemy as sa

from engine.access.audit import AuditTrail
from engine.access.authority import Authority
from engine.access.people import People
from engine.access.viewer import Viewer
from engine.database import Database
from engine.evidence.ledger import Ledger
from engine.evidence.seals import RecordKey, Seals
from engine.expressions import EvaluationContext
from engine.files import Files
from engine.outside import OutsideLists
from engine.records.program import Programs
from engine.search.index import Search
from engine.system_tables import record_keys
from engine.tables import Catalog
from metamodel.application import App
from metamodel.plugin_api import Registry

MakeContext = Callable[[sa.Connection, Viewer, datetime, str], EvaluationContext]


@dataclass(frozen=True)
class Services:
    database: Database
    catalog: Catalog
    registry: Registry
    programs: Programs
    people: People
    authority: Authority
    audit: AuditTrail
    seals: Seals
    ledger: Ledger
    search: Search
    files: Files
    zone: tzinfo
    make_context: MakeContext
    outside: OutsideLists

    def context(
        self, connection: sa.Connection, viewer: Viewer, moment: datetime, app: str = ""
    ) -> EvaluationContext:
        """`app`: whose keyword lists are meant; blank: anybody's."""
        return self.make_context(connection, viewer, moment, app)

    def record_key(self, connection: sa.Connection, record: int) -> RecordKey | None:
        """What opens a record's sealed values; None where it has none, or was shredded."""
        query = sa.select(record_keys).where(record_keys.c.record == record)
        row = connection.execute(query).mappings().first()
        return None if row is None else self.seals.opened(dict(row))

    def apps(self) -> Mapping[str, App]:
        return self.programs.apps()
