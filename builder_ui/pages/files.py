"""Attachments where they are shown: pictures, sound and films in place, everything else as a download.

What is opened by itself comes on a page of ours, so that it says across it who looks, as every page does.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from litestar import Response, get
from litestar.response import Stream

from builder_ui.cells import file_size
from builder_ui.site import Ask, Here, InPath
from builder_ui.templating import href

IN_PLACE = frozenset({
    "image/png", "image/jpeg", "image/gif", "image/webp", "audio/mpeg", "audio/wav", "audio/ogg", "audio/amr",
    "video/mp4", "video/webm",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class LookPage:
    """`sort`: image, audio or video."""

    name: str
    size: str
    sort: str
    href: str


@get("/files/{file_id:str}", sync_to_thread=True)
def file(request: Ask, site: Here, file_id: InPath) -> Stream | Response[Any]:
    """For whoever may read a record that holds it, each time anew: never run, framed, or kept by a proxy or a browser.
    `as=file`: to keep."""
    visit = site.visit(request)
    alone = request.headers.get("sec-fetch-dest") == "document" and visit.query.get("as") != "file"
    if alone and visit.runtime.file_facts(visit.viewer, file_id)["media_type"] in IN_PLACE:
        return visit.go(href(f"/files/{file_id}/look"))
    described, chunks = visit.runtime.open_file(visit.viewer, file_id)
    media_type = str(described["media_type"])
    way = "inline" if media_type in IN_PLACE and visit.query.get("as") != "file" else "attachment"
    headers = {
        "Content-Disposition": f"{way}; filename*=UTF-8''{quote(str(described['name']), safe='')}",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Cache-Control": "private, no-store",
        "Vary": "Sec-Fetch-Dest",
    }
    return Stream(
        _read(chunks),
        media_type=media_type if way == "inline" else "application/octet-stream",
        headers=headers,
    )


@get("/files/{file_id:str}/look", sync_to_thread=True)
def look(request: Ask, site: Here, file_id: InPath) -> Response[Any]:
    """A picture, a voice or a film on a page; its bytes are asked for, and noted, apart."""
    visit = site.visit(request)
    facts = visit.runtime.file_facts(visit.viewer, file_id)
    sort = str(facts["media_type"]).split("/")[0] if facts["media_type"] in IN_PLACE else ""
    name = str(facts["name"])
    page = LookPage(name, file_size(int(facts["size"])), sort, href(f"/files/{file_id}"))
    return visit.page("look.html", page, title=name, styles=("record",))


def _read(chunks: Iterator[bytes]) -> Iterator[bytes]:
    yield from chunks


HANDLERS = (file, look)
