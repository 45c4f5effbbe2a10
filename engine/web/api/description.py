"""/api/v1/openapi.json: the API described, whole."""

from __future__ import annotations

from typing import Any

from litestar import Request, Router, get

from engine.web.described import api_openapi
from engine.web.security import signed_in


@get("/openapi.json", sync_to_thread=False)
def whole_api(request: Request[Any, Any, Any]) -> dict[str, Any]:
    """This document. An app's own forms as schemas are in /api/v1/apps/{app_id}/openapi.json."""
    return api_openapi(request.app, "Muniment", "1")


router = Router("/", route_handlers=[whole_api], guards=[signed_in])
