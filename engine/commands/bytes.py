"""`muniment bytes RECORD`: what the disk really holds of a record."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from engine.commands.console import data_option, json_option, opened

if TYPE_CHECKING:
    from engine.records.on_disk import OnDisk, Piece

WIDE = 64  # characters of a value shown


@click.command("bytes")
@click.argument("record")
@data_option
@json_option
def show_bytes(record: str, data: Path | None, as_json: bool) -> None:
    """The record's columns, key, leaves, files and index, as they lie there; nothing is decrypted."""
    from engine.access.viewer import SYSTEM

    with opened(data) as runtime:
        found = runtime.records.disk.look(SYSTEM, record)
        click.echo(json.dumps(asdict(found), ensure_ascii=False, indent=1) if as_json else _told(found))


def _told(found: OnDisk) -> str:
    lines = [f"{found.app}/{found.form} {found.record}"]
    for part in found.parts:
        lines.append(f"\n{part.where} ({part.name})" + ("" if part.rows else ": –"))
        for row in part.rows:
            lines += [_line(piece) for piece in row]
    return "\n".join(lines)


def _line(piece: Piece) -> str:
    shown = piece.content if len(piece.content) <= WIDE else f"{piece.content[:WIDE]}…"
    return f"  {piece.column:28} {piece.kind:9} {piece.size:7,} B  {shown}"
