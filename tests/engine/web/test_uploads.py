"""Uploads go from the wire into their seal in pieces: nothing readable on the way, little memory, no half ones."""

from __future__ import annotations

import tempfile
import tracemalloc
from collections.abc import Iterator

import pytest
from litestar.testing import TestClient
from multipart import PushMultipartParser

from engine.runtime import Runtime
from engine.web.uploads import _events, _store
from tests.serving import app_over

BOUNDARY = "edge"
HEAD = (
    '--edge\r\nContent-Disposition: form-data; name="file"; filename="图.png"\r\nContent-Type: image/png\r\n\r\n'
).encode()
TAIL = b"\r\n--edge--\r\n"
MEGABYTE = b"m" * 1_000_000


@pytest.fixture
def client(office: Runtime) -> Iterator[tuple[TestClient, dict[str, str]]]:
    token = office.tokens.create("zhou", "test")
    headers = {
        "Authorization": f"Bearer {token}", "Content-Type": f"multipart/form-data; boundary={BOUNDARY}",
    }  # fmt: skip
    with TestClient(app_over(office, pages=False)) as made:
        yield made, headers


def test_a_large_file_leaves_no_trace_but_its_seal(
    client: tuple[TestClient, dict[str, str]], office: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_arguments: object, **_named: object) -> None:
        raise AssertionError("a temporary file")

    for name in ("TemporaryFile", "NamedTemporaryFile", "mkstemp", "_TemporaryFileWrapper"):
        monkeypatch.setattr(tempfile, name, refuse)
    tab, headers = client

    def body() -> Iterator[bytes]:
        yield b'--edge\r\nContent-Disposition: form-data; name="note"\r\n\r\nbefore\r\n' + HEAD
        for _ in range(5):
            yield MEGABYTE
        yield TAIL

    answer = tab.post("/api/v1/files", content=body(), headers=headers)
    assert answer.status_code == 201, answer.text
    assert (answer.json()["name"], answer.json()["size"]) == ("图.png", 5_000_000)
    content = b"".join(office.files.open(answer.json()["id"]))
    assert content == MEGABYTE * 5
    assert not any(
        MEGABYTE[:64] in path.read_bytes() for path in office.config.data.rglob("*") if path.is_file()
    )


def test_memory_does_not_grow_with_the_file(office: Runtime) -> None:
    pieces = iter([HEAD, *[MEGABYTE] * 60, TAIL])
    events = _events(PushMultipartParser(BOUNDARY), lambda: next(pieces, b""))
    tracemalloc.start()
    described = _store(events, office, office.require_viewer("zhou"))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert described["size"] == 60_000_000
    assert peak < 8_000_000


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (HEAD + b"half", None),
        (HEAD[:40], None),
        (b"", None),
        (b"nonsense", None),
        (b'--edge\r\nContent-Disposition: form-data; name="file"\r\n\r\nno name' + TAIL, None),
        (b'--edge\r\nContent-Disposition: form-data; name="x"; filename="x"\r\n\r\nx' + TAIL, None),
        (b"{}", "application/json"),
        (HEAD + b"x" + TAIL, "multipart/form-data"),
    ],
)
def test_what_is_no_upload(
    client: tuple[TestClient, dict[str, str]], office: Runtime, content: bytes, kind: str | None
) -> None:
    tab, headers = client
    answer = tab.post(
        "/api/v1/files", content=content, headers={**headers, **({"Content-Type": kind} if kind else {})}
    )
    assert answer.status_code == 400
    assert answer.json()["problems"][0]["code"] == "request.unreadable"
    assert not [path for path in (office.config.data / "files").rglob("*") if path.is_file()]
