"""The policy of accounts: who must use a second factor, how long a session lives, whether a forgotten password
may be set anew by mail.

Kept in the settings, changed on the administration page; what another process changed is seen within
a second.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from engine.access.viewer import Viewer
from engine.database import Database, Unit
from engine.system_tables import settings
from metamodel.problems import Problem, Rejected, problem

NAME = "accounts"
LOOK_AGAIN = 1.0  # seconds
SPAN = (5, 30 * 24 * 60)  # minutes


@dataclass(frozen=True, slots=True)
class Policy:
    """`factor_roles` holds `app.role`; spans are minutes: a session's at most, and without being used."""

    factor_everyone: bool = False
    factor_roles: frozenset[str] = frozenset()
    session_most: int = 12 * 60
    session_idle: int = 12 * 60
    reset_by_mail: bool = True

    def wants_factor(self, viewer: Viewer) -> bool:
        held = {f"{app}.{role}" for app, roles in viewer.roles.items() for role in roles}
        return self.factor_everyone or bool(held & self.factor_roles)

    def to_json(self) -> dict[str, Any]:
        return {
            "factor_everyone": self.factor_everyone, "factor_roles": sorted(self.factor_roles),
            "session_most": self.session_most, "session_idle": self.session_idle,
            "reset_by_mail": self.reset_by_mail,
        }  # fmt: skip

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> Policy:
        known = {**cls().to_json(), **raw}
        return cls(
            bool(known["factor_everyone"]), frozenset(map(str, known["factor_roles"])),
            int(known["session_most"]), int(known["session_idle"]), bool(known["reset_by_mail"]),
        )  # fmt: skip

    def problems(self) -> list[Problem]:
        least, most = SPAN
        spans = {"session_most": self.session_most, "session_idle": self.session_idle}
        return [
            problem("account.span", f"/{name}", least=least, most=most)
            for name, minutes in spans.items()
            if not least <= minutes <= most
        ]


class Policies:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._current = Policy()
        self._looked = float("-inf")

    @property
    def current(self) -> Policy:
        if time.monotonic() - self._looked >= LOOK_AGAIN:
            with self._database.read() as connection:
                text = connection.scalar(sa.select(settings.c.value).where(settings.c.name == NAME))
            self._current = Policy.from_json(json.loads(text or "{}"))
            self._looked = time.monotonic()
        return self._current

    def save(self, unit: Unit, policy: Policy) -> None:
        """Rejected (account.span)."""
        if found := policy.problems():
            raise Rejected(found)
        text = json.dumps(policy.to_json(), separators=(",", ":"))
        unit.connection.execute(sa.delete(settings).where(settings.c.name == NAME))
        unit.connection.execute(sa.insert(settings).values(name=NAME, value=text))
        unit.after_commit(self._look_again)

    def _look_again(self) -> None:
        self._looked = float("-inf")
