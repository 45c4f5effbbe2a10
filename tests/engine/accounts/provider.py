"""A real OpenID Connect provider beside the test: the certified package oidc-provider, run by Node."""

from __future__ import annotations

import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.house.source import ROOT

NODE = shutil.which("node") or shutil.which("node", path=str(ROOT / ".venv/bin"))
SCRIPT = Path(__file__).with_name("provider.mjs")
SECRET = "a secret, kept sealed: 100% +&/"
NEEDS_PROVIDER = [
    pytest.mark.skipif(NODE is None, reason="Node is not installed"),
    pytest.mark.skipif(not (ROOT / "node_modules/oidc-provider").exists(), reason="make setup: npm packages"),
]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def provider_running(back: str, port: int = 0) -> Iterator[str]:
    """Its issuer; it leads back to `back` only."""
    port = port or free_port()
    assert NODE is not None
    command = [NODE, str(SCRIPT), str(port), back]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=ROOT) as process:
        try:
            assert process.stdout is not None
            assert b"ready" in process.stdout.readline()
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
