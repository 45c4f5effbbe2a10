"""Requests made up from our OpenAPI, as three roles: no answer of 500 and above, none that is not described.

Names of things in paths are half made up and half true, so that requests get past the first door.
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings, strategies as st
from litestar import Litestar
from litestar.testing import TestClient
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, status_code_conformance

from engine.clock import FrozenClock
from engine.config import Config
from engine.runtime import Runtime
from engine.web.described import BODIES, QUERIES, served
from tests.conftest import NOW
from tests.security.vault import ADMIN, APP, CLERK, SELLER, Vault, furnish
from tests.serving import app_over

ROLES = (SELLER, CLERK, ADMIN)
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance]
EXAMPLES = settings(
    max_examples=4, deadline=None, database=None, derandomize=True, phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)  # fmt: skip


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


def known(vault: Vault) -> dict[str, list[str]]:
    """True names of what a path may name."""
    return {
        "app_id": [APP], "form_id": ["customer", "letter", "wish"], "record": [t.record for t in vault.targets],
        "field": ["customer", "source", "labels"], "report": ["figures"], "widget": ["sum", "cloud", "rows"],
        "flow": ["approve"], "instance": [vault.ids["seller_flow"]], "rule": ["star"],
        "action": ["comment", "remind", "approve"], "task": [vault.ids["seller_task"]],
        "file_id": [vault.ids["seller_paper"]], "log": ["records", "audit"],
    }  # fmt: skip


def documents(vault: Vault, app: Litestar, token: str) -> Iterator[Any]:
    with TestClient(app) as client:
        for path in ("/api/v1/openapi.json", f"/api/v1/apps/{APP}/openapi.json"):
            answer = client.get(path, headers={"authorization": f"Bearer {token}"})
            assert answer.status_code == 200, answer.text
            yield schemathesis.openapi.from_dict(answer.json())


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


def tried(
    operation: Any, client: TestClient[Any], token: str, names: dict[str, list[str]], examples: int = 4
) -> str:
    """What is wrong with one operation's answers, '' if nothing is."""

    @settings(EXAMPLES, max_examples=examples)
    @given(case=operation.as_strategy(), chosen=st.data())
    def ask(case: Any, chosen: Any) -> None:
        for name in case.path_parameters or {}:
            if name in names and chosen.draw(st.integers(0, 3)):
                case.path_parameters[name] = chosen.draw(st.sampled_from(names[name]))
        case.headers.update({"authorization": f"Bearer {token}", "accept": "application/json"})
        answer = client.request(**_wire(case))
        case.validate_response(answer, checks=CHECKS)

    try:
        ask()
    except (Exception, BaseExceptionGroup) as error:
        return "; ".join(str(one)[:600] for one in getattr(error, "exceptions", (error,)))
    return ""


def _wire(case: Any) -> dict[str, Any]:
    """The request as it goes over the wire; uploads in the bytes of their parts."""
    sent = case.as_transport_kwargs(base_url="http://testserver")
    sent.pop("cookies", None)
    if "files" not in sent:
        return dict(sent)
    ready = requests.Request(**sent).prepare()
    return {"method": ready.method, "url": ready.url, "headers": dict(ready.headers), "content": ready.body}


def test_every_body_and_query_is_described(app: Litestar) -> None:
    """A handler with a body says what it takes; no row describes a handler that is gone."""
    handlers = {handler.handler_name.rpartition(".")[2]: handler for _, _, handler in served(app)}
    taking = {name for name, handler in handlers.items() if "body" in handler.parsed_fn_signature.parameters}
    assert not taking - BODIES.keys(), "say in engine/web/described.py what these take"
    assert not (BODIES.keys() | QUERIES.keys()) - handlers.keys()
