"""Web hooks out: what rules tell other systems, sent by a job, signed, tried again, and kept when it failed.

Signed as Standard Webhooks are: `webhook-id`, `webhook-timestamp`, and `webhook-signature: v1,` before the
HMAC-SHA-256 of `id.timestamp.body`. The key of an address is made from the box key and stands nowhere.
What is sent is sealed while it waits and forgotten once it was taken.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
import sqlalchemy as sa

from engine.access.audit import AuditTrail, Occurrence
from engine.access.viewer import Viewer
from engine.clock import from_microseconds
from engine.database import Database, Unit
from engine.evidence.seals import Box
from engine.jobs import Jobs
from engine.jobs.queue import MOST_ATTEMPTS
from engine.outgoing import Outgoing, parsed
from engine.rules.run import Performers, Planned, Run
from engine.system_tables import web_hook_calls as calls
from engine.whole_numbers import whole_number
from metamodel.plugin_api import HttpCall
from metamodel.problems import Rejected, problem

JOB = "web_hook"
TAKEN = range(200, 300)
GONE = 410  # the other side wants no more of it
KEY = b"web hook\0"


@dataclass(frozen=True, slots=True)
class WebHookCall:
    """One call; `state`: waiting, failed (and tried again), sent, dead. `error`: a problem's code or a status."""

    id: str
    app: str
    rule: str
    form: str
    record: str
    url: str
    at: datetime
    state: str
    attempts: int
    error: str


class WebHooks:
    """Registers its job; the runtime registers its performer with the rules."""

    def __init__(
        self, database: Database, box: Box, jobs: Jobs, outgoing: Outgoing, audit: AuditTrail
    ) -> None:
        self._database, self._box, self._jobs = database, box, jobs
        self._outgoing, self._audit = outgoing, audit
        jobs.register(JOB, self._send)

    @property
    def performers(self) -> Performers:
        return {HttpCall: self.plan}

    def key(self, app: str, url: str) -> str:
        """What the other side verifies signatures with, as it is handed over: `whsec_` and base64."""
        return "whsec_" + base64.b64encode(self._key(app, url)).decode()

    def _key(self, app: str, url: str) -> bytes:
        target = parsed(url)
        return self._box.fingerprint(KEY + f"{app}\0{target.scheme}://{target.netloc}{target.path}".encode())

    # -- from a rule -------------------------------------------------------------------------------

    def plan(self, run: Run, planned: Sequence[Planned]) -> None:
        """Written down in the rule's own unit; sent when that is committed."""
        for one in planned:
            effect: HttpCall = one.effect
            try:
                parsed(effect.url)
            except Rejected as refused:
                run.fail(one.subject, refused.problems)
                continue
            self._write(run, effect)

    def _write(self, run: Run, effect: HttpCall) -> None:
        (identifier,) = self._database.take_ids(run.unit.connection, 1)
        record = whole_number(effect.record)
        body = {
            "app": effect.app, "form": effect.form, "record": effect.record, "rule": run.source,
            "event": _event(run), "at": run.unit.moment.isoformat(), "data": dict(effect.data),
        }  # fmt: skip
        values = {
            "id": identifier, "app": effect.app, "rule": run.source, "form": effect.form, "record": record,
            "url": effect.url, "at": run.unit.now, "state": "waiting",
            "body_sealed": self._box.seal(msgspec.json.encode(body, enc_hook=str), _place(identifier)),
        }  # fmt: skip
        run.unit.connection.execute(sa.insert(calls).values(values))
        self._jobs.defer(run.unit, JOB, {"call": str(identifier)})

    # -- the job -----------------------------------------------------------------------------------

    def _send(self, payload: Mapping[str, Any], _job: str) -> None:
        """Raises what the queue tries again after a pause; the last failure leaves it dead."""
        row = self._row(int(payload["call"]))
        if row is None or row.state not in ("waiting", "failed") or row.body_sealed is None:
            return
        try:
            body = self._box.open(row.body_sealed, _place(row.id))
            answer = self._outgoing.post(row.url, body, self._headers(row, body))
        except Rejected as refused:
            self._failed(row, refused.problems[0].code)
            raise
        if answer.status in TAKEN:
            self._mark(row, "sent", "")
        elif answer.status == GONE:
            self._mark(row, "dead", str(GONE))
        else:
            self._failed(row, str(answer.status))
            raise Rejected([problem("outgoing.not_taken", status=answer.status)])

    def _headers(self, row: Any, body: bytes) -> dict[str, str]:
        named, stamp = f"msg_{row.id}", str(int(self._database.clock.now().timestamp()))
        return {
            "content-type": "application/json", "user-agent": "Muniment", "webhook-id": named,
            "webhook-timestamp": stamp, "webhook-signature": signature(self._key(row.app, row.url), named, stamp, body),
        }  # fmt: skip

    def _failed(self, row: Any, error: str) -> None:
        self._mark(row, "dead" if row.attempts + 1 >= MOST_ATTEMPTS else "failed", error)

    def _mark(self, row: Any, state: str, error: str) -> None:
        """What was taken needs no copy here."""
        values = {"state": state, "error": error, "attempts": row.attempts + 1}
        change = sa.update(calls).where(calls.c.id == row.id)
        change = change.values(values | ({"body_sealed": None} if state == "sent" else {}))
        self._database.write(lambda unit: unit.connection.execute(change).rowcount)

    def _row(self, identifier: int) -> Any:
        with self._database.read() as connection:
            return connection.execute(sa.select(calls).where(calls.c.id == identifier)).first()

    # -- for people --------------------------------------------------------------------------------

    def latest(self, apps: Sequence[str], limit: int = 100) -> list[WebHookCall]:
        """Newest first, those of these apps; what is dead stands before the rest."""
        query = sa.select(calls).where(calls.c.app.in_(apps))
        query = query.order_by((calls.c.state == "dead").desc(), calls.c.id.desc()).limit(limit)
        with self._database.read() as connection:
            return [_call(row) for row in connection.execute(query)]

    def retry(self, viewer: Viewer, app: str, call: str) -> None:
        """Rejected (web_hook.unknown) unless it is dead."""
        self._settle(viewer, app, call, "waiting", "web_hook.retry")

    def discard(self, viewer: Viewer, app: str, call: str) -> None:
        """Given up: it stays in the list without what it said."""
        self._settle(viewer, app, call, "given_up", "web_hook.discard")

    def _settle(self, viewer: Viewer, app: str, call: str, state: str, action: str) -> None:
        number = whole_number(call, 0)
        dead = sa.and_(calls.c.id == number, calls.c.app == app, calls.c.state == "dead")
        values = {"state": state, "attempts": 0} | ({"body_sealed": None} if state == "given_up" else {})

        def work(unit: Unit) -> None:
            if not unit.connection.execute(sa.update(calls).where(dead).values(values)).rowcount:
                raise Rejected([problem("web_hook.unknown")])
            if state == "waiting":
                self._jobs.defer(unit, JOB, {"call": call})
            self._audit.add(unit, viewer, [Occurrence(action, app, detail={"call": call})])

        self._database.write(work)

    def forget(self, unit: Unit, records: Sequence[int]) -> None:
        """What was to be told about records that are shredded is told to nobody any more."""
        theirs = sa.and_(calls.c.record.in_(records), calls.c.body_sealed.is_not(None))
        change = sa.update(calls).where(theirs).values(body_sealed=None, state="given_up")
        unit.connection.execute(change)


def signature(key: bytes, named: str, stamp: str, body: bytes) -> str:
    """As standardwebhooks.com has it."""
    signed = hmac.digest(key, f"{named}.{stamp}.".encode() + body, "sha256")
    return "v1," + base64.b64encode(signed).decode()


def _event(run: Run) -> str:
    """What set the rule off, as its trigger is called; '' where a flow did."""
    app = run.services.apps().get(run.app)
    rules = app.rules if app is not None else ()
    return next((rule.trigger_name for rule in rules if rule.id == run.source), "")


def _place(identifier: int) -> bytes:
    return b"web hook %d" % identifier


def _call(row: Any) -> WebHookCall:
    return WebHookCall(
        str(row.id), row.app, row.rule, row.form, str(row.record or ""), row.url, from_microseconds(row.at),
        row.state, row.attempts, row.error,
    )  # fmt: skip
