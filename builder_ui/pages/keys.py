"""密钥与运维: the keys and their copies, the doctor, backups; and what the disk really holds of a record."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from litestar import Response, get, post

from builder_ui.models.keys import (
    BackupLine,
    BytesCell,
    BytesPage,
    BytesPart,
    CheckLine,
    KeysPage,
    KindOfKey,
    MasterKey,
)
from builder_ui.models.parts import Link
from builder_ui.site import Ask, Here, Visit, sent_form
from engine.clock import from_microseconds
from engine.doctor import Finding, examine
from engine.evidence.keys import MASTER
from engine.records.on_disk import OnDisk, Part, Piece
from engine.system_tables import backups, files, record_keys
from metamodel.problems import Rejected, problem

KEYS = "/admin/keys"
STYLES = ("pages", "keys")
ICONS = {"ok": "check", "hint": "info", "warning": "warning", "error": "warning"}
WORST = ("error", "warning", "hint", "ok")
NEWEST = 10
SHOWN = 4_000  # characters of a value


@get(KEYS, sync_to_thread=True)
def keys_page(request: Ask, site: Here) -> Response[Any]:
    visit = site.visit(request)
    _require(visit, "keys")
    done = visit.text("The copy is noted.") if visit.query.get("done") else ""
    return _keys(visit, done=done)


@post(f"{KEYS}/copies", sync_to_thread=True)
def confirm_copy(request: Ask, site: Here, body: bytes) -> Response[Any]:
    visit, sent = site.visit(request), sent_form(body)
    _require(visit, "keys")
    code, place = (sent.get(name, [""])[-1].strip() for name in ("code", "place"))
    try:
        visit.runtime.confirm_key_copy(visit.viewer, code, place)
    except Rejected as refused:
        first = refused.problems[0]
        return _keys(visit, first.status, code=code, place=place, wrong=first.text(visit.language))
    return visit.go(f"{KEYS}?done=1#copies")


def _require(visit: Visit, *duties: str) -> None:
    if not any(visit.runtime.manages_anywhere(visit.viewer, duty) for duty in duties):
        raise Rejected([problem("access.denied")])


def _keys(visit: Visit, status: int = 200, **more: str) -> Response[Any]:
    found = examine(visit.runtime, away=False)
    checks = sorted(found, key=lambda one: WORST.index(one.state))
    page = KeysPage(
        visit.runtime.keys.where, tuple(_masters(visit)), tuple(_kinds(visit)), tuple(_copies(visit)),
        tuple(_check(visit, one) for one in checks), _summary(visit, found), tuple(_backups(visit)), **more,
    )  # fmt: skip
    title = visit.text("Keys and operations")
    return visit.page("keys.html", page, title=title, styles=STYLES, status=status)


def _masters(visit: Visit) -> Iterator[MasterKey]:
    """Newest first, with how many data keys each wraps."""
    keys, counted = visit.runtime.keys.latest(), dict[str, int]()
    with visit.runtime.database.read() as connection:
        for table in (record_keys, files):
            query = sa.select(table.c.master, sa.func.count()).group_by(table.c.master)
            for name, number in connection.execute(query).tuples():
                counted[name] = counted.get(name, 0) + number
    for name in sorted(keys.wrapping, key=int, reverse=True):
        yield MasterKey(name, f"{counted.get(name, 0):,}", name == keys.current)


def _kinds(visit: Visit) -> Iterator[KindOfKey]:
    told = {
        MASTER: (visit.text("Master key"), visit.text("wraps the key of every record and file")),
        "box": (visit.text("Box key"), visit.text("the engine's own sealed rows")),
        "index": (visit.text("Index key"), visit.text("the blind search index")),
        "audit": (visit.text("Audit key"), visit.text("salts of entries in the audit log")),
        "signing": (
            visit.text("Signing key"),
            visit.text("checkpoints and packages; it stays, others know it"),
        ),
    }
    for kind, since in visit.runtime.keys.ages().items():
        at = visit.moments.short(from_microseconds(since)) if since else ""
        yield KindOfKey(*told[kind], at)


def _copies(visit: Visit) -> Iterator[str]:
    for copy in visit.runtime.key_copies.confirmed():
        who = visit.names.get(("person", copy.by), copy.by)
        yield f"{copy.place} · {who} · {visit.moments.short(from_microseconds(copy.at))}"


def _check(visit: Visit, found: Finding) -> CheckLine:
    said = tuple((one.text(visit.language), one.hint(visit.language)) for one in found.problems)
    return CheckLine(found.label(visit.language), found.state, ICONS[found.state], said)


def _summary(visit: Visit, found: list[Finding]) -> str:
    errors = sum(one.state == "error" for one in found)
    warnings = sum(one.state == "warning" for one in found)
    if not errors and not warnings:
        return visit.text("All in order")
    told = []
    if errors:
        told.append(visit.count("One thing is wrong", "%(num)s things are wrong", errors))
    if warnings:
        told.append(visit.count("one thing to look after", "%(num)s things to look after", warnings))
    return " · ".join(told)


def _backups(visit: Visit) -> Iterator[BackupLine]:
    query = sa.select(backups).order_by(backups.c.id.desc()).limit(NEWEST)
    with visit.runtime.database.read() as connection:
        rows = connection.execute(query).all()
    for row in rows:
        at = visit.moments.short(from_microseconds(row.at))
        yield BackupLine(at, row.name, row.folder, _size(row.size), row.keys_folder)


def _size(number: int) -> str:
    for unit in ("B", "kB", "MB", "GB"):
        if number < 1000 or unit == "GB":
            return f"{number:,.0f} {unit}" if unit == "B" else f"{number:,.1f} {unit}"
        number /= 1000  # type: ignore[assignment]
    raise AssertionError("unreachable")


# -- show me the bytes -----------------------------------------------------------------------------------
@get(f"{KEYS}/bytes", sync_to_thread=True)
def bytes_page(request: Ask, site: Here) -> Response[Any]:
    """`?record=ID`; who may not read the record sees what the disk holds of it all the same, sealed."""
    visit = site.visit(request)
    _require(visit, "keys", "verify")
    record = visit.query.get("record", "").strip()
    trail = (Link(visit.text("Keys and operations"), KEYS),)
    page, status = BytesPage(record, trail), 200
    if record:
        try:
            page = _bytes(visit, visit.runtime.records.disk.look(visit.viewer, record), trail)
        except Rejected as refused:
            status = refused.problems[0].status
            page = BytesPage(record, trail, wrong=refused.problems[0].text(visit.language))
    return visit.page(
        "bytes.html", page, title=visit.text("Show me the bytes"), styles=("list", *STYLES), status=status
    )


def _bytes(visit: Visit, found: OnDisk, trail: tuple[Link, ...]) -> BytesPage:
    app = visit.runtime.applications.get(found.app)
    form = app.form(found.form)
    labels = {field.id: field.text(visit.language) for field in form.fields} if form else {}
    about = f"{app.text(visit.language)} · {form.text(visit.language) if form else found.form}"
    parts = tuple(_part(visit, part, labels) for part in found.parts)
    return BytesPage(str(found.record), trail, about, parts)


def _part(visit: Visit, part: Part, labels: dict[str, str]) -> BytesPart:
    title, icon, about = _told_of(visit)[part.name]
    rows = tuple(tuple(_cell(visit, piece, labels) for piece in row) for row in part.rows)
    return BytesPart(title, part.where, about, icon, rows, "" if rows else visit.text("There is nothing."))


def _told_of(visit: Visit) -> dict[str, tuple[str, str, str]]:
    return {
        "row": (
            visit.text("The row"), "table",
            visit.text("Sealed fields are ciphertext, bound to this record and field. Only their length shows."),
        ),
        "key": (
            visit.text("Its key"), "key",
            visit.text(
                "The record's own data key, wrapped by the master key, which is not in the database. When it is "
                "shredded this row goes, and nothing can open the fields above."
            ),
        ),
        "leaf": (
            visit.text("Its entries in the ledger"), "tree",
            visit.text("Salted hashes, one entry a revision: they prove the content and tell nothing of it."),
        ),
        "file": (
            visit.text("Its files"), "paperclip",
            visit.text("Name and bytes are sealed with a key of their own, wrapped here."),
        ),
        "index": (
            visit.text("In the search index"), "search",
            visit.text("Keyed hashes of words, without order or number; where they stand by record, the record's."),
        ),
    }  # fmt: skip


def _cell(visit: Visit, piece: Piece, labels: dict[str, str]) -> BytesCell:
    about = {
        "plain": visit.text("as it is"), "sealed": visit.text("sealed"), "blank": visit.text("blank"),
        "kept_back": visit.text("as it is"), "random": visit.text("random"),
        "hash": visit.text("hash"),
    }[piece.kind]  # fmt: skip
    content = piece.content if len(piece.content) <= SHOWN else f"{piece.content[:SHOWN]}…"
    size = f"{piece.size:,} B" if piece.size else ""
    return BytesCell(piece.column, labels.get(piece.field, ""), piece.kind, about, size, content)


HANDLERS = (
    keys_page,
    confirm_copy,
    bytes_page,
)
