"""API tokens over every route: a token opens what its scopes name and nothing else, whatever its owner may."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.clock import FrozenClock
from engine.config import Config
from engine.runtime import Runtime
from tests.conftest import NOW
from tests.security.browser import Browser
from tests.security.judging import name_of
from tests.security.routes import ROUTES, Call, calls
from tests.security.standing import changed_since, standing
from tests.security.vault import ADMIN, APP, AUDITOR, CLERK, SELLER, Vault, furnish

SAFE = ("GET", "HEAD")
OPEN = ("/healthz", "/static/", "/readyz")  # nobody is asked who he is
# Requests that are sent by POST and change nothing.
ASKING = (
    "state", "rules:try", "expressions", "expressions/complete", "expressions/build", "conversion", "preview",
)  # fmt: skip
LETTERS = f"/api/v1/apps/{APP}/forms/letter/records"
CUSTOMERS = f"/api/v1/apps/{APP}/forms/customer/records"


@pytest.fixture(scope="module")
def vault(tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path) -> Iterator[Vault]:
    data = tmp_path_factory.mktemp("tokens") / "data"
    shutil.copytree(migrated_sqlite, data)
    runtime = Runtime.open(Config(data=data), FrozenClock(NOW))
    vault = furnish(runtime)
    yield vault
    vault.close()


def holder(vault: Vault, person: str, *scopes: str) -> Browser:
    return Browser(vault, person, vault.runtime.tokens.create(person, "test", scopes))


def needed(call: Call) -> str:
    """The scope a token needs; '' where no token is taken."""
    path = call.path.partition("?")[0]
    if path.startswith("/hooks/"):
        return "ingest"
    if not path.startswith(("/api/", "/ledger/")):
        return ""
    return "read" if call.method in SAFE or (path.endswith(ASKING) and call.method == "POST") else "write"


def every_call(vault: Vault) -> Iterator[Call]:
    """One request for every route."""
    for name, route in ROUTES.items():
        call = next(calls(vault, name, route), None)
        if call is not None and not call.path.startswith(OPEN):
            yield call


@pytest.mark.parametrize(("scope", "person"), [("read", ADMIN), ("write", SELLER), ("ingest", AUDITOR)])
def test_a_token_opens_what_its_scope_names_and_nothing_else(vault: Vault, person: str, scope: str) -> None:
    browser, before, wrong = holder(vault, person, scope), standing(vault), []
    for call in every_call(vault):
        if needed(call) == scope:
            continue
        answer = browser.ask(call)
        if answer.status_code != 403 or any(word in answer.text for word in vault.markers):
            wrong.append(f"{name_of(call)} answers {answer.status_code}: {answer.text[:120]}")
    assert not wrong, "\n".join(wrong)
    assert not changed_since(vault, before)


def test_a_token_that_may_read_asks_what_is_asked_by_post(vault: Vault) -> None:
    reader = holder(vault, SELLER, "read")
    state: dict[str, Any] = {"values": {"name": "x"}, "changed": ["name"], "seq": 1}
    path = f"/api/v1/apps/{APP}/forms/customer/state"
    assert reader.client.post(path, json=state, headers=reader.headers).status_code == 200
    assert reader.client.get(LETTERS, headers=reader.headers).json()["total"] == 1


def test_a_token_that_writes_only_is_shown_nothing(vault: Vault) -> None:
    writer = holder(vault, SELLER, "write")
    made = writer.client.post(CUSTOMERS, json={"name": "by a machine"}, headers=writer.headers)
    assert made.status_code == 201
    assert writer.client.get(CUSTOMERS, headers=writer.headers).status_code == 403
    number, kept = made.json()["id"], vault.ids["seller_customer"]
    noted = len(views(vault, kept))
    done = [
        writer.client.patch(f"{CUSTOMERS}/{kept}", json={"values": {}}, headers=writer.headers),
        writer.client.put(f"{CUSTOMERS}/by/name/by%20a%20machine", json={}, headers=writer.headers),
    ]
    assert [one.json() for one in done] == [{"id": kept, "revision": 2}, {"id": number, "revision": 1}]
    assert len(views(vault, kept)) == noted  # nothing was looked at
    both = holder(vault, SELLER, "read", "write")
    assert both.client.get(f"{CUSTOMERS}/{made.json()['id']}", headers=both.headers).status_code == 200


def views(vault: Vault, record: str) -> list[Any]:
    """Who opened it, in the trail."""
    query = "select id from audit where action = 'view' and record = ?"
    with vault.runtime.database.read() as connection:
        return list(connection.exec_driver_sql(query, (int(record),)))


@pytest.mark.parametrize("person", [SELLER, CLERK, ADMIN])
def test_what_a_token_writes_answers_with_nothing_that_stood_there(vault: Vault, person: str) -> None:
    """Also where it does something: every route, on everything its owner reaches."""
    writer, told, done = holder(vault, person, "write"), [], 0
    rows = [(name, route) for name, route in ROUTES.items() if not name.startswith(SAFE)]
    for name, route in sorted(rows, key=lambda row: row[1].last):
        for call in calls(vault, name, route) if f"{name} ".partition(" ")[2].startswith("/api/") else ():
            if needed(call) == "write":
                answer = writer.ask(call)
                done += answer.status_code < 300
                told += [f"{name_of(call)}: {word}" for word in vault.markers if word in answer.text]
    assert not told, "\n".join(told)
    assert done > 3


def test_what_others_drafted_is_not_told_a_token_that_writes(vault: Vault) -> None:
    writer, patch = holder(vault, ADMIN, "write"), [{"op": "add", "path": "/app/icon", "value": "box"}]
    path = f"/api/v1/design/{APP}/draft"
    answer = writer.client.patch(path, json={"on": 0, "patch": patch}, headers=writer.headers).json()
    assert (answer["others"], answer["conflicts"], "document" in answer) == ([], [], False)
    both = holder(vault, ADMIN, "read", "write")
    answer = both.client.patch(path, json={"on": 0, "patch": patch}, headers=both.headers).json()
    assert answer["others"]


def test_a_page_that_is_not_there_tells_a_token_nothing_either(vault: Vault) -> None:
    reader = holder(vault, SELLER, "read")
    for path in ("/nothing", f"/apps/{APP}/nothing/at/all"):
        answer = reader.client.get(path, headers={**reader.headers, "accept": "text/html"})
        assert answer.status_code in (401, 403, 404)
        assert "金库" not in answer.text
        assert SELLER not in answer.text
