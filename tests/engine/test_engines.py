"""How databases are reached: over a network the server proves who it is."""

from __future__ import annotations

import socket
import ssl
import threading
from contextlib import suppress
from pathlib import Path

import pytest
import sqlalchemy as sa

from engine.engines import postgres_engines, postgres_url
from tests.engine.certificates import server_with_certificate


@pytest.mark.parametrize(
    ("url", "mode"),
    [
        ("postgresql://db.example.com/archive", "verify-full"),
        ("postgresql://u:p@10.0.0.4:5433/archive?connect_timeout=5", "verify-full"),
        ("postgresql:///archive?host=db.example.com", "verify-full"),
        ("postgresql://db.example.com/archive?sslmode=require", "require"),  # the operator's own word
        ("postgresql://127.0.0.1/archive", None),
        ("postgresql://[::1]/archive", None),
        ("postgresql:///archive?host=/run/postgresql", None),
        ("postgresql:///archive", None),
    ],
)
def test_a_server_elsewhere_is_verified(url: str, mode: str | None) -> None:
    made = postgres_url(sa.make_url(url))
    assert made.query.get("sslmode") == mode
    assert ("sslrootcert" in made.query) == (mode == "verify-full")
    assert made.drivername == "postgresql"


def test_an_authority_of_ones_own_is_kept() -> None:
    made = postgres_url(sa.make_url("postgresql://db/archive?sslrootcert=/etc/own.pem"))
    assert (made.query["sslmode"], made.query["sslrootcert"]) == ("verify-full", "/etc/own.pem")


@pytest.mark.parametrize(
    ("name", "trusted", "days", "talks"),
    [
        ("db.example.com", True, 1, True), ("db.example.com", False, 1, False),
        ("other.example.com", True, 1, False), ("db.example.com", True, -1, False),
    ],
)  # fmt: skip
def test_a_server_that_cannot_prove_who_it_is_hears_nothing(
    tmp_path: Path, name: str, trusted: bool, days: float, talks: bool
) -> None:
    """Something that speaks TLS as PostgreSQL begins it: is it told who signs in?"""
    context, trust = server_with_certificate(tmp_path, name, days=days)
    heard: list[bytes] = []

    def listen(listener: socket.socket) -> None:
        plain, _ = listener.accept()
        with plain, suppress(OSError, ssl.SSLError):
            plain.recv(8)  # "may we encrypt?"
            plain.sendall(b"S")
            with context.wrap_socket(plain, server_side=True) as encrypted:
                heard.append(encrypted.recv(1024))

    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = threading.Thread(target=listen, args=(listener,), daemon=True)
        server.start()
        url = f"postgresql://archive@db.example.com:{listener.getsockname()[1]}/x?hostaddr=127.0.0.1&gssencmode=disable"
        engines = postgres_engines(sa.make_url(url + (f"&sslrootcert={trust}" if trusted else "")))
        with pytest.raises(sa.exc.OperationalError):
            engines[0].connect()
        server.join()
    assert any(b"archive" in said for said in heard) is talks
