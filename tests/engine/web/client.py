"""The JSON API as people with tokens call it."""

from __future__ import annotations

from typing import Any

from litestar.testing import TestClient

from engine.runtime import Runtime
from tests.serving import app_over

BASE = "/api/v1/apps/office/forms"


class Api:
    """Requests as people with tokens, on one runtime."""

    def __init__(self, runtime: Runtime) -> None:
        self.runtime = runtime
        self.client = TestClient(app_over(runtime, pages=False))
        self._tokens: dict[tuple[str, tuple[str, ...]], str] = {}

    def __call__(
        self,
        method: str,
        path: str,
        person: str = "",
        scopes: tuple[str, ...] = ("read", "write"),
        **more: Any,
    ) -> Any:
        headers = dict(more.pop("headers", {}))
        if person:
            key = (person, scopes)
            if key not in self._tokens:
                self._tokens[key] = self.runtime.tokens.create(person, "test", scopes)
            headers["authorization"] = f"Bearer {self._tokens[key]}"
        return self.client.request(method, path, headers=headers, **more)

    def total(self) -> int:
        return int(self("GET", f"{BASE}/client/records", "lu").json()["total"])
