"""The evidence page as a PDF, to be signed, filed, or handed to an auditor: with the checkpoints as text and
as QR codes, so that paper can testify against a database.

Set by typst (extra `export`) from `report.typ`; whoever asks gives the words.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import segno

from engine.typesetting import pdf
from metamodel.problems import Rejected, problem

TEMPLATE = Path(__file__).with_name("report.typ")


def report_pdf(told: Mapping[str, Any]) -> bytes:
    """`told` is what the template asks for, all of it text. Rejected (report.no_typesetter)."""
    logs = [{**log, "qr": _qr(log["note"]) if log["note"] else ""} for log in told["logs"]]
    made = pdf(TEMPLATE, {**told, "logs": logs})
    if made is None:
        raise Rejected([problem("report.no_typesetter")])
    return made


def _qr(note: str) -> str:
    drawn = io.BytesIO()
    segno.make(note, error="l", micro=False).save(drawn, kind="svg", border=2)
    return drawn.getvalue().decode()
