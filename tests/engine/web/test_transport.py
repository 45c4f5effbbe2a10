"""Who the client is behind a proxy, whom to believe, and what is refused in the clear."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from engine.addresses import is_loopback
from engine.runtime import Runtime
from engine.system_tables import sessions
from engine.web.transport import Transport, networks
from tests.serving import app_over

Headers = list[tuple[bytes, bytes]]


def ask(
    client: str, headers: Headers, *proxies: str, scheme: str = "http", path: str = "/"
) -> tuple[int, dict[bytes, bytes], Any]:
    """(status, headers of the answer, the scope the application was given)."""
    seen: list[Any] = []
    sent: list[Any] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        seen.append(scope)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        raise AssertionError

    scope: Any = {"type": "http", "scheme": scheme, "client": (client, 1), "path": path, "headers": headers}
    asyncio.run(Transport(app, networks(proxies))(scope, receive, send))
    return sent[0]["status"], dict(sent[0]["headers"]), seen[0] if seen else None


FOR, PROTO = b"x-forwarded-for", b"x-forwarded-proto"


@pytest.mark.parametrize(
    ("client", "headers", "seen", "scheme"),
    [
        ("10.0.0.5", [(FOR, b"203.0.113.9"), (PROTO, b"https")], "203.0.113.9", "https"),
        ("10.0.0.5", [(FOR, b"198.51.100.1, 203.0.113.9")], "203.0.113.9", "https"),  # the first is made up
        ("10.0.0.5", [(FOR, b"198.51.100.1"), (FOR, b"203.0.113.9")], "203.0.113.9", "https"),
        ("10.0.0.5", [(FOR, b"203.0.113.9, 10.0.0.7")], "203.0.113.9", "https"),  # two proxies of ours
        ("10.0.0.5", [(FOR, b"nonsense")], "10.0.0.5", "https"),
        ("10.0.0.5", [], "10.0.0.5", "https"),
        ("::ffff:10.0.0.5", [(FOR, b"2001:db8::1")], "2001:db8::1", "https"),
        ("127.0.0.1", [(FOR, b"203.0.113.9"), (PROTO, b"https")], "127.0.0.1", "http"),  # no proxy of ours
    ],
)
def test_a_proxy_is_believed_and_nobody_else(client: str, headers: Headers, seen: str, scheme: str) -> None:
    status, answered, scope = ask(client, headers, "10.0.0.0/24")
    assert (status, scope["client"][0], scope["scheme"]) == (200, seen, scheme)
    assert (b"strict-transport-security" in answered) == (scheme == "https")


@pytest.mark.parametrize(
    ("client", "headers"),
    [
        ("203.0.113.9", []),
        ("203.0.113.9", [(PROTO, b"https"), (FOR, b"127.0.0.1")]),  # says so itself
        ("10.0.0.5", [(FOR, b"203.0.113.9"), (PROTO, b"http")]),  # came to the proxy in the clear
    ],
)
def test_nobody_talks_in_the_clear_from_elsewhere(client: str, headers: Headers) -> None:
    status, _, scope = ask(client, headers, "10.0.0.5")
    assert (status, scope) == (403, None)


def test_health_is_asked_in_the_clear() -> None:
    assert ask("203.0.113.9", [], "10.0.0.5", path="/healthz")[0] == 200


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "localhost", "::ffff:127.0.0.1"])
def test_this_machine(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.4", "example.com", ""])
def test_not_this_machine_alone(host: str) -> None:
    assert not is_loopback(host)


def test_behind_a_proxy_cookies_are_secure_and_the_client_is_who_he_is(office: Runtime) -> None:
    def work(unit: Any) -> None:
        office.accounts.passwords.set_hash(unit, "zhou", office.accounts.passwords.hash("correct horse"))

    office.database.write(work)
    app: Any = Transport(app_over(office), networks(["10.0.0.5"]))

    async def sign_in() -> httpx.Response:
        transport = httpx.ASGITransport(app=app, client=("10.0.0.5", 4711))
        async with httpx.AsyncClient(transport=transport, base_url="http://archive.example.com") as client:
            sent = {"person": "zhou", "password": "correct horse"}
            return await client.post("/sign-in", data=sent, headers={"X-Forwarded-For": "203.0.113.9"})

    answer = asyncio.run(sign_in())
    assert answer.status_code == 303
    cookie = next(c for c in answer.headers.get_list("set-cookie") if c.startswith("muniment_session"))
    assert {"Secure", "HttpOnly"} <= {part.strip() for part in cookie.split(";")}
    with office.database.read() as connection:
        assert connection.scalar(sa.select(sessions.c.address)) == "203.0.113.9"
