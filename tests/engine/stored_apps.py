"""What the tests of plans and publishing share: a small document, an installation to publish it in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from engine.applications import Applications
from engine.database import Database
from engine.evidence.seals import Box, MasterKeys
from engine.jobs import Jobs
from engine.migrate import COPY_JOB, ColumnCopies
from engine.tables import Catalog, FormTable
from engine.values import encode
from metamodel.plugin_api import Registry

NAME = {"id": "name", "type": "text", "label": "名称"}
AMOUNT = {"id": "amount", "type": "integer", "label": "金额"}
LEVEL = {
    "id": "level", "type": "select", "label": "级别",
    "options": {"choices": [{"value": "a", "label": "甲"}, {"value": "b", "label": "乙"}]},
}  # fmt: skip
TAGS = {"id": "tags", "type": "tags", "label": "标签"}
BODY = {"id": "body", "type": "long_text", "label": "正文", "evidence": True, "sealed": True}
SENT = {"id": "sent", "type": "datetime", "label": "时间", "evidence": True}


def form(identifier: str, *fields: Mapping[str, Any], **rest: Any) -> dict[str, Any]:
    return {"id": identifier, "label": identifier, "fields": list(fields), **rest}


def document(*forms: Mapping[str, Any], app: str = "shop", **rest: Any) -> dict[str, Any]:
    return {"muniment": 1, "app": {"id": app, "label": app}, "forms": list(forms), **rest}


@dataclass
class House:
    """An installation as far as publishing goes."""

    database: Database
    registry: Registry
    keys: MasterKeys
    published: list[tuple[str, int, bytes]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.catalog = Catalog(self.database)
        self.jobs = Jobs(self.database, Box(self.keys))
        self.applications = Applications(
            self.database, self.catalog, self.registry, self.jobs,
            lambda unit, app, version, digest, by: self.published.append((app, version, digest)),
        )  # fmt: skip
        self.jobs.register(COPY_JOB, ColumnCopies(self.database, self.catalog, self.applications))

    def publish(self, *forms: Mapping[str, Any], **rest: Any) -> int:
        return self.applications.publish(None, document(*forms, **rest), "li")

    def table(self, form: str = "order", app: str = "shop") -> FormTable:
        return self.catalog.form(app, form)

    def insert(self, rows: Sequence[Mapping[str, Any]], form: str = "order") -> list[int]:
        """Rows of raw values, straight into the table."""
        table = self.table(form)
        definition = self.applications.get("shop").form(form)
        assert definition is not None

        def work(unit: Any) -> list[int]:
            ids = list(self.database.take_ids(unit.connection, len(rows)))
            for identifier, row in zip(ids, rows, strict=True):
                system = {"revision": 1, "version": 1, "created_at": 0, "created_by": "li", "updated_at": 0}
                values = {
                    table.fields[name].name: encode(value, definition.field(name))  # type: ignore[arg-type]
                    for name, value in row.items()
                }
                unit.connection.execute(
                    table.table.insert().values(id=identifier, **system, updated_by="li", **values)
                )
            return ids

        return self.database.write(work)

    def column(self, field: str, form: str = "order") -> list[Any]:
        table = self.table(form)
        with self.database.read() as connection:
            return list(connection.scalars(sa.select(table.fields[field]).order_by(table.table.c.id)))
