"""How databases are reached: over a network the server proves who it is."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from engine.engines import postgres_url


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
