"""One runtime for a whole file of questions: what is only asked, or changed in ways that do not meet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from engine.access.people import Department, Membership
from engine.access.viewer import Viewer
from engine.config import Config
from engine.runtime import Runtime
from tests.engine.conftest import PEOPLE, ROLES
from tests.engine.rules.desk import publish


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runtime]:
    """The office with its people, on SQLite."""
    runtime = Runtime.open(Config(data=tmp_path_factory.mktemp("desk"), synchronous="OFF"))
    publish(runtime)

    def people(unit: Any) -> None:
        runtime.people.save_departments(
            unit, [Department("sales", "销售"), Department("east", "华东", "sales")]
        )
        runtime.people.save_people(unit, PEOPLE)
        held = [Membership("office", role, "person", person) for person, role in ROLES.items()]
        runtime.people.save_memberships(unit, held)

    runtime.database.write(people)
    yield runtime
    runtime.close()


@pytest.fixture(scope="module")
def boss(desk: Runtime) -> Viewer:
    return desk.require_viewer("lu")
