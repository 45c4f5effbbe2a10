"""Making: a package as a stream of bytes, records first, the signed manifest last.

Every form's records are read once, batch by batch, into a sealed scratch file; tables, the readable page
and letters are drawn from that, so that all parts of a package say the same. Memory stays flat.
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from importlib import resources
from typing import Any

from engine.access.viewer import Viewer
from engine.clock import microseconds
from engine.evidence.leaf import AUDIT, RECORDS
from engine.files import BrokenFile, Files, Kept
from engine.packages.contents import Part
from engine.packages.letters import letters
from engine.packages.lines import attachment_path, file_ids, form_description, record_line
from engine.packages.paper import Custody, paper
from engine.packages.proofs import Proofs, Receipt, Standing
from engine.packages.readable import Cover, Shown, page
from engine.packages.request import Request
from engine.packages.signing import FORMAT, Signer
from engine.packages.tables import table
from engine.packages.words import README
from engine.packages.zipping import Zipping
from engine.records.disclosure import BATCH, Disclosed, Disclosures
from engine.spreadsheets import csv_lines
from engine.values import canonical_json
from metamodel.plugin_api import Registry

VERIFIERS = ("verify.py", "verify.html")
Progress = Callable[[int, int], object]
Pieces = Iterator[bytes]


@dataclass
class Tally:
    """What went in; it stands in the manifest."""

    records: dict[str, dict[str, int]] = field(default_factory=dict)
    span: tuple[int, int] | None = None  # when the first and the last record was written
    positions: array[int] = field(default_factory=lambda: array("q"))  # of revisions, in the log of records
    logged: array[int] = field(default_factory=lambda: array("q"))  # of files, in the audit log
    files: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)

    def count(self, part: str, found: Disclosed) -> None:
        kinds = self.records.setdefault(part, {})
        kinds[found.proof] = kinds.get(found.proof, 0) + 1
        first, last = self.span or (found.created_at, found.created_at)
        self.span = (min(first, found.created_at), max(last, found.created_at))
        self.positions.extend(entry.position for entry in found.entries)

    @property
    def total(self) -> int:
        return sum(sum(kinds.values()) for kinds in self.records.values())


@dataclass
class Making:
    """One package being made. `reader` is whose eyes read, `viewer` who makes it."""

    viewer: Viewer
    reader: Viewer
    request: Request
    parts: list[Part]
    disclosures: Disclosures
    files: Files
    proofs: Proofs
    signer: Signer
    registry: Registry
    describe: Callable[[list[str]], list[Mapping[str, Any]]]
    accesses: Callable[[list[Part]], Iterator[list[str]]] | None
    cover: Cover
    moment: datetime
    progress: Progress = lambda done, total: None

    def __post_init__(self) -> None:
        self.tally = Tally()
        self._standing: Standing | None = None  # the checkpoint the proofs lead to
        self._fixed: list[Standing] = []  # every checkpoint in it
        self._seen: list[tuple[str, Receipt]] = []  # log, and what a witness saw of it
        self._zip = Zipping(self.moment)
        self._done, self._total = 0, sum(len(part.ids) for part in self.parts)

    def pieces(self) -> Pieces:
        """The bytes of the ZIP."""
        scratch: dict[str, Kept] = {}
        try:
            for part in self.parts:
                scratch[part.name] = self.files.keep(self._lines(part))
            yield from self._records(scratch)
            yield from self._evidence()
            yield from self._readable(scratch)
            yield from self._manifest()
        finally:
            for kept in scratch.values():
                self.files.drop(kept)

    # -- records -----------------------------------------------------------------------------------

    def _lines(self, part: Part) -> Pieces:
        for start in range(0, len(part.ids), BATCH):
            batch = list(self.disclosures.of(self.reader, part.program, part.ids[start : start + BATCH]))
            known = {file["id"]: file for file in self.describe(file_ids(batch))}
            logged = self.disclosures.file_entries(list(known))
            self.tally.files |= known
            self.tally.logged.extend(entry.position for entry in logged.values())
            for found in batch:
                self.tally.count(part.name, found)
                yield record_line(part.program, found, known, logged)
            self._done += len(part.ids[start : start + BATCH])
            self.progress(self._done, self._total)

    def _records(self, scratch: Mapping[str, Kept]) -> Pieces:
        language = self.viewer.language
        schema = {"forms": [form_description(part.program, language) for part in self.parts]}
        yield from self._add("schema.json", json.dumps(schema, ensure_ascii=False, indent=1))
        for part in self.parts:
            kept = scratch[part.name]
            large = kept.size >= 1 << 31
            yield from self._zip.add(f"records/{part.name}.jsonl", self.files.again(kept), large=large)
            rows = table(part.program, self._read(kept), language)
            yield from self._zip.add(f"tables/{part.name}.csv", rows, large=large)
        for file in self.tally.files.values():
            if self._opens(str(file["id"])):
                large = int(file["size"]) >= 1 << 31
                yield from self._zip.add(attachment_path(file), self.files.open(str(file["id"])), large=large)
            else:
                self.tally.broken.append(str(file["id"]))

    def _opens(self, identifier: str) -> bool:
        """A lost attachment is said, it does not keep everything else back."""
        with suppress(BrokenFile):
            for _ in self.files.open(identifier):
                pass
            return True
        return False

    def _read(self, kept: Kept) -> Iterator[dict[str, Any]]:
        """The lines of a scratch file, as objects."""
        rest = b""
        for chunk in self.files.again(kept):
            *whole, rest = (rest + chunk).split(b"\n")
            yield from map(json.loads, whole)

    # -- evidence ----------------------------------------------------------------------------------

    def _evidence(self) -> Pieces:
        for log, positions in ((RECORDS, self.tally.positions), (AUDIT, self.tally.logged)):
            standing = self.proofs.standing(log) if positions else None
            if standing is not None:
                self._standing = self._standing or standing
                yield from self._zip.add(f"proofs/{log}.jsonl", self.proofs.lines(positions, standing))
                yield from self._checkpoints(standing)
        for name in VERIFIERS:
            yield from self._add(name, verifier(name))

    def _checkpoints(self, standing: Standing) -> Pieces:
        log, receipts, links = standing.log, self.proofs.receipts(standing), []
        self._fixed.append(standing)
        self._seen += [(log, receipt) for receipt in receipts]
        yield from self._add(f"checkpoints/{log}.txt", standing.note)
        for earlier in self.proofs.earlier(standing, {receipt.size for receipt in receipts}):
            self._fixed.append(earlier)
            path = f"checkpoints/{log}-{earlier.size}.txt"
            yield from self._add(path, earlier.note)
            links.append({"path": path, "consistency": self.proofs.consistency(earlier.size, standing)})
        yield from self._add(f"checkpoints/{log}.json", canonical_json(links).decode())
        yield from self._receipts(log, receipts)

    def _receipts(self, log: str, receipts: list[Receipt]) -> Pieces:
        seen = []
        for number, receipt in enumerate(receipts, 1):
            about = {"size": str(receipt.size), "kind": receipt.kind, "witness": receipt.witness,
                     "at": str(receipt.at)}  # fmt: skip
            if receipt.token is not None:
                about["path"] = f"witnesses/{log}-{receipt.size}-{number}.tsr"
                yield from self._zip.add(about["path"], [receipt.token])
            seen.append(about)
        if seen:
            yield from self._add(f"witnesses/{log}.json", json.dumps(seen, ensure_ascii=False, indent=1))

    # -- for people --------------------------------------------------------------------------------

    def _readable(self, scratch: Mapping[str, Kept]) -> Pieces:
        shown: Shown = [(part, partial(self._read, scratch[part.name])) for part in self.parts]
        yield from self._zip.add("index.html", page(self.cover, shown, self.tally.records))
        for part, lines in shown:
            if part.chat is not None:
                for path, content in letters(self.cover, part, lines()):
                    yield from self._zip.add(path, content)
        if self.accesses is not None:
            yield from self._zip.add("tables/accesses.csv", csv_lines(self.accesses(self.parts)))
        note, key = self._standing.note if self._standing else "", self.signer.keys["packages"]
        archived = [part for part in self.parts if part.program.form.is_archive]
        custody = Custody(
            tuple((part, self.proofs.origins(part.ids)) for part in archived), self.tally.span,
            tuple(self._fixed), tuple(self._seen),
        )  # fmt: skip
        document = paper(self.cover, self.parts, self.tally.records, key, note, custody, self.registry)
        if document is not None:
            yield from self._zip.add("证据说明.pdf", [document])
        yield from self._add("README.txt", README % {"origin": self.signer.origin})

    def _manifest(self) -> Pieces:
        made = microseconds(self.moment)
        manifest = {
            "format": FORMAT, "origin": self.signer.origin, "made_at": str(made),
            "made_by": self.viewer.person, "reason": self.request.reason, "scope": self.request.scope,
            "zone": self.cover.zone_name, "keys": self.signer.keys, "records": self.tally.records,
            "broken": self.tally.broken,
            "files": [{"path": m.path, "size": str(m.size), "sha256": m.sha256} for m in self._zip.members],
        }  # fmt: skip
        text = json.dumps(manifest, ensure_ascii=False, indent=1)
        yield from self._add("manifest.json", text)
        yield from self._add("manifest.note", self.signer.note(text.encode(), made))
        yield from self._zip.finish()

    def _add(self, path: str, text: str) -> Pieces:
        return self._zip.add(path, [text.encode()])


def verifier(name: str) -> str:
    """The text of a stand-alone verifier."""
    return (resources.files("engine.packages") / "verifiers" / name).read_text("utf-8")
