"""Tables: what a person sees of records, as CSV; masked as on screen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from engine.records.program import FormProgram
from engine.spreadsheets import csv_lines


def table(program: FormProgram, records: Iterable[Mapping[str, Any]], language: str) -> Iterator[bytes]:
    """A heading and a line a record."""
    names = list(program.fields)

    def rows() -> Iterator[list[str]]:
        yield ["id", *(program.fields[name].field.text(language) for name in names)]
        for record in records:
            yield [record["record"], *(record["shown"].get(name, "") for name in names)]

    return csv_lines(rows())
