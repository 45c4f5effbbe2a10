"""What somebody wants in a package; kept sealed with it, since a query may quote what was looked for."""

from __future__ import annotations

from typing import Literal

import msgspec

from engine.records.query import Condition, Query
from engine.whole_numbers import is_whole_number
from metamodel.problems import Rejected, problem

Scope = Literal["only", "case", "subject"]
LONGEST = 500
MOST_RECORDS = 10_000


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """`records` (ids) or else everything the query finds. `scope`: those alone; `case`: with everything that
    hangs on them by links; `subject`: the same for whoever a record is about, complete and with the list of
    who looked (a request of the person concerned). `reason` is asked for in every package."""

    app: str
    form: str
    reason: str
    scope: Scope = "only"
    records: tuple[str, ...] = ()
    text: str = ""
    filter: str = ""
    conditions: tuple[tuple[str, str, tuple[str, ...]], ...] = ()

    @property
    def query(self) -> Query:
        conditions = [Condition(*each) for each in self.conditions]
        if self.records:
            conditions.append(Condition("id", "any_of", self.records))
        return Query(text=self.text, filter=self.filter, conditions=tuple(conditions))

    @classmethod
    def of(cls, app: str, form: str, query: Query, reason: str, scope: Scope = "only") -> Request:
        """What a list shows."""
        conditions = tuple((c.path, c.operator, c.values) for c in query.conditions)
        return cls(
            app=app, form=form, reason=reason, scope=scope, text=query.text, filter=query.filter,
            conditions=conditions,
        )  # fmt: skip

    def checked(self) -> Request:
        """Rejected (package.no_reason, package.too_many, package.no_subject)."""
        found = []
        if not self.reason.strip() or len(self.reason) > LONGEST:
            found.append(problem("package.no_reason", "/reason", limit=LONGEST))
        if len(self.records) > MOST_RECORDS or not all(map(is_whole_number, self.records)):
            found.append(problem("package.too_many", "/records", limit=MOST_RECORDS))
        if self.scope == "subject" and len(self.records) != 1:
            found.append(problem("package.no_subject", "/records"))
        if found:
            raise Rejected(found)
        return self
