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
from engine.evidence.seals import Seals
from engine.expressions import EvaluationContext
from engine.files import Files
from engine.records.program import Programs
from engine.search.index import Search
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

    def context(
        self, connection: sa.Connection, viewer: Viewer, moment: datetime, app: str = ""
    ) -> EvaluationContext:
        """`app`: whose keyword lists are meant; blank: anybody's."""
        return self.make_context(connection, viewer, moment, app)

    def apps(self) -> Mapping[str, App]:
        return self.programs.apps()
