"""Attached: do the files of a record open for who reads it? Every way out asks here.

A pattern masks what stands in a text; what stands in a picture, a voice or a contract nobody can cut out. So a
masked field's files do not open, be it masked whole or in pieces; nor do sealed ones beside a text of which pieces
are masked for this reader: what was cut out of it would stand in them.
"""

from __future__ import annotations

from engine.access.ways import best_access
from engine.records.program import FieldProgram, FormProgram
from engine.records.rows import Row


def opens(program: FormProgram, row: Row, field: FieldProgram) -> bool:
    """The files in this field of this row."""
    if best_access(row.ways, field.id) not in ("read", "write"):
        return False
    return not field.field.sealed or not any(best_access(row.ways, n) == "mask" for n in program.pieced)


def closed(program: FormProgram, row: Row) -> frozenset[str]:
    """Fields of this row with files that do not open."""
    return frozenset(
        field.id
        for field in program.file_fields
        if row.values.get(field.id) is not None and not opens(program, row, field)
    )
