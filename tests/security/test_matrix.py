"""Every route × every kind of reader × every state of a grant: who is refused, and that nothing hidden is told.

The doors are in `routes.py`, what is hidden from whom in `vault.py`.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.clock import FrozenClock
from engine.config import Config
from engine.runtime import Runtime
from tests.conftest import NOW
from tests.security.browser import Browser
from tests.security.judging import name_of, wrong_with
from tests.security.routes import ROUTES, Call, Route, calls, may
from tests.security.standing import changed_since, standing
from tests.security.vault import PERSONAS, Vault, furnish, plain

SAFE = ("GET", "HEAD")


@pytest.fixture(scope="module")
def vault(tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path) -> Iterator[Vault]:
    data = tmp_path_factory.mktemp("vault") / "data"
    shutil.copytree(migrated_sqlite, data)
    runtime = Runtime.open(Config(data=data), FrozenClock(NOW))
    vault = furnish(runtime)
    yield vault
    vault.close()


@pytest.fixture(scope="module")
def browsers(vault: Vault) -> dict[str, Browser]:
    return {persona: Browser(vault, persona) for persona in PERSONAS}


def served(vault: Vault) -> set[str]:
    return {
        f"{method} {route.path}"
        for route in vault.app.routes
        for handler in getattr(route, "route_handlers", ())
        for method in handler.http_methods
        if method != "OPTIONS"
    }


# -- the matrix ------------------------------------------------------------------------------------


def test_every_route_is_classified(vault: Vault) -> None:
    missing, gone = sorted(served(vault) - ROUTES.keys()), sorted(ROUTES.keys() - served(vault))
    assert not missing, (
        "nobody said who may have these routes; add a row for each to ROUTES in tests/security/routes.py:\n  "
        + "\n  ".join(missing)
    )
    assert not gone, (
        "these routes are no more; take their rows out of tests/security/routes.py:\n  " + "\n  ".join(gone)
    )


@pytest.mark.parametrize("persona", PERSONAS, ids=lambda name: name or "nobody")
def test_reading_tells_everybody_what_is_his_and_nothing_else(
    vault: Vault, browsers: dict[str, Browser], persona: str
) -> None:
    wrong, seen = [], set[str]()
    for name, route in ROUTES.items():
        for call in worth_asking(vault, persona, name, route) if name.startswith(SAFE) else ():
            answer = browsers[persona].ask(call)
            wrong += wrong_with(vault, persona, call, route, answer)
            seen |= {word for word in vault.markers if word in plain(answer.text)}
    assert not wrong, "\n".join(wrong)
    his = {word for word, readers in vault.markers.items() if persona in readers} - vault.optional
    assert sorted(his - seen) == [], "the net must hold water: what is his to read is shown by some route"


@pytest.mark.parametrize("persona", PERSONAS, ids=lambda name: name or "nobody")
def test_who_is_refused_changes_nothing(vault: Vault, browsers: dict[str, Browser], persona: str) -> None:
    asked = [(call, route) for call, route in unsafe(vault) if may(vault, persona, call, route) is False]
    before = standing(vault)
    wrong = [
        w
        for call, route in asked
        for w in wrong_with(vault, persona, call, route, browsers[persona].ask(call))
    ]
    assert not wrong, "\n".join(wrong)
    assert not changed_since(vault, before), [name_of(call) for call, _ in asked]


@pytest.mark.parametrize("persona", PERSONAS, ids=lambda name: name or "nobody")
def test_changing_tells_nobody_what_is_hidden(
    vault: Vault, browsers: dict[str, Browser], persona: str
) -> None:
    wrong = []
    for call, route in unsafe(vault):
        if may(vault, persona, call, route) is not False:
            wrong += wrong_with(vault, persona, call, route, browsers[persona].ask(call))
    assert not wrong, "\n".join(wrong)


def worth_asking(vault: Vault, persona: str, name: str, route: Route) -> Iterator[Call]:
    """Everything for who is let in; who is refused knocks once at each door."""
    knocked: set[tuple[str | None, ...]] = set()
    for call in calls(vault, name, route):
        if may(vault, persona, call, route) is False:
            door = tuple(call.values.get(part) for part in ("app_id", "form_id", "record", "file_id"))
            if door in knocked:
                continue
            knocked.add(door)
        yield call


def unsafe(vault: Vault) -> Iterator[tuple[Call, Route]]:
    """Requests that change something; those that end a session or spoil others' come last."""
    rows = [(name, route) for name, route in ROUTES.items() if not name.startswith(SAFE)]
    for name, route in sorted(rows, key=lambda row: row[1].last):
        yield from ((call, route) for call in calls(vault, name, route))
