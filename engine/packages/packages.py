"""Packages as people meet them: asked for with a reason, made by a job, fetched within a week.

What is made lies sealed like any attachment and is readable for its maker alone. Asking, making and
fetching are in the audit trail, with how many records of each form left the house.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import msgspec
import sqlalchemy as sa

from engine.access.audit import Occurrence
from engine.access.viewer import Viewer
from engine.clock import from_microseconds
from engine.database import Unit
from engine.evidence.file_log import file_salt
from engine.evidence.keys import Present
from engine.evidence.seals import Box
from engine.jobs import Jobs
from engine.packages.contents import Contents, Part
from engine.packages.making import Making, Progress
from engine.packages.proofs import Proofs
from engine.packages.readable import Cover
from engine.packages.request import Request
from engine.packages.signing import Signer
from engine.records.disclosure import Disclosures
from engine.records.records import Records
from engine.records.services import Services
from engine.system_tables import audit, packages
from engine.whole_numbers import whole_number
from metamodel.problems import Rejected, problem

KEPT = timedelta(days=7) // timedelta(microseconds=1)
MAKE, EXPIRE = "make_package", "expire_packages"
CHUNK = 500


@dataclass(frozen=True, slots=True)
class Package:
    """One that was asked for; `state` is waiting, making, ready, failed or expired."""

    id: str
    at: int
    state: str
    done: int
    total: int
    request: Request
    counts: Mapping[str, Mapping[str, int]]
    size: int
    expires_at: int
    problem: str


class Packages:
    """`viewer_of` a person's id; `manages(viewer, duty)` anywhere in the installation."""

    def __init__(
        self, services: Services, records: Records, keys: Present, box: Box, jobs: Jobs,
        viewer_of: Callable[[str], Viewer | None], manages: Callable[[Viewer, str], bool],
    ) -> None:  # fmt: skip
        self._services, self._box, self._jobs = services, box, jobs
        self._viewer_of, self._manages = viewer_of, manages
        self._disclosures = Disclosures(
            services, records.reader, lambda file, at: file_salt(keys().audit_at(at), file)
        )
        self._contents = Contents(services.database, services.programs, self._disclosures)
        self._proofs = Proofs(services.database, services.ledger)
        self._signer = Signer(services.ledger, keys())
        jobs.register(MAKE, lambda payload, _job: self._work(int(payload["package"])))
        jobs.register(EXPIRE, lambda _payload, _job: self.expire(), every=timedelta(hours=1))

    @property
    def key(self) -> str:
        """The public key packages are signed with, in note notation."""
        return self._signer.keys["packages"]

    @property
    def fingerprint(self) -> str:
        return self._signer.fingerprint

    def may_ask_for_subjects(self, viewer: Viewer) -> bool:
        """A request of the person concerned is answered in full, so it is a duty of its own."""
        return viewer.system or self._manages(viewer, "retention")

    # -- asking ------------------------------------------------------------------------------------

    def ask(self, viewer: Viewer, request: Request) -> str:
        """The id of a package that a job will make. Rejected: package.*, access.denied, query.*."""
        total = sum(len(part.ids) for part in self._parts(viewer, request))

        def work(unit: Unit) -> str:
            (identifier,) = self._services.database.take_ids(unit.connection, 1)
            sealed = self._box.seal_json([viewer.language, msgspec.to_builtins(request)], _place(identifier))
            unit.connection.execute(
                sa.insert(packages).values(
                    id=identifier, person=viewer.person, at=unit.now, state="waiting", total=total,
                    request_sealed=sealed, expires_at=unit.now + KEPT,
                )
            )  # fmt: skip
            self._services.audit.add(unit, viewer, [_occurrence("package.ask", request, {"count": total})])
            self._jobs.defer(unit, MAKE, {"package": identifier})
            return str(identifier)

        return self._services.database.write(work)

    def _parts(self, viewer: Viewer, request: Request) -> list[Part]:
        request.checked()
        if request.scope == "subject" and not self.may_ask_for_subjects(viewer):
            raise Rejected([problem("access.denied")])
        return self._contents.of(_reader(viewer, request), request)

    # -- making ------------------------------------------------------------------------------------

    def stream(
        self, viewer: Viewer, request: Request, progress: Progress = lambda done, total: None
    ) -> Iterator[bytes]:
        """The bytes of a package, made while they are read. Rejected before the first of them."""
        making = self._making(viewer, request, progress)
        return self._noted(viewer, request, making)

    def _making(self, viewer: Viewer, request: Request, progress: Progress) -> Making:
        services, moment = self._services, self._services.database.clock.now()
        organisation = services.people.organisation()
        person = organisation.people.get(viewer.person)
        cover = Cover(
            viewer.person, viewer.name or (person.name if person else viewer.person), moment.astimezone(services.zone),
            str(services.zone), request.reason.strip(), self._signer.origin, self._signer.fingerprint, viewer.language,
        )  # fmt: skip
        accesses = (lambda parts: self._accesses(parts, cover)) if request.scope == "subject" else None
        return Making(
            viewer, _reader(viewer, request), request, self._parts(viewer, request), self._disclosures,
            services.files, self._proofs, self._signer, services.registry, self._describe,
            accesses, cover, moment, progress,
        )  # fmt: skip

    def _noted(self, viewer: Viewer, request: Request, making: Making) -> Iterator[bytes]:
        """What leaves is in the trail before its last bytes are."""
        last = b""
        for piece in making.pieces():
            if last:
                yield last
            last = piece
        exports = [_export(part, request, making.tally.records.get(part.name, {})) for part in making.parts]
        self._services.audit.note(viewer, *exports)
        yield last

    def _describe(self, identifiers: list[str]) -> list[Mapping[str, Any]]:
        with self._services.database.read() as connection:
            return list(self._services.files.describe(connection, identifiers))

    def _accesses(self, parts: list[Part], cover: Cover) -> Iterator[list[str]]:
        """Who looked at these records, when, doing what; no details."""
        yield [cover.word(name) for name in ("at", "person", "action", "form", "record", "grant")]
        people = self._services.people.organisation().people
        for part in parts:
            form = part.program.form.text(cover.language)
            for start in range(0, len(part.ids), CHUNK):
                query = sa.select(audit).where(audit.c.record.in_(part.ids[start : start + CHUNK].tolist()))
                with self._services.database.read() as connection:
                    rows = connection.execute(query.order_by(audit.c.id)).all()
                for row in rows:
                    at = from_microseconds(row.at).astimezone(self._services.zone)
                    person = people.get(row.person)
                    yield [f"{at:%Y-%m-%d %H:%M:%S}", person.name if person else row.person, row.action, form,
                           str(row.record), str(row.grant_id or "")]  # fmt: skip

    def _work(self, identifier: int) -> None:
        """The job: what cannot be made is told to whoever asked, and not tried again."""
        found = self._row(identifier)
        if found is None or found["state"] in ("ready", "expired"):
            return
        language, request = self._request(found)
        viewer = self._viewer_of(found["person"])
        try:
            if viewer is None:
                raise Rejected([problem("access.no_such_person", person=found["person"])])
            viewer = replace(viewer, language=language)
            making = self._making(
                viewer, request, lambda done, _: self._set(identifier, state="making", done=done)
            )
            kept = self._services.files.keep(self._noted(viewer, request, making))
        except Rejected as refused:
            self._set(identifier, state="failed", problem=refused.problems[0].code)
            return
        counts = json.dumps(making.tally.records)

        def store(unit: Unit) -> None:
            name, by = f"package-{identifier}.zip", found["person"]
            file = self._services.files.store(unit, kept, name, "application/zip", by)
            self._update(unit, identifier, state="ready", file=int(file), size=kept.size, counts=counts)

        self._services.database.write(store)

    # -- fetching ----------------------------------------------------------------------------------

    def of(self, viewer: Viewer, limit: int = 50) -> list[Package]:
        """Those this person asked for, newest first."""
        query = sa.select(packages).where(packages.c.person == viewer.person).order_by(packages.c.id.desc())
        with self._services.database.read() as connection:
            return [self._package(row) for row in connection.execute(query.limit(limit)).mappings()]

    def open(self, viewer: Viewer, identifier: str) -> tuple[Package, Iterator[bytes]]:
        """Rejected (package.unknown) unless this person had it made and it is there."""
        row = self._row(whole_number(identifier, 0))
        if row is None or row["person"] != viewer.person or row["state"] != "ready":
            raise Rejected([problem("package.unknown")])
        found = self._package(row)
        self._services.audit.note(
            viewer, _occurrence("package.download", found.request, {"package": found.id})
        )
        return found, self._services.files.open(str(row["file"]))

    def expire(self) -> int:
        """Packages past their week lose their bytes; how many."""
        old = sa.select(packages.c.id, packages.c.file).where(
            packages.c.expires_at <= sa.bindparam("now"), packages.c.state != "expired"
        )

        def work(unit: Unit) -> int:
            rows = unit.connection.execute(old, {"now": unit.now}).all()
            gone = [row.file for row in rows if row.file is not None]
            self._services.files.remove(unit, gone)
            for row in rows:
                self._update(unit, row.id, state="expired", file=None)
            return len(rows)

        return self._services.database.write(work)

    # -- rows --------------------------------------------------------------------------------------

    def _row(self, identifier: int) -> Any:
        with self._services.database.read() as connection:
            return (
                connection.execute(sa.select(packages).where(packages.c.id == identifier)).mappings().first()
            )

    def _request(self, row: Any) -> tuple[str, Request]:
        language, raw = self._box.open_json(row["request_sealed"], _place(row["id"]))
        return language, msgspec.convert(raw, Request)

    def _package(self, row: Any) -> Package:
        return Package(
            str(row["id"]), row["at"], row["state"], row["done"], row["total"], self._request(row)[1],
            json.loads(row["counts"]), row["size"], row["expires_at"], row["problem"],
        )  # fmt: skip

    def _set(self, identifier: int, **values: Any) -> None:
        self._services.database.write(lambda unit: self._update(unit, identifier, **values))

    def _update(self, unit: Unit, identifier: int, **values: Any) -> None:
        unit.connection.execute(sa.update(packages).where(packages.c.id == identifier).values(**values))


def _reader(viewer: Viewer, request: Request) -> Viewer:
    """A request of the person concerned is answered with everything there is; every other with what its
    maker may export."""
    return replace(viewer, system=True) if request.scope == "subject" else viewer


def _export(part: Part, request: Request, told: Mapping[str, int]) -> Occurrence:
    """`keys`: of how many records the data key went along, for good."""
    detail = {"package": request.scope, "reason": request.reason, "count": sum(told.values())}
    detail["keys"] = told.get("content", 0)
    return Occurrence("export", part.program.app.id, part.program.form.id, detail=detail)


def _occurrence(action: str, request: Request, detail: Mapping[str, Any]) -> Occurrence:
    record = int(request.records[0]) if len(request.records) == 1 else None
    detail = {**detail, "scope": request.scope, "reason": request.reason, "text": request.text}
    return Occurrence(action, request.app, request.form, record, detail=detail)


def _place(identifier: int) -> bytes:
    return b"package %d" % identifier
