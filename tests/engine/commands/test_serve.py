"""Serving for real: TLS with a certificate that is renewed, and what is refused before anything starts."""

from __future__ import annotations

import os
import signal
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from cryptography import x509

from engine.commands.serve import Renewal, serve
from engine.config import Config
from metamodel.problems import Rejected
from tests.engine.certificates import make_certificate


def served_serial(port: int) -> int:
    """0 while nobody answers: on a machine with much else to do a worker takes long to start."""
    try:
        pem = ssl.get_server_certificate(("127.0.0.1", port))
    except OSError:
        return 0
    return x509.load_pem_x509_certificate(pem.encode()).serial_number


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def server(tmp_path: Path, sqlite_data: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    make_certificate(tmp_path)
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "engine.cli", "serve", "--data", str(sqlite_data), "--port", str(port)),
            *("--certificate", str(tmp_path / "cert.pem"), "--key", str(tmp_path / "key.pem")),
        ],
        env={**os.environ, "MUNIMENT_DATABASE_URL": ""},
        start_new_session=True,
    )
    yield process
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def test_tls_and_a_renewed_certificate(server: subprocess.Popen[bytes], tmp_path: Path, port: int) -> None:
    trusting = ssl.create_default_context(cafile=str(tmp_path / "cert.pem"))
    with httpx.Client(
        verify=trusting, transport=httpx.HTTPTransport(verify=trusting, retries=12), timeout=20
    ) as client:
        answer = client.get(f"https://localhost:{port}/sign-in")
    assert answer.status_code == 200
    assert answer.headers["strict-transport-security"] == "max-age=31536000"
    renewed = make_certificate(tmp_path)
    assert served_serial(port) != renewed
    server.send_signal(signal.SIGHUP)  # what the watch does by itself
    pause = threading.Event()
    assert any(served_serial(port) == renewed or pause.wait(0.1) for _ in range(600))
    assert server.poll() is None


def test_half_a_renewal_is_waited_for(tmp_path: Path) -> None:
    make_certificate(tmp_path)
    old_key, heard = (tmp_path / "key.pem").read_bytes(), list[str]()
    renewal = Renewal(tmp_path / "cert.pem", tmp_path / "key.pem", lambda: reload())

    def reload() -> None:
        heard.append("reload")
        renewal.taken()

    renewal.look()
    assert heard == []
    make_certificate(tmp_path)
    new_key = (tmp_path / "key.pem").read_bytes()
    (tmp_path / "key.pem").write_bytes(old_key)
    renewal.look()
    assert heard == []
    (tmp_path / "key.pem").write_bytes(new_key)
    renewal.look()
    renewal.look()
    assert heard == ["reload"]


@pytest.mark.parametrize(
    ("host", "given", "code"),
    [
        ("0.0.0.0", {}, "serve.in_the_clear"),
        ("::", {}, "serve.in_the_clear"),
        ("archive.example.com", {}, "serve.in_the_clear"),
        ("127.0.0.1", {"tls_certificate": Path("cert.pem")}, "serve.bad_certificate"),
        ("127.0.0.1", {"tls_certificate": Path("nothing"), "tls_key": Path("nothing")}, "serve.bad_certificate"),
        ("0.0.0.0", {"behind_proxy": ("proxy",)}, "serve.bad_proxy"),
    ],
)  # fmt: skip
def test_what_is_refused_before_anything_starts(
    tmp_path: Path, host: str, given: dict[str, object], code: str
) -> None:
    with pytest.raises(Rejected) as refused:
        serve(Config(data=tmp_path / "data", **given), host, 8000)  # type: ignore[arg-type]
    assert [found.code for found in refused.value.problems] == [code]
    assert not (tmp_path / "data").exists()
