"""An uploaded file on its way from the wire into its seal: in pieces, and never readable on this disk.

A framework's own form parser keeps larger files in temporary ones; what is uploaded here may be an archive's.
Called by the upload of the API.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import anyio.from_thread
import anyio.to_thread
from litestar import Request
from multipart import MultipartError, MultipartSegment, PushMultipartParser, parse_options_header

from engine.access.viewer import Viewer
from engine.runtime import Runtime
from metamodel.problems import Rejected, problem

FIELD = "file"
LONGEST_NAME = 400


async def store_upload(request: Request[Any, Any, Any], runtime: Runtime, viewer: Viewer) -> dict[str, Any]:
    """The file sent under the name `file`, described. Rejected (request.unreadable, access.denied,
    file.too_many_waiting)."""
    await anyio.to_thread.run_sync(runtime.waiting.require, viewer)
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    if kind != "multipart/form-data" or not options.get("boundary"):
        raise _unreadable("multipart/form-data")
    stream = request.stream()

    def work() -> dict[str, Any]:
        parser = PushMultipartParser(options["boundary"])
        return _store(_events(parser, lambda: anyio.from_thread.run(_next, stream)), runtime, viewer)

    return await anyio.to_thread.run_sync(work)


async def _next(stream: AsyncIterator[bytes]) -> bytes:
    """The next piece of the body; nothing at its end."""
    return await anext(stream, b"")


def _events(
    parser: PushMultipartParser, pull: Callable[[], bytes]
) -> Iterator[MultipartSegment | bytes | None]:
    """A part's head, its bytes, None at its end; and so on."""
    try:
        while not parser.closed:
            yield from parser.parse(pull())
    except MultipartError as error:
        raise _unreadable(str(error)) from None


def _store(
    events: Iterator[MultipartSegment | bytes | None], runtime: Runtime, viewer: Viewer
) -> dict[str, Any]:
    for event in events:
        if isinstance(event, MultipartSegment) and event.name == FIELD and event.filename:
            media_type = event.content_type or "application/octet-stream"
            described = runtime.store_file(viewer, _bytes(events), event.filename[:LONGEST_NAME], media_type)
            for _ in events:  # to the end, so that what follows cannot be half a request
                pass
            return described
    raise _unreadable(FIELD)


def _bytes(events: Iterator[MultipartSegment | bytes | None]) -> Iterator[bytes]:
    """Of the part whose head has been read."""
    for event in events:
        if not isinstance(event, bytes):
            return
        yield event


def _unreadable(reason: str) -> Rejected:
    return Rejected([problem("request.unreadable", f"/{FIELD}", reason=reason)])
