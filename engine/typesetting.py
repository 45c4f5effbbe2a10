"""Typesetting: a page set by typst (extra `export`) from a template and what it asks for.

In a process of its own: its fonts take some 90 MB, which the server would never give back. Called by packages,
the evidence report and the recovery sheet.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from engine.processes import environment_of_others

PATIENCE = 120  # seconds; a few pages take one
_SET = """
import sys, typst
made = typst.compile(sys.argv[1], format="pdf", sys_inputs={"data": sys.stdin.buffer.read().decode()})
sys.stdout.buffer.write(made)
"""


def pdf(template: Path, told: Mapping[str, Any]) -> bytes | None:
    """`told` is JSON for the template's `sys.inputs.data`; None where typst is not installed."""
    if find_spec("typst") is None:
        return None
    given = json.dumps(told, ensure_ascii=False).encode()
    command = [sys.executable, "-I", "-c", _SET, str(template)]
    done = subprocess.run(
        command, input=given, capture_output=True, timeout=PATIENCE, check=False, env=environment_of_others()
    )
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2]
        raise RuntimeError(f"{template.name}: {said}")  # the template is ours: a bug
    return done.stdout
