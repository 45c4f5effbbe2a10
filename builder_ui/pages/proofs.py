"""The proof of one record as a drawer and as a file, and the page of the whole archive's evidence."""

from __future__ import annotations

import base64
import json
from typing import Any

import sqlalchemy as sa
from litestar import Response, get, post

from builder_ui.models.places import EvidencePage, Finding, LogLine, Stat
from builder_ui.models.record import ProofPage
from builder_ui.pages.record import RECORD
from builder_ui.site import Ask, Here, InPath, Site, Visit
from engine.clock import from_microseconds
from engine.evidence.ledger import LOGS, size
from engine.system_tables import checkpoints, verifications
from metamodel.problems import Rejected, problem

STYLES = ("pages",)


@get(f"{RECORD}/proof", sync_to_thread=True)
def proof_drawer(request: Ask, site: Here, app_id: InPath, form_id: InPath, record: InPath) -> Response[Any]:
    """What proves this record; `?download=1` gives it as JSON for the stand-alone verifiers."""
    visit = site.visit(request)
    found = visit.runtime.records.proof(visit.viewer, app_id, form_id, record)
    if found is None:
        raise Rejected([problem("record.unknown", record=record)])
    if visit.query.get("download"):
        name = f"proof-{form_id}-{record}.json"
        headers = {
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "private, no-store",
        }
        body = json.dumps(
            {"app": app_id, "form": form_id, "record": record, **found}, ensure_ascii=False, indent=2
        )
        return Response(body, media_type="application/json", headers=headers)
    title = visit.runtime.records.get(visit.viewer, app_id, form_id, record).title
    return visit.part("parts/proof.html", _proof(visit, found, title))


def _proof(visit: Visit, found: Any, title: str) -> ProofPage:
    note = str(found.get("checkpoint", ""))
    lines = note.split("\n")
    return ProofPage(
        title, visit.moments.full(from_microseconds(int(found["time"]))), visit.text("log of records"),
        f"{int(found['position']):,}", str(found["leaf_hash"]), str(found["entry"]),
        tuple(_hex(each) for each in found.get("inclusion", ())), f"{int(found.get('size', 0)):,}",
        _hex(lines[2]) if len(lines) > 2 else "", note, visit.text("Signed by this installation (Ed25519)"),
        f"{visit.request.url.path}?download=1", str(found.get("revision", "")), waiting="inclusion" not in found,
    )  # fmt: skip


# -- the whole archive ---------------------------------------------------------------------------------


@get("/evidence", sync_to_thread=True)
def evidence_page(request: Ask, site: Here) -> Response[Any]:
    return _evidence(site.visit(request), site)


@post("/evidence/verify", sync_to_thread=True)
def verify_now(request: Ask, site: Here) -> Response[Any]:
    visit = site.visit(request)
    if not _may_verify(visit):
        raise Rejected([problem("access.denied")])
    site.verifying.start(visit.viewer)
    return _evidence(visit, site)


def _may_verify(visit: Visit) -> bool:
    return visit.runtime.manages_anywhere(visit.viewer, "verify")


def _evidence(visit: Visit, site: Site) -> Response[Any]:
    running, newest = site.verifying.running, _newest(visit)
    result = json.loads(newest["result"]) if newest else {}
    findings = result.get("findings", [])
    state = (
        "failed" if site.verifying.failed else "never" if not newest else "broken" if findings else "clean"
    )
    state = "running" if running else state
    page = EvidencePage(
        state, _when(visit, newest), _counts(visit, result), tuple(_log(visit, log) for log in LOGS),
        visit.runtime.ledger.checkpoint("records") or "", visit.runtime.ledger.origin, _public_key(visit),
        tuple(_finding(finding) for finding in findings[:200]), may_verify=_may_verify(visit),
        progress=round(100 * running.done / running.total) if running and running.total else 0,
        progress_text=f"{running.done:,} / {running.total:,}" if running and running.total else "",
    )  # fmt: skip
    return visit.page("evidence.html", page, title=visit.text("Evidence"), styles=STYLES)


def _newest(visit: Visit) -> Any:
    query = sa.select(verifications).order_by(verifications.c.id.desc()).limit(1)
    with visit.runtime.database.read() as connection:
        return connection.execute(query).mappings().first()


def _when(visit: Visit, newest: Any) -> str:
    if newest is None:
        return visit.text("Verification reads every record, key and log entry and compares them.")
    who = visit.names.get(("person", newest["by"]), newest["by"])
    return f"{visit.moments.short(from_microseconds(newest['at']))} · {who}"


def _counts(visit: Visit, result: Any) -> tuple[Stat, ...]:
    words = {
        "inbox": visit.text("Raw messages"),
        "records": visit.text("Records"), "keys": visit.text("Keys"), "leaves": visit.text("Log entries"),
        "triggers": visit.text("Triggers"), "checkpoints": visit.text("Checkpoints"),
        "versions": visit.text("App versions"), "audit": visit.text("Audit entries"),
    }  # fmt: skip
    counts = result.get("counts", {})
    made = [Stat(f"{int(number):,}", words.get(name, name)) for name, number in counts.items()]
    if result:
        found = len(result.get("findings", []))
        made.append(Stat(f"{found:,}", visit.text("Mismatches"), bad=found > 0))
    return tuple(made)


def _log(visit: Visit, log: str) -> LogLine:
    label = {"records": visit.text("log of records"), "audit": visit.text("log of audit entries")}[log]
    query = (
        sa.select(checkpoints).where(checkpoints.c.log == log).order_by(checkpoints.c.size.desc()).limit(1)
    )
    with visit.runtime.database.read() as connection:
        total, newest = size(connection, log), connection.execute(query).mappings().first()
    if newest is None:
        return LogLine(label, f"{total:,}", "", "")
    return LogLine(
        label, f"{total:,}", newest["root"].hex(), visit.moments.short(from_microseconds(newest["at"]))
    )


def _finding(finding: Any) -> Finding:
    return Finding(str(finding.get("text", "")), str(finding.get("record") or ""))


def _public_key(visit: Visit) -> str:
    return str(visit.runtime.keys.public_key.hex())


def _hex(text: str) -> str:
    """Hashes are base64 in proofs and notes, hexadecimal for people."""
    try:
        return base64.b64decode(text).hex()
    except ValueError:
        return text


HANDLERS = (
    proof_drawer,
    evidence_page,
    verify_now,
)
