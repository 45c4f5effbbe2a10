"""Static files: any version's address answers, only the current one's may be kept for ever."""

from __future__ import annotations

from litestar import Response, get
from litestar.exceptions import NotFoundException

from builder_ui.site import Ask, Here, InPath

FOR_EVER = "public, max-age=31536000, immutable"


@get("/static/{version:str}/{path:path}", sync_to_thread=False)
def static(request: Ask, site: Here, version: InPath, path: InPath) -> Response[bytes]:
    asset = site.assets.get(path.lstrip("/"))
    if asset is None:
        raise NotFoundException()
    packed = bool(asset.compressed) and "gzip" in request.headers.get("accept-encoding", "")
    headers = {
        "Cache-Control": FOR_EVER if version == site.assets.version else "no-cache",
        "Vary": "Accept-Encoding",
        **({"Content-Encoding": "gzip"} if packed else {}),
    }
    return Response(
        asset.compressed if packed else asset.content, media_type=asset.media_type, headers=headers
    )


HANDLERS = (static,)
