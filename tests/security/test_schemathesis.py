"""Requests made up from our OpenAPI, as three roles: no answer of 500 and above, none that is not described.

Names of things in paths are half made up and half true, so that requests get past the first door.
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from engine.clock import FrozenClock
from engine.config import Config
from engine.runtime import Runtime
from engine.web.described import BODIES, QUERIES, served
from tests.conftest import NOW
from tests.security.made_up_requests import documents, known, tried
from tests.security.vault import ADMIN, CLERK, SELLER, Vault, furnish
from tests.serving import app_over

ROLES = (SELLER, CLERK, ADMIN)


@pytest.fixture(scope="module")
def vault(tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path) -> Iterator[Vault]:
    data = tmp_path_factory.mktemp("fuzzed") / "data"
    shutil.copytree(migrated_sqlite, data)
    runtime = Runtime.open(Config(data=data), FrozenClock(NOW))
    logging.getLogger("httpx").setLevel(logging.WARNING)
    vault = furnish(runtime)
    yield vault
    vault.close()


@pytest.fixture(scope="module")
def app(vault: Vault) -> Litestar:
    return app_over(vault.runtime, pages=False)


@pytest.mark.parametrize("role", ROLES)
def test_every_answer_is_one_that_is_described(vault: Vault, app: Litestar, role: str) -> None:
    token = vault.runtime.tokens.create(role, "fuzz", ("read", "write"))
    wrong: dict[str, str] = {}
    with TestClient(app) as client:
        for document in documents(vault, app, token):
            for found in document.get_all_operations():
                operation = found.ok()
                label, message = operation.label, tried(operation, client, token, known(vault))
                if message:
                    wrong[label] = message
    assert not wrong, "\n\n".join(f"{label}: {message}" for label, message in wrong.items())


def test_every_body_and_query_is_described(app: Litestar) -> None:
    """A handler with a body says what it takes; no row describes a handler that is gone."""
    handlers = {handler.handler_name.rpartition(".")[2]: handler for _, _, handler in served(app)}
    taking = {name for name, handler in handlers.items() if "body" in handler.parsed_fn_signature.parameters}
    assert not taking - BODIES.keys(), "say in engine/web/described.py what these take"
    assert not (BODIES.keys() | QUERIES.keys()) - handlers.keys()
