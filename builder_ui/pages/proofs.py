"""The proof of one record as a drawer and as a file."""

from __future__ import annotations

import base64
import json
from typing import Any

from litestar import Response, get

from builder_ui.models.record import ProofPage
from builder_ui.pages.record import RECORD
from builder_ui.site import Ask, Here, InPath, Visit
from engine.clock import from_microseconds
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


def _hex(text: str) -> str:
    """Hashes are base64 in proofs and notes, hexadecimal for people."""
    try:
        return base64.b64decode(text).hex()
    except ValueError:
        return text


HANDLERS = (proof_drawer,)
