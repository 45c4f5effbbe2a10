"""Health, sign-in by API, apps, files and hooks: everything that is not a record."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import anyio.to_thread
import sqlalchemy as sa
from litestar import Request, Router, get, post
from litestar.response import Stream

from engine.runtime import Runtime
from engine.web.language import language_of
from engine.web.openapi import app_openapi
from engine.web.security import SCOPE, may_write, signed_in, viewer_of
from engine.web.uploads import store_upload
from metamodel.plugin_api import RawMessage

Ask = Request[Any, Any, Any]
LARGEST_FILE = 200 * 1024 * 1024


@get("/healthz", sync_to_thread=False)
def healthz() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@get("/readyz", sync_to_thread=True)
def readyz(runtime: Runtime) -> dict[str, Any]:
    """The database answers and the catalog is loaded."""
    with runtime.database.read() as connection:
        connection.execute(sa.select(1))
    return {"status": "ok", "apps": [app.id for app in runtime.applications.all()]}


@get("/apps", sync_to_thread=True)
def apps(request: Ask, runtime: Runtime) -> list[dict[str, Any]]:
    language = language_of(request)
    return [
        {"id": app.id, "label": app.text(language), "version": runtime.applications.version(app.id)}
        for app in runtime.apps_of(viewer_of(request))
    ]


@get("/apps/{app_id:str}", sync_to_thread=True)
def app_definition(request: Ask, runtime: Runtime, app_id: str) -> dict[str, Any]:
    """The published document, for people of the app."""
    return dict(runtime.app_for(viewer_of(request), app_id).document)


@get("/apps/{app_id:str}/openapi.json", sync_to_thread=True)
def openapi(request: Ask, runtime: Runtime, app_id: str) -> dict[str, Any]:
    """OpenAPI 3.1 of this app's forms."""
    app = runtime.app_for(viewer_of(request), app_id)
    return app_openapi(app, runtime.applications.version(app_id), language_of(request))


@post("/files", guards=[may_write], request_max_body_size=LARGEST_FILE)
async def upload(request: Ask, runtime: Runtime) -> dict[str, Any]:
    """One multipart file; the answer goes into an attachment field."""
    return await store_upload(request, runtime, viewer_of(request))


@get("/files/{file_id:str}", sync_to_thread=True)
def download(request: Ask, runtime: Runtime, file_id: str) -> Stream:
    """The plain bytes, for whoever may read a record that holds the file."""
    described, chunks = runtime.open_file(viewer_of(request), file_id)
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{_quoted(described['name'])}",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Cache-Control": "private, no-store",
    }
    return Stream(chunks, media_type=described["media_type"], headers=headers)


@post("/hooks/{channel:str}", status_code=200, opt={SCOPE: "ingest"})
async def hook(request: Ask, runtime: Runtime, channel: str) -> dict[str, Any]:
    """A vendor delivers: verified on the raw bytes, stored durably, then acknowledged."""
    raw = RawMessage(
        await request.body(),
        dict(request.headers.items()),
        source=request.client.host if request.client else "",
    )
    stored = await anyio.to_thread.run_sync(runtime.receive, channel, raw)
    return {"stored": stored}


health = Router("/", route_handlers=[healthz, readyz, hook])
router = Router("/", route_handlers=[apps, app_definition, openapi, upload, download], guards=[signed_in])


def _quoted(name: str) -> str:
    return quote(name, safe="")
