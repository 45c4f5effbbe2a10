"""证据说明.pdf: the package told to a court: who captured what, how it was fixed, how to repeat the check.

Set by typst (extra `export`) from `paper.typ`, which holds the prose; without it a package has no PDF and
nothing else is missing.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import tzinfo
from pathlib import Path

import segno

from engine.clock import from_microseconds
from engine.packages.contents import Part
from engine.packages.readable import Cover
from engine.typesetting import pdf
from metamodel.labels import label_text
from metamodel.plugin_api import Registry

TEMPLATE = Path(__file__).with_name("paper.typ")


def paper(
    cover: Cover, parts: Sequence[Part], counts: Mapping[str, Mapping[str, int]], key: str, note: str,
    span: tuple[int, int] | None, registry: Registry,
) -> bytes | None:  # fmt: skip
    """The PDF, or None where typst is not installed. `span`: when the first and the last record was written;
    `note`: the checkpoint, '' without one."""
    told = {
        "language": cover.language, "origin": cover.origin, "person": f"{cover.person_name}（{cover.person}）",
        "time": cover.time, "reason": cover.reason, "fingerprint": cover.fingerprint,
        "span": _span(span, cover), "forms": [_form(part, counts, cover) for part in parts], "key": key,
        "channels": _channels(parts, cover, registry), "custody": _custody(cover, note, span), "note": note,
        "qr": _qr(note) if note else "",
    }  # fmt: skip
    return pdf(TEMPLATE, told)


def _form(part: Part, counts: Mapping[str, Mapping[str, int]], cover: Cover) -> list[str]:
    kinds = counts.get(part.name, {})
    how = "；".join(f"{cover.word(kind)} {number:,}" for kind, number in kinds.items())
    return [part.program.form.text(cover.language), f"{sum(kinds.values()):,}", how]


def _channels(parts: Sequence[Part], cover: Cover, registry: Registry) -> list[list[str]]:
    """The ways in of every archive that is in the package."""
    apps = {part.program.app.id: part.program.app for part in parts if part.program.form.is_archive}
    found = []
    for app in apps.values():
        for channel in app.channels:
            connector = registry.all("connector").get(channel.connector_name)
            interface = (
                label_text(connector.label, cover.language, channel.connector_name) if connector else ""
            )
            found.append([app.text(cover.language), label_text(channel.label, cover.language), interface])
    return found


def _custody(cover: Cover, note: str, span: tuple[int, int] | None) -> list[list[str]]:
    steps = []
    if span is not None:
        steps.append([cover.word("written"), _span(span, cover)])
    if note:
        lines = note.split("\n")
        at = _moment(int(lines[3].removeprefix("time ")), cover.moment.tzinfo)
        steps.append([cover.word("fixed"), f"{at} · {int(lines[1]):,}"])
    steps.append([cover.word("exported"), f"{cover.time} · {cover.person_name}（{cover.person}）"])
    return steps


def _span(span: tuple[int, int] | None, cover: Cover) -> str:
    return " – ".join(_moment(each, cover.moment.tzinfo) for each in span) if span else "–"


def _moment(microseconds: int, zone: tzinfo | None) -> str:
    return f"{from_microseconds(microseconds).astimezone(zone):%Y-%m-%d %H:%M:%S}"


def _qr(note: str) -> str:
    drawn = io.BytesIO()
    segno.make(note, error="l", micro=False).save(drawn, kind="svg", border=2)
    return drawn.getvalue().decode()
