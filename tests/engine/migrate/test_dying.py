"""A process that is killed while it publishes, or while values are brought into a new column, leaves the old
version or the new one; what is left to do is done by whoever comes next."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

from engine.config import Config
from tests.engine.migrate.dying import ROWS


def rounds(config: Config) -> list[dict[str, Any]]:
    command = [
        sys.executable,
        "-m",
        "tests.engine.migrate.dying",
        str(config.data),
        config.database_url or "",
    ]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=300, check=False,
        env={**os.environ, "PYTHONPATH": os.getcwd()},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3_000:]
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_the_old_version_or_the_new_one(config: Config) -> None:
    told = rounds(config)
    killed = [one for one in told if one.get("killed")]
    left = [one for one in told if "version" in one]
    assert {one["work"] for one in killed} == {"publish", "copy"}
    assert len([one for one in killed if one["work"] == "publish"]) >= 2
    text = [str(number) if number % 40 else "很多" for number in range(ROWS)]
    number = [str(number) if number % 40 else None for number in range(ROWS)]
    size = [f"{len(f'单{number}')}.00" for number in range(ROWS)]
    for one in left:
        assert (one["findings"], one["total"]) == ([], ROWS + 40)
        if one["version"] == 1:
            assert (one["order"], one["letter"]) == (text, [str(n) for n in range(40)])
        else:
            assert all(there in (None, wanted) for there, wanted in zip(one["order"], number, strict=True))
            assert all(there in (None, wanted) for there, wanted in zip(one["size"], size, strict=True))
    assert [one["version"] for one in left] == sorted(one["version"] for one in left)
    assert left[0]["version"] == 1
    assert (left[-1]["version"], left[-1]["order"]) == (2, number)
    assert (left[-1]["size"], left[-1]["pending"]) == (size, [])
    assert any(None in one["size"] and any(one["size"]) for one in left if one["version"] == 2)
    assert left[-1]["letter"] == [str(n) for n in range(40)]
