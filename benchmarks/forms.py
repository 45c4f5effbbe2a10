"""A form with 200 fields and 50 rules of behaviour, and the request for its state that a page sends while one types.

Ten each of: shown if, required if, open if, valid if, computed. Fifty rules of the application stand beside them; these
act when the record is saved.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from litestar.testing import TestClient

from engine.access.people import Membership, Person
from engine.config import Config
from engine.database import Unit
from engine.runtime import Runtime
from engine.web.app import create_app

FIELDS, RULES = 200, 50
TYPES = ("text", "integer", "money", "date", "select")
TYPED = ("文字", 3, "4.50", "2026-11-23", "a")
CHOICES = {"choices": [{"value": "a"}, {"value": "b"}]}
ADDRESS = "/api/v1/apps/big/forms/big/state"
# The rule of the third field of four lines of five, told of the line it stands in.
BEHAVIOUR: tuple[Callable[[int], dict[str, Any]], ...] = (
    lambda first: {"visible": f"f{first + 4} == 'a'"},
    lambda first: {"required_if": f"f{first + 4} == 'a' and f{first + 1} > 2"},
    lambda first: {"writable": f"f{first + 1} < 100"},
    lambda first: {"valid": f"ISBLANK(f{first + 2}) or f{first + 2} >= f{first + 1}"},
)


def _field(number: int) -> dict[str, Any]:
    """Lines of five fields; of every four lines each has one kind of behaviour, the first a formula, too."""
    line, place = divmod(number, len(TYPES))
    made: dict[str, Any] = {"id": f"f{number}", "type": TYPES[place], "label": f"字段 {number}"}
    if place == 4:
        return {**made, "options": CHOICES}
    if place == 2:
        return {**made, **BEHAVIOUR[line % 4](number - place)}
    if place == 1 and line % 4 == 0:
        return {**made, "type": "formula", "options": {"expression": f"COALESCE(f{number + 6}, 0) * 2 + 1"}}
    return made


def _rule(number: int) -> dict[str, Any]:
    then = {"action": "set_fields", "with": {"values": {f"f{number % 40 * 5}": "'x'"}}}
    when = {"trigger": "before_save", "form": "big"}
    return {"id": f"r{number}", "label": f"规则 {number}", "when": when, "if": "f4 == 'b'", "then": [then]}


@contextmanager
def big_form(folder: Path) -> Iterator[Callable[[], None]]:
    """One person's request about that form with everything filled in, through the whole web application."""
    runtime = Runtime.open(Config(data=folder / "forms"))
    form = {"id": "big", "label": "大表", "fields": [_field(number) for number in range(FIELDS)]}
    rules = [_rule(number) for number in range(RULES)]
    clerk = {"id": "clerk", "label": "录入", "forms": {"big": {"actions": ["read", "create"]}}}
    document = {"muniment": 1, "app": {"id": "big"}, "forms": [form], "rules": rules, "roles": [clerk]}
    runtime.applications.publish(None, document, "system")
    runtime.database.write(lambda unit: _people(runtime, unit))
    values = {one["id"]: TYPED[n % 5] for n, one in enumerate(form["fields"]) if one["type"] != "formula"}
    headers = {"authorization": f"Bearer {runtime.tokens.create('clerk', 'bench')}"}
    logging.getLogger("httpx").setLevel(logging.WARNING)
    with TestClient(create_app(runtime)) as client:

        def ask() -> None:
            answer = client.post(ADDRESS, json={"values": values, "changed": ["f4"]}, headers=headers)
            if answer.status_code != 200 or len(answer.json()["fields"]) != FIELDS:
                raise RuntimeError(answer.text)

        yield ask
    runtime.close()


def _people(runtime: Runtime, unit: Unit) -> None:
    runtime.people.save_people(unit, [Person("clerk", "录入员")])
    runtime.people.save_memberships(unit, [Membership("big", "clerk", "person", "clerk")])
