"""A workbook read by a process of its own, line by line: its memory goes when it goes, and a file that breaks the
reader breaks nothing else. However small: two cells in opposite corners make it ask for gigabytes and abort.

    python -m engine.sheet_reader SHEET < WORKBOOK

writes a JSON list of texts per line: the names of the sheets, then the lines of that one. It is given no
environment, no files and little time; `sheets` starts it.
"""

from __future__ import annotations

import io
import os
import resource
import signal
import subprocess
import sys
import threading
from collections.abc import Generator, Sequence
from typing import Any

import msgspec

from engine.workbook_cells import UNPACKED, workbook_rows
from metamodel.problems import Rejected, problem

SECONDS, MEMORY = 120, 1_200_000_000  # of a core, of addresses: some 10 million cells
PIECE = 1 << 16
TOO_LARGE, TOO_SPREAD = 3, 4  # the exit statuses that say so; the reader itself aborts where memory ends
_WHY = {
    TOO_LARGE: problem("sheet.too_large", limit=UNPACKED // 1_000_000),
    TOO_SPREAD: problem("sheet.too_spread"), -signal.SIGABRT: problem("sheet.too_spread"),
}  # fmt: skip
_decode = msgspec.json.Decoder(list[str]).decode


def rows_apart(content: bytes, name: str) -> Generator[Sequence[str]]:
    """As `workbook_rows`. Rejected (sheet.unreadable, sheet.too_large, sheet.too_spread), on the way too."""
    environment = {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    command = [sys.executable, "-m", "engine.sheet_reader", name]
    pipe = subprocess.PIPE
    with subprocess.Popen(
        command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, env=environment
    ) as reader:
        assert reader.stdin is not None
        assert reader.stdout is not None
        feeding = threading.Thread(target=_feed, args=(reader.stdin, content), daemon=True)
        feeding.start()
        try:
            yield from map(_decode, reader.stdout)
            if reader.wait():
                raise Rejected([_WHY.get(reader.returncode, problem("sheet.unreadable"))])
        except msgspec.DecodeError:
            raise Rejected([problem("sheet.unreadable")]) from None
        finally:
            reader.kill()  # nothing where it is done
            feeding.join()


def _feed(pipe: Any, content: bytes) -> None:
    try:
        with pipe:
            for start in range(0, len(content), PIECE):
                pipe.write(content[start : start + PIECE])
    except OSError:
        pass  # it wants no more


def main(name: str) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    out = io.BufferedWriter(io.FileIO(sys.stdout.fileno(), "wb", closefd=False), 1 << 18)
    encoder = msgspec.json.Encoder()
    try:
        for row in workbook_rows(sys.stdin.buffer.read(), name):
            out.write(encoder.encode(row) + b"\n")
    except Rejected as refused:
        sys.exit(TOO_LARGE if refused.problems[0].code == "sheet.too_large" else 1)
    except MemoryError:
        sys.exit(TOO_SPREAD)
    out.flush()


if __name__ == "__main__":
    main(sys.argv[1])
