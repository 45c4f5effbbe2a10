"""An evidence package as whoever gets it finds it: checked by the verifier that comes along, and read.

For tests of an app that say what is to stand in one.
"""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from engine.packages.verifiers import verify as verifier
from metamodel.parts import Part
from metamodel.problems import Problem, problem


def look_into(part: Part, pieces: Iterable[bytes], key: str, what: str) -> Iterator[Problem]:
    """What is not sound in it, and what is otherwise than the step says: `count` records, and words in them."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "package.zip"
        path.write_bytes(b"".join(pieces))
        result = verifier.verify(str(path), key)
        with zipfile.ZipFile(path) as file:
            tables = [name for name in file.namelist() if name.startswith("tables/")]
            words = "".join(file.read(name).decode() for name in tables)
    if not (result["sound"] and result["trusted"]):
        reasons = " ".join(finding["code"] for finding in result["findings"])
        yield problem("app_test.unsound", part.path + "/package", reasons=reasons)
    said = {"what": what, "examples": ""}
    found, wanted = result["counts"].get("records", 0), part.integer("count")
    if "count" in part.raw and found != wanted:
        yield problem("app_test.count", part.path + "/count", **said, expected=str(wanted), found=str(found))
    if part.text("says") not in words:
        yield problem("app_test.nothing", part.path + "/says", form=what, where=part.text("says"))
