"""The same on the other database, in a reduced form: each route once for whom it lets in and much is hidden from,
and requests made up from the OpenAPI.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import pytest
from litestar.testing import TestClient

from engine.clock import FrozenClock
from engine.config import Config
from engine.runtime import Runtime
from tests.conftest import NOW
from tests.security.browser import Browser
from tests.security.judging import wrong_with
from tests.security.made_up_requests import documents, known, tried
from tests.security.routes import ROUTES, calls, may
from tests.security.vault import CLERK, GRANTED, SELLER, Vault, furnish
from tests.serving import app_over


@pytest.fixture(scope="module")
def vault(tmp_path_factory: pytest.TempPathFactory, postgresql: Any) -> Iterator[Vault]:
    name, url = postgresql.create()
    data = tmp_path_factory.mktemp("vault") / "data"
    runtime = Runtime.open(Config(data=data, database_url=url), FrozenClock(NOW))
    logging.getLogger("httpx").setLevel(logging.WARNING)
    vault = furnish(runtime)
    yield vault
    vault.close()
    postgresql.drop(name)


@pytest.mark.parametrize("persona", [CLERK, GRANTED])
def test_nothing_hidden_is_told(vault: Vault, persona: str) -> None:
    browser, wrong = Browser(vault, persona), []
    for name, route in sorted(ROUTES.items(), key=lambda row: (not row[0].startswith("GET"), row[1].last)):
        call = next(calls(vault, name, route))
        if route.last < 2 and may(vault, persona, call, route):
            wrong += wrong_with(vault, persona, call, route, browser.ask(call))
    assert not wrong, "\n".join(wrong)


def test_every_answer_is_one_that_is_described(vault: Vault) -> None:
    token, wrong = vault.runtime.tokens.create(SELLER, "fuzz", ("read", "write")), []
    with TestClient(app_over(vault.runtime, pages=False)) as client:
        for document in documents(vault, client.app, token):
            operations = (found.ok() for found in document.get_all_operations())
            wrong += [tried(one, client, token, known(vault), 1) for one in operations]
    assert not any(wrong), "\n\n".join(filter(None, wrong))
