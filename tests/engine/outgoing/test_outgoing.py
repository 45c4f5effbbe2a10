"""Outgoing HTTP: what may be asked, that the address looked at is the one connected to, and limits."""

from __future__ import annotations

import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from engine.outgoing import Allowed, Limits, Outgoing, is_public
from metamodel.problems import Rejected
from tests.engine.certificates import server_with_certificate

HERE = Allowed.read(["127.0.0.0/8"])


class Handler(BaseHTTPRequestHandler):
    """Answers by path; remembers what it was asked."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        self.server.asked.append((self.path, {k.lower(): v for k, v in self.headers.items()}, body))  # type: ignore[attr-defined]
        if self.path == "/redirect":
            self._answer(302, b"", location="http://169.254.169.254/latest/meta-data")
        elif self.path == "/large":
            self._answer(200, b"x" * 50_000)
        elif self.path == "/endless":
            self.server.stop.wait(10)  # type: ignore[attr-defined]
        else:
            self._answer(200, b"taken")

    def _answer(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None: ...


@pytest.fixture
def serve() -> Iterator[Callable[..., HTTPServer]]:
    running: list[HTTPServer] = []

    def start(tls: ssl.SSLContext | None = None) -> HTTPServer:
        server = HTTPServer(("127.0.0.1", 0), Handler)
        server.asked, server.stop = [], threading.Event()  # type: ignore[attr-defined]
        if tls:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        running.append(server)
        return server

    yield start
    for server in running:
        server.stop.set()  # type: ignore[attr-defined]
        server.shutdown()
        server.server_close()


def code_of(work: Callable[[], object]) -> str:
    with pytest.raises(Rejected) as refused:
        work()
    return refused.value.problems[0].code


def test_an_answer_comes_back(serve: Any) -> None:
    server = serve()
    found = Outgoing(HERE).post(f"http://127.0.0.1:{server.server_port}/a?b=1", b"{}", {"x-one": "1"})
    assert (found.status, found.body) == (200, b"taken")
    ((path, headers, body),) = server.asked
    assert (path, headers["x-one"], body) == ("/a?b=1", "1", b"{}")
    assert headers["host"] == f"127.0.0.1:{server.server_port}"


ADDRESSES = [
    "http://127.0.0.1/", "http://127.1/", "http://2130706433/", "http://0x7f000001/", "http://0177.0.0.1/",
    "http://localhost/", "http://0.0.0.0/", "http://10.0.0.1/", "http://172.16.9.9/", "http://192.168.1.1/",
    "http://169.254.169.254/latest/meta-data", "http://100.64.0.1/", "http://[::1]/", "http://[::]/",
    "http://[fe80::1]/", "http://[fd00::1]/", "http://[::ffff:127.0.0.1]/", "http://[64:ff9b::7f00:1]/",
    "http://[2002:7f00:1::]/", "http://224.0.0.1/", "http://255.255.255.255/", "http://192.0.2.1/",
    "http://[fec0::1]/", "http://[64:ff9b:1::a00:1]/", "http://192.88.99.1/", "http://[3fff::1]/",
    "http://168.63.129.16/machine", "http://[::ffff:168.63.129.16]/", "http://100.100.100.200/latest/meta-data",
]  # fmt: skip


@pytest.mark.parametrize("url", ADDRESSES)
def test_an_address_of_the_house_is_refused(url: str) -> None:
    assert code_of(lambda: Outgoing().post(url, b"", {})) in (
        "outgoing.refused_address",
        "outgoing.unreachable",
    )


WRONG = [
    "file:///etc/passwd", "gopher://example.com/", "ftp://example.com", "example.com", "//example.com", "http://",
    "https://user:password@example.com/", "http://user@example.com", "http://example.com:99999/", "https://a b.com/",
    "https://example.com/\r\nX-Evil: 1", "http://[::1", "javascript:alert(1)", "",
]  # fmt: skip


@pytest.mark.parametrize("url", WRONG, ids=range(len(WRONG)))
def test_what_is_no_plain_address_is_refused(url: str) -> None:
    assert code_of(lambda: Outgoing().post(url, b"", {})) == "outgoing.bad_address"


@pytest.mark.parametrize("text", ["1.1.1.1", "2606:4700::1111", "::ffff:1.1.1.1"])
def test_public_addresses_are_public(text: str) -> None:
    assert is_public(ipaddress.ip_address(text))


def test_one_bad_address_among_good_ones_is_enough() -> None:
    both = Outgoing(resolve=lambda host, port: ["1.1.1.1", "10.0.0.1"])
    assert code_of(lambda: both.post("http://example.com/", b"", {})) == "outgoing.refused_address"


def test_the_address_looked_at_is_the_one_connected_to(serve: Any) -> None:
    """A name that resolves to something else a moment later gains nothing: it is asked once."""
    server, asked = serve(), []

    def resolve(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["127.0.0.2"]

    outgoing = Outgoing(Allowed.read(["rebinding.example"]), resolve=resolve)
    outgoing.post(f"http://rebinding.example:{server.server_port}/", b"", {})
    assert asked == ["rebinding.example"]
    assert server.asked[0][1]["host"] == f"rebinding.example:{server.server_port}"


def test_a_redirect_is_an_answer_and_not_followed(serve: Any) -> None:
    server = serve()
    found = Outgoing(HERE).post(f"http://127.0.0.1:{server.server_port}/redirect", b"", {})
    assert found.status == 302
    assert len(server.asked) == 1


def test_an_answer_has_a_largest_size_and_a_longest_time(serve: Any) -> None:
    base = f"http://127.0.0.1:{serve().server_port}"
    outgoing = Outgoing(HERE, Limits(seconds=0.2, bytes=10_000))
    assert code_of(lambda: outgoing.post(f"{base}/large", b"", {})) == "outgoing.too_large"
    assert code_of(lambda: outgoing.post(f"{base}/endless", b"", {})) == "outgoing.too_slow"


def test_headers_that_trickle_in_do_not_hold_it_up() -> None:
    """Each byte in time, the whole never."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        stop = threading.Event()

        def trickle() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.sendall(b"HTTP/1.1 200 OK\r\n")
                while not stop.wait(0.02):
                    try:
                        connection.sendall(b"x: y\r\n")
                    except OSError:
                        return

        thread = threading.Thread(target=trickle, daemon=True)
        thread.start()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        assert code_of(lambda: Outgoing(HERE, Limits(seconds=0.3)).post(url, b"", {})) == "outgoing.too_slow"
        stop.set()
        thread.join()


def test_certificates_are_verified(serve: Any, tmp_path: Path) -> None:
    """Whom they are from, against the name that was asked for, and by their days."""
    context, trust = server_with_certificate(tmp_path, "hooks.example")
    server, names = serve(context), Allowed.read(["hooks.example", "other.example"])

    def ask(host: str, trusted: str, port: int) -> Any:
        return Outgoing(names, resolve=lambda h, p: ["127.0.0.1"], trust=trusted).post(
            f"https://{host}:{port}/", b"{}", {}
        )

    assert ask("hooks.example", str(trust), server.server_port).body == b"taken"
    assert code_of(lambda: ask("hooks.example", "", server.server_port)) == "outgoing.unreachable"
    assert code_of(lambda: ask("other.example", str(trust), server.server_port)) == "outgoing.unreachable"
    (tmp_path / "old").mkdir()
    context, trust = server_with_certificate(tmp_path / "old", "hooks.example", days=-1)
    late = serve(context)
    assert code_of(lambda: ask("hooks.example", str(trust), late.server_port)) == "outgoing.unreachable"
    assert len(server.asked) + len(late.asked) == 1  # nothing was said to who could not prove himself
