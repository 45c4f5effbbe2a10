"""存证: how the whole archive's evidence stands; verifying it, its witnesses, and all of it as a report."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import msgspec
from litestar import Response, get, post

from builder_ui.models.evidence import Beside, EvidencePage, Finding, LogLine, Sent, WitnessLine
from builder_ui.models.places import Stat
from builder_ui.qr import qr_code
from builder_ui.site import Ask, Here, InPath, Site, Visit, sent_form
from engine.access.audit import Occurrence
from engine.clock import from_microseconds
from engine.evidence.findings import SHOWN
from engine.evidence.report import report_pdf
from engine.evidence.standing import LogStanding, Standing
from engine.evidence.steps import Mode
from engine.evidence.witnesses.settings import LedgerSettings, Witness
from engine.whole_numbers import whole_number
from metamodel.problems import Rejected, problem

PAGE = "/evidence"
STYLES = ("pages", "evidence")
FINDINGS = 200  # shown one by one
OLD = 8 * 24 * 3_600_000_000  # a verification older than this is worth a word
ICONS = {"folder": "archive", "mail": "mail", "rfc3161": "clock"}


# -- asked for ---------------------------------------------------------------------------------------------
@get(PAGE, sync_to_thread=True)
def evidence_page(request: Ask, site: Here) -> Response[Any]:
    return _evidence(site.visit(request), site)


@post(f"{PAGE}/verify", sync_to_thread=True)
def verify_now(request: Ask, site: Here, body: bytes) -> Response[Any]:
    visit = site.visit(request)
    _require(visit, "verify")
    new_only = sent_form(body).get("mode", [""])[-1] == "since"
    mode: Mode = "since" if new_only else "full"
    if site.verifying.start(visit.viewer, mode):
        visit.runtime.audit.note(visit.viewer, Occurrence("verify.start", detail={"mode": mode}))
    return _evidence(visit, site)


@get(f"{PAGE}/report.pdf", sync_to_thread=True)
def evidence_report(request: Ask, site: Here) -> Response[bytes]:
    visit = site.visit(request)
    _require(visit, "verify", "audit")
    found = visit.runtime.standing()
    pdf = report_pdf(_told(visit, found))
    visit.runtime.audit.note(visit.viewer, Occurrence("evidence.report"))
    name = quote(f"{visit.text('Evidence report')} {visit.moments.day(from_microseconds(found.now))}.pdf")
    headers = {
        "Content-Disposition": f"inline; filename*=UTF-8''{name}",
        "Cache-Control": "private, no-store",
    }
    return Response(pdf, media_type="application/pdf", headers=headers)


@post(f"{PAGE}/witnesses", sync_to_thread=True)
def appoint(request: Ask, site: Here, body: bytes) -> Response[Any]:
    """One more witness; it is shown the newest checkpoints at once."""
    visit, form = site.visit(request), sent_form(body)
    _require(visit, "verify", "keys")
    kind, target, hours_sent, roots = (
        form.get(name, [""])[-1].strip() for name in ("kind", "target", "hours", "roots")
    )
    sent = Sent(kind, target, hours_sent, roots)
    hours = min(whole_number(sent.hours, 0), 9_999)
    made = Witness(secrets.token_hex(4), sent.kind, sent.target[:500], hours, sent.roots)
    try:
        _save(visit, lambda known: msgspec.structs.replace(known, witnesses=(*known.witnesses, made)), made)
    except Rejected as refused:
        wrong = tuple(one.text(visit.language) for one in refused.problems)
        return _evidence(visit, site, 422, replace(sent, wrong=wrong))
    visit.runtime.witnesses.give(made.id)
    return visit.go(f"{PAGE}#witnesses")


@post(f"{PAGE}/witnesses/{{witness:str}}/show", sync_to_thread=True)
def show_now(request: Ask, site: Here, witness: InPath) -> Response[Any]:
    visit = site.visit(request)
    _require(visit, "verify", "keys")
    visit.runtime.witnesses.give(witness)
    return visit.go(f"{PAGE}#witnesses")


@post(f"{PAGE}/witnesses/{{witness:str}}/dismiss", sync_to_thread=True)
def dismiss(request: Ask, site: Here, witness: InPath) -> Response[Any]:
    visit = site.visit(request)
    _require(visit, "verify", "keys")
    gone = next((one for one in visit.runtime.witnesses.settings().witnesses if one.id == witness), None)
    if gone is not None:
        _save(
            visit,
            lambda known: msgspec.structs.replace(
                known, witnesses=tuple(one for one in known.witnesses if one.id != witness)
            ),
            gone,
        )
    return visit.go(f"{PAGE}#witnesses")


@post(f"{PAGE}/settings", sync_to_thread=True)
def set_public(request: Ask, site: Here, body: bytes) -> Response[Any]:
    """Whether everybody may read checkpoints and tiles."""
    visit = site.visit(request)
    _require(visit, "verify", "keys")
    public = sent_form(body).get("public", [""])[-1] == "1"
    _save(visit, lambda known: msgspec.structs.replace(known, public=public), None)
    return visit.go(f"{PAGE}#publishing")


def _save(visit: Visit, change: Any, witness: Witness | None) -> None:
    runtime = visit.runtime

    def work(unit: Any) -> None:
        made: LedgerSettings = change(runtime.witnesses.settings())
        runtime.witnesses.save(unit, made)
        detail: dict[str, Any] = {"public": made.public, "witnesses": [one.target for one in made.witnesses]}
        action = "witness.set" if witness is not None else "ledger.publish"
        runtime.audit.add(unit, visit.viewer, [Occurrence(action, detail=detail)])

    runtime.database.write(work)


def _may(visit: Visit, *duties: str) -> bool:
    return any(visit.runtime.manages_anywhere(visit.viewer, duty) for duty in duties)


def _require(visit: Visit, *duties: str) -> None:
    if not _may(visit, *duties):
        raise Rejected([problem("access.denied")])


# -- drawn -------------------------------------------------------------------------------------------------
def _evidence(visit: Visit, site: Site, status: int = 200, sent: Sent | None = None) -> Response[Any]:
    found, running = visit.runtime.standing(), site.verifying.running
    watches, settings = _may(visit, "verify", "audit", "keys"), visit.runtime.witnesses.settings()
    newest, note = found.verification, found.logs[0].note
    findings = newest.result.get("findings", []) if newest else []
    page = EvidencePage(
        "running" if running else "failed" if site.verifying.failed else _state(found), _when(visit, found),
        tuple(_counts(visit, found)), tuple(_log(visit, log) for log in found.logs), note, found.origin,
        found.logs[0].key,
        findings=tuple(Finding(str(one.get("text", "")), str(one.get("record") or "")) for one in findings[:FINDINGS]),
        more_findings=_more(visit, found), may_verify=_may(visit, "verify"),
        progress=round(100 * running.done / running.total) if running and running.total else 0,
        progress_text=f"{running.done:,} / {running.total:,}" if running and running.total else "",
        qr=qr_code(note) if note and watches else "", watches=watches,
        warnings=tuple(_warnings(visit, found, settings)) if watches else (),
        beside=tuple(_beside(visit, found)) if watches else (),
        witnesses=tuple(_witness(visit, found, one) for one in settings.witnesses) if watches else (),
        may_appoint=_may(visit, "verify", "keys"), sent=sent or Sent(), public=settings.public,
        schedule=_schedule(visit, settings),
    )  # fmt: skip
    return visit.page("evidence.html", page, title=visit.text("Evidence"), styles=STYLES, status=status)


def _state(found: Standing) -> str:
    if found.verification is None:
        return "never"
    return "clean" if found.verification.clean else "broken"


def _when(visit: Visit, found: Standing) -> str:
    newest = found.verification
    if newest is None:
        return visit.text("Verification reads every record, key and log entry and compares them.")
    by_itself = visit.text("by itself")
    who = by_itself if newest.by == "system" else visit.names.get(("person", newest.by), newest.by)
    what = {"since": visit.text("what is new"), "quick": visit.text("without opening sealed values")}
    scope = what.get(newest.mode, visit.text("everything"))
    return " · ".join((visit.moments.short(from_microseconds(newest.at)), who, scope))


def _counts(visit: Visit, found: Standing) -> Iterator[Stat]:
    if found.verification is None:
        return
    result = found.verification.result
    counts: Mapping[str, int] = result.get("counts", {})
    for name, label in _count_words(visit).items():
        if name in counts:
            yield Stat(f"{int(counts[name]):,}", label)
    number = len(result.get("findings", [])) + int(result.get("more", 0))
    yield Stat(f"{number:,}", visit.text("Mismatches"), bad=number > 0)


def _count_words(visit: Visit) -> dict[str, str]:
    return {
        "records": visit.text("Records"), "keys": visit.text("Keys"), "leaves": visit.text("Log entries"),
        "checkpoints": visit.text("Checkpoints"), "audit": visit.text("Audit entries"),
        "states": visit.text("Rights and people"), "versions": visit.text("App versions"),
        "triggers": visit.text("Triggers"), "indexed": visit.text("Indexed records"),
        "inbox": visit.text("Raw messages"), "files": visit.text("Attachments"),
        "tombstones": visit.text("Tombstones"), "witnesses": visit.text("Receipts"),
    }  # fmt: skip


def _more(visit: Visit, found: Standing) -> str:
    result = found.verification.result if found.verification else {}
    number = max(len(result.get("findings", [])) - FINDINGS, 0) + int(result.get("more", 0))
    shown = f"{number:,}" if len(result.get("findings", [])) <= SHOWN else ""
    return visit.text("And %(number)s more", number=shown) if number else ""


def _log(visit: Visit, log: LogStanding) -> LogLine:
    waiting = visit.count(
        "%(num)s entry waits for a checkpoint",
        "%(num)s entries wait for a checkpoint",
        log.size - log.covered,
    )
    return LogLine(
        _log_label(visit, log.log), f"{log.size:,}", log.root,
        visit.moments.short(from_microseconds(log.at)) if log.at else "", waiting if log.size > log.covered else "",
    )  # fmt: skip


def _log_label(visit: Visit, log: str) -> str:
    return {"records": visit.text("log of records"), "audit": visit.text("log of audit entries")}[log]


def _warnings(visit: Visit, found: Standing, settings: LedgerSettings) -> Iterator[tuple[str, str, str]]:
    if visit.runtime.key_copies.confirmed_at() is None:
        yield (
            visit.text("Nobody has confirmed that a copy of the keys lies elsewhere."),
            "/admin/keys#copies", visit.text("Confirm a copy"),
        )  # fmt: skip
    if not settings.witnesses:
        yield (
            visit.text("No witness outside this house knows the checkpoints yet."),
            "#witnesses", visit.text("Appoint one"),
        )  # fmt: skip
    if found.verification is not None and found.now - found.verification.at > OLD:
        yield visit.text("The last verification is more than a week old."), "", ""


def _beside(visit: Visit, found: Standing) -> Iterator[Beside]:
    access = "/admin/access" if _may(visit, "access") else ""
    retention = "/admin/retention" if _may(visit, "retention") else ""
    yield Beside(
        visit.text("Messages missing from a channel's numbering"), f"{found.gaps:,}", warn=found.gaps > 0
    )
    yield Beside(visit.text("Messages in quarantine"), f"{found.quarantined:,}", warn=found.quarantined > 0)
    yield Beside(visit.text("Grants in force"), f"{found.grants:,}", access)
    yield Beside(visit.text("Legal holds in force"), f"{found.holds:,}", retention)
    yield Beside(visit.text("Records shredded"), f"{found.shredded:,}", retention)
    at = visit.runtime.key_copies.confirmed_at()
    said = visit.moments.short(from_microseconds(at)) if at else visit.text("not confirmed")
    keys = "/admin/keys" if _may(visit, "keys") else ""
    yield Beside(visit.text("Copy of the keys elsewhere"), said, keys, warn=not at)


def _witness(visit: Visit, found: Standing, witness: Witness) -> WitnessLine:
    shown = [row for row in found.shown if row.witness == witness.id]
    done = [row for row in shown if row.state == "done"]
    failed = next((row.error for row in shown if row.state == "failed"), "")
    said = visit.text("nothing shown yet")
    if done:
        newest = max(done, key=lambda row: row.at)
        sizes = visit.joined(f"{_log_label(visit, row.log)} {row.size:,}" for row in done)
        said = f"{visit.moments.short(from_microseconds(newest.at))} · {sizes}"
    every = visit.count("every hour", "every %(num)s hours", witness.hours)
    return WitnessLine(
        witness.id, _kind_label(visit, witness.kind), ICONS.get(witness.kind, "question"), witness.target, every,
        said, failed,
    )  # fmt: skip


def _kind_label(visit: Visit, kind: str) -> str:
    labels = {
        "folder": visit.text("Folder"), "mail": visit.text("E-mail"),
        "rfc3161": visit.text("Time-stamping authority (RFC 3161)"),
    }  # fmt: skip
    return labels.get(kind, kind)


def _schedule(visit: Visit, settings: LedgerSettings) -> str:
    return visit.text(
        "By itself: what is new every %(new)s hours, everything every %(all)s hours.",
        new=settings.verify_hours, all=settings.verify_all_hours,
    )  # fmt: skip


# -- as a report -------------------------------------------------------------------------------------------
def _told(visit: Visit, found: Standing) -> dict[str, Any]:
    settings = visit.runtime.witnesses.settings()
    result = found.verification.result if found.verification else {}
    states = {
        "clean": visit.text("Everything is as it was recorded"), "never": visit.text("Not verified yet"),
        "broken": visit.text("Something does not match what was recorded"),
    }  # fmt: skip
    lines = [_witness(visit, found, one) for one in settings.witnesses]
    return {
        "language": visit.language[:2], "origin": found.origin, "words": _report_words(visit),
        "now": visit.moments.full(from_microseconds(found.now)), "clean": _state(found) == "clean",
        "state": states[_state(found)], "verified": _when(visit, found),
        "findings": [str(one.get("text", "")) for one in result.get("findings", [])[:FINDINGS]],
        "counts": [[stat.label, stat.value] for stat in _counts(visit, found)],
        "logs": [_told_log(visit, log) for log in found.logs],
        "witnesses": [[line.kind, line.target, line.said, line.failed] for line in lines],
        "around": [[one.label, one.value] for one in _beside(visit, found)],
    }  # fmt: skip


def _told_log(visit: Visit, log: LogStanding) -> dict[str, Any]:
    line = _log(visit, log)
    facts = [
        [visit.text("Entries"), line.size], [visit.text("Checkpoint"), line.checkpoint_at or visit.text("none yet")],
    ]  # fmt: skip
    return {"label": line.label, "facts": facts, "root": log.root, "note": log.note, "key": log.key}


def _report_words(visit: Visit) -> dict[str, str]:
    return {
        "title": visit.text("Evidence report"), "findings": visit.text("What does not match"),
        "counts": visit.text("What was looked at"), "logs": visit.text("Logs"),
        "witnesses": visit.text("Witnesses"), "no_witness": visit.text("none yet"),
        "around": visit.text("Beside it"), "checkpoint": visit.text("Signed checkpoint"),
        "key": visit.text("Public key"), "root": visit.text("Root"),
        "keep": visit.text(
            "Whoever keeps this sheet can tell whether anything before it was ever changed: the text below, or the "
            "code beside it, must still be in the log (muniment verify --checkpoint FILE)."
        ),
    }  # fmt: skip


HANDLERS = (evidence_page, verify_now, evidence_report, appoint, show_now, dismiss, set_public)
