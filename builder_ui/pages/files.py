"""Attachments where they are shown: pictures, sound and films in place, everything else as a download."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

from litestar import get
from litestar.response import Stream

from builder_ui.site import Ask, Here, InPath

IN_PLACE = frozenset({
    "image/png", "image/jpeg", "image/gif", "image/webp", "audio/mpeg", "audio/wav", "audio/ogg", "audio/amr",
    "video/mp4", "video/webm",
})  # fmt: skip


@get("/files/{file_id:str}", sync_to_thread=True)
def file(request: Ask, site: Here, file_id: InPath) -> Stream:
    """For whoever may read a record that holds it; never run, never framed, never kept by a proxy."""
    visit = site.visit(request)
    described, chunks = visit.runtime.open_file(visit.viewer, file_id)
    media_type = str(described["media_type"])
    way = "inline" if media_type in IN_PLACE else "attachment"
    headers = {
        "Content-Disposition": f"{way}; filename*=UTF-8''{quote(str(described['name']), safe='')}",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Cache-Control": "private, max-age=600",
    }
    return Stream(
        _read(chunks),
        media_type=media_type if way == "inline" else "application/octet-stream",
        headers=headers,
    )


def _read(chunks: Iterator[bytes]) -> Iterator[bytes]:
    yield from chunks


HANDLERS = (file,)
