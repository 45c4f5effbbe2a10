"""One persona's requests against the whole application, without a browser."""

from __future__ import annotations

import re
from typing import Any

from litestar.testing import TestClient

from tests.security.routes import Call
from tests.security.vault import APP, PASSWORD, SEEING, SELLER, Vault


class Browser:
    """One persona's requests: a session with its CSRF token, or nobody's."""

    def __init__(self, vault: Vault, persona: str, token: str = "") -> None:
        self.vault, self.persona = vault, persona
        self.client = TestClient(vault.app)
        self.client.follow_redirects = False
        vault.opened.enter_context(self.client)  # one event loop for all of its requests
        self.headers = {"authorization": f"Bearer {token}"} if token else {}
        if persona and not token:
            self._sign_in()

    def _sign_in(self) -> None:
        answer = self.client.post("/sign-in", data={"person": self.persona, "password": PASSWORD})
        assert answer.status_code == 303, answer.text
        found = re.search(r'name="csrf-token" content="([^"]+)"', self.client.get("/").text)
        assert found, "the home page carries the session's token"
        self.headers["x-csrf-token"] = found[1]
        if self.persona == SEEING:
            wanted = {"app": APP, "person": SELLER, "reason": "看看销售看到什么"}
            assert self.client.post("/see-as", data=wanted, headers=self.headers).status_code == 303

    def ask(self, call: Call) -> Any:
        accept = "application/json" if call.path.startswith("/api/") else "text/html"
        headers = {**self.headers, "accept": accept}
        match call.body:
            case None:
                return self.client.request(call.method, call.path, headers=headers)
            case str():
                headers["content-type"] = "application/json"
                return self.client.request(
                    call.method, call.path, headers=headers, content=call.body.encode()
                )
        if call.path.startswith("/api/"):
            return self.client.request(call.method, call.path, headers=headers, json=call.body)
        return self.client.request(call.method, call.path, headers=headers, data=call.body)
