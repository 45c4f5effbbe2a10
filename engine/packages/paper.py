"""证据说明.pdf: the package told to a court: who captured what through which interface and when, how it was fixed, who
held it from then to the export, how to repeat the check.

Set by typst (extra `export`) from `paper.typ`, which holds the prose; without it a package has no PDF and
nothing else is missing.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from pathlib import Path
from typing import Any

import segno

from engine.clock import from_microseconds
from engine.packages.contents import Part
from engine.packages.origins import Origin
from engine.packages.proofs import Receipt, Standing
from engine.packages.readable import Cover
from engine.typesetting import pdf
from metamodel.labels import label_text
from metamodel.plugin_api import Registry

TEMPLATE = Path(__file__).with_name("paper.typ")
Step = tuple[int, str, str]  # when (microseconds), the word for what, details


@dataclass(frozen=True)
class Custody:
    """What is known of the packed records from capture to export: how those of each archive came in, when the first
    and the last was written, the checkpoints in the package, and what witnesses saw of each log."""

    origins: tuple[tuple[Part, list[Origin]], ...]
    span: tuple[int, int] | None
    fixed: tuple[Standing, ...]
    seen: tuple[tuple[str, Receipt], ...]


def paper(
    cover: Cover, parts: Sequence[Part], counts: Mapping[str, Mapping[str, int]], key: str, note: str,
    custody: Custody, registry: Registry,
) -> bytes | None:  # fmt: skip
    """The PDF, or None where typst is not installed. `note`: the checkpoint, '' without one."""
    told = statement(cover, parts, counts, key, note, custody, registry)
    return pdf(TEMPLATE, told)


def statement(
    cover: Cover, parts: Sequence[Part], counts: Mapping[str, Mapping[str, int]], key: str, note: str,
    custody: Custody, registry: Registry,
) -> dict[str, Any]:  # fmt: skip
    """What the template asks for, all of it text."""
    return {
        "language": cover.language, "origin": cover.origin, "person": f"{cover.person_name}（{cover.person}）",
        "time": cover.time, "reason": cover.reason, "fingerprint": cover.fingerprint,
        "span": _span(custody.span, cover), "forms": [_form(part, counts, cover) for part in parts], "key": key,
        "sources": list(_sources(custody, cover, registry)), "custody": _steps(custody, cover, registry),
        "note": note, "qr": _qr(note) if note else "",
    }  # fmt: skip


def _form(part: Part, counts: Mapping[str, Mapping[str, int]], cover: Cover) -> list[str]:
    kinds = counts.get(part.name, {})
    how = "；".join(f"{cover.word(kind)} {number:,}" for kind, number in kinds.items())
    return [part.program.form.text(cover.language), f"{sum(kinds.values()):,}", how]


def _sources(custody: Custody, cover: Cover, registry: Registry) -> Iterator[list[str]]:
    """Form, channel and interface, how many of its records, and when they came in: of what is packed alone."""
    for part, found in custody.origins:
        form = part.program.form.text(cover.language)
        for one in found:
            through = _interface(part, one, cover, registry) if one.channel else cover.word("by_people")
            when = _span((one.first, one.last), cover) if one.first and one.last else "–"
            yield [form, through, f"{one.number:,}", when]


def _interface(part: Part, origin: Origin, cover: Cover, registry: Registry) -> str:
    """The channel by its name and how its connector calls itself; by its id where the app has it no longer."""
    known = next((one for one in part.program.app.channels if one.id == origin.channel), None)
    if known is None:
        return origin.channel
    label = label_text(known.label, cover.language, known.id)
    connector = registry.all("connector").get(known.connector_name)
    interface = label_text(connector.label, cover.language, known.connector_name) if connector else ""
    return " · ".join(filter(None, (label, interface)))


def _steps(custody: Custody, cover: Cover, registry: Registry) -> list[list[str]]:
    """When and what, in the order of time: captured, written, fixed, seen by somebody else, exported."""
    steps = [*_captured(custody, cover, registry), *_written(custody), *_fixed(custody, cover)]
    steps += _witnessed(custody, cover)
    made = [
        [_moment(at, cover.moment.tzinfo), cover.word(what), more]
        for at, what, more in sorted(steps, key=lambda step: step[0])
    ]
    return [*made, [cover.time, cover.word("exported"), f"{cover.person_name}（{cover.person}）"]]


def _captured(custody: Custody, cover: Cover, registry: Registry) -> Iterator[Step]:
    for part, found in custody.origins:
        for one in found:
            if one.first:
                yield one.first, "captured", f"{_interface(part, one, cover, registry)} · {one.number:,}"


def _written(custody: Custody) -> Iterator[Step]:
    if custody.span is not None:
        yield custody.span[0], "first_written", ""
        yield custody.span[1], "last_written", ""


def _fixed(custody: Custody, cover: Cover) -> Iterator[Step]:
    for one in sorted(custody.fixed, key=lambda standing: (standing.log, standing.size)):
        at = int(one.note.split("\n")[3].removeprefix("time "))
        yield at, "fixed", f"{cover.word(f'log_{one.log}')} · {one.size:,}"


def _witnessed(custody: Custody, cover: Cover) -> Iterator[Step]:
    for log, one in custody.seen:
        who = f"{cover.word(f'witness_{one.kind}')} {one.target}".strip()
        yield one.at, "witnessed", f"{cover.word(f'log_{log}')} · {one.size:,} · {who}"


def _span(span: tuple[int, int] | None, cover: Cover) -> str:
    return " – ".join(_moment(each, cover.moment.tzinfo) for each in span) if span else "–"


def _moment(microseconds: int, zone: tzinfo | None) -> str:
    return f"{from_microseconds(microseconds).astimezone(zone):%Y-%m-%d %H:%M:%S}"


def _qr(note: str) -> str:
    drawn = io.BytesIO()
    segno.make(note, error="l", micro=False).save(drawn, kind="svg", border=2)
    return drawn.getvalue().decode()
