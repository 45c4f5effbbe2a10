"""Node, which runs the pages' scripts outside of a browser; None where it is not installed."""

from __future__ import annotations

import shutil
import subprocess

from tests.house.source import ROOT

NODE = shutil.which("node") or shutil.which("node", path=str(ROOT / ".venv/bin"))


def node(*arguments: str) -> subprocess.CompletedProcess[str]:
    assert NODE is not None
    return subprocess.run([NODE, *arguments], capture_output=True, text=True, check=False)
