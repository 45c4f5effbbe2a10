"""Lines: a record as one line of JSON, with all that is needed to compute its evidence anew.

The shape is published in docs/evidence.md; verifiers read nothing else. Values follow from the storage
kind alone, so that a stranger can go from a column to a value without knowing our field types.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from engine.packages.names import file_name
from engine.records.disclosure import Disclosed, FileEntry, PlacedColumn, columns_of
from engine.records.program import FormProgram
from engine.tables import FROZEN_SYSTEM_COLUMNS, SYSTEM_COLUMNS, Shape
from engine.values import canonical_json, parse_json
from metamodel.labels import label_text
from metamodel.plugin_api import Field, Storage

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def record_line(
    program: FormProgram,
    found: Disclosed,
    files: Mapping[str, Mapping[str, Any]],
    logged: Mapping[str, FileEntry],
) -> bytes:
    """Canonical JSON and a line feed; `files` describes attachments by id, `logged` is the log's word on them."""
    shapes = {c.field: c.shape for c in columns_of(program) if not c.parked}
    line: dict[str, Any] = {
        "app": program.app.id, "form": program.form.id, "record": str(found.id), "title": found.title,
        "revision": str(found.revision), "created_at": str(found.created_at), "created_by": found.created_by,
        "proof": found.proof, "shown": found.shown, "masked": list(found.masked),
        "values": {name: value_of(text, shapes[name]) for name, text in found.stored.items()},
        "files": [
            _file(field, files[i], logged.get(i)) for field, ids in found.files.items() for i in ids if i in files
        ],
        "entries": [{"position": str(e.position), "entry": e.text.decode()} for e in found.entries],
    }  # fmt: skip
    if found.tombstone is not None:
        statement, signature = found.tombstone
        line["destroyed"] = {"statement": statement, "signature": _text(signature)}
    if found.salt is not None and found.commitment is not None:
        line["salt"], line["commitment"] = _text(found.salt), _text(found.commitment)
        line["columns"] = {n: _hashed(held) for n, held in found.columns.items() if held is not None}
    if found.key is not None:
        line["key"] = _text(found.key)
    return canonical_json(line) + b"\n"


def form_description(program: FormProgram, language: str) -> dict[str, Any]:
    """What stands in which column of this form, for schema.json."""
    fields = []
    for column in columns_of(program):
        if column.field:
            fields.append(
                {
                    "field": column.field, "column": column.name, "parked": column.parked,
                    "label": _label(program, column.field, language), "type": column.shape.type,
                    "storage": column.shape.storage.value, "scale": column.shape.scale,
                    "sealed": column.shape.sealed, "evidence": column.shape.evidence,
                    "literal": not column.parked and _is_literal(program, column),
                }
            )  # fmt: skip
    return {
        "app": program.app.id, "form": program.form.id, "version": str(program.version),
        "label": program.form.text(language), "archive": program.form.is_archive, "fields": fields,
        "evidence": list(FROZEN_SYSTEM_COLUMNS),
        "working": [n for n in SYSTEM_COLUMNS if n not in ("id", *FROZEN_SYSTEM_COLUMNS)],
    }  # fmt: skip


def value_of(stored: Any, shape: Shape) -> Any:
    """What a stored form means: the rule verifiers repeat."""
    match shape.storage:
        case Storage.BOOLEAN:
            return stored == "1"
        case Storage.DECIMAL:
            return scaled(stored, shape.scale)
        case Storage.DATE:
            return date.fromordinal(int(stored)).isoformat()
        case Storage.TIMESTAMP:
            return f"{EPOCH + timedelta(microseconds=int(stored)):%Y-%m-%dT%H:%M:%S.%fZ}"
        case Storage.JSON:
            return parse_json(stored)
        case Storage.BYTES:
            return _text(stored)
    return stored


def scaled(digits: str, scale: int) -> str:
    """-5 with scale 2 is -0.05."""
    sign, number = ("-", digits[1:]) if digits.startswith("-") else ("", digits)
    if not scale:
        return sign + number
    number = number.rjust(scale + 1, "0")
    return f"{sign}{number[:-scale]}.{number[-scale:]}"


def attachment_path(file: Mapping[str, Any]) -> str:
    return f"attachments/{file['id']}/{file_name(str(file['name']))}"


def _file(field: str, file: Mapping[str, Any], logged: FileEntry | None) -> dict[str, Any]:
    told = {
        "field": field, "id": str(file["id"]), "name": file["name"], "size": str(file["size"]),
        "media_type": file["media_type"], "sha256": file["digest"], "path": attachment_path(file),
    }  # fmt: skip
    if logged is not None:
        told |= {"position": str(logged.position), "entry": logged.text.decode(), "salt": _text(logged.salt)}
    return told


def _label(program: FormProgram, field: str, language: str) -> str:
    known = program.fields.get(field)
    return label_text(known.field.label, language, field) if known else field


def _is_literal(program: FormProgram, column: PlacedColumn) -> bool:
    """Is a text shown as it is stored? Then a verifier can hold the one against the other."""
    known = program.fields.get(column.field)
    type_ = known.field.type if known else None
    if known is None or type_ is None or column.shape.storage is not Storage.TEXT:
        return False
    as_it_is = type(type_).display is Field.display and type(type_).from_storage is Field.from_storage
    return as_it_is and not type_.choices(known.field) and type_.reference(known.field) is None


def _hashed(held: Any) -> str:
    """As the canonical columns hold it."""
    return _text(held) if isinstance(held, bytes) else str(held)


def _text(held: bytes) -> str:
    return base64.b64encode(held).decode()


def file_ids(lines: Sequence[Disclosed]) -> list[str]:
    return [i for line in lines for ids in line.files.values() for i in ids]
