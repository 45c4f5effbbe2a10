"""Which language a request is answered in: the person's own, else what the browser asks for."""

from __future__ import annotations

from typing import Any

from litestar.connection import ASGIConnection

COOKIE = "muniment_language"


def language_of(connection: ASGIConnection[Any, Any, Any, Any]) -> str:
    viewer = connection.scope.get("state", {}).get("viewer")
    chosen = connection.cookies.get(COOKIE)
    if chosen in ("zh", "en"):
        return chosen
    if viewer is not None:
        return "en" if viewer.language.startswith("en") else "zh"
    asked = connection.headers.get("accept-language", "zh").lower()
    return "zh" if "zh" in asked or not asked.startswith("en") else "en"
