"""Everybody's accounts at a glance: how each signs in, when last, and what is still missing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from engine.access.people import Organisation, Person
from engine.accounts.accounts import Accounts
from engine.accounts.policy import Policy
from engine.accounts.sessions import IN
from engine.clock import microseconds
from engine.database import Database
from engine.system_tables import accounts, identities, invitations, people, second_factors, sessions


@dataclass(frozen=True, slots=True)
class AccountState:
    """Times in microseconds. `lacks_factor`: the policy wants a second factor, and there is none yet."""

    person: Person
    has_password: bool
    linked: bool
    invited_until: int | None
    factor: bool
    lacks_factor: bool
    signed_in_at: int | None
    sessions: int

    @property
    def opens(self) -> bool:
        """Has he any way to sign in?"""
        return self.has_password or self.linked


def overview(database: Database, room: Accounts, organisation: Organisation) -> list[AccountState]:
    """Active people, by account."""
    now = microseconds(database.clock.now())
    with database.read() as connection:
        passwords = set(connection.scalars(sa.select(people.c.id).where(people.c.password != "")))
        linked = set(connection.scalars(sa.select(identities.c.person)))
        factors = set(
            connection.scalars(
                sa.select(second_factors.c.person).where(second_factors.c.secret_sealed.is_not(None))
            )
        )
        seen = _pairs(connection, sa.select(accounts.c.person, accounts.c.signed_in_at))
        invited = _pairs(
            connection,
            sa.select(invitations.c.person, invitations.c.expires_at).where(
                invitations.c.expires_at > now, invitations.c.purpose != "forgot"
            ),
        )
        counted = sa.select(sessions.c.person, sa.func.count()).where(
            sessions.c.stage == IN, sessions.c.expires_at > now
        )
        live = _pairs(connection, counted.group_by(sessions.c.person))
    policy = room.policies.current
    return [
        AccountState(
            person, person.id in passwords, person.id in linked, invited.get(person.id), person.id in factors,
            person.id not in factors and _wants(policy, organisation, person.id), seen.get(person.id),
            live.get(person.id) or 0,
        )
        for person in sorted(organisation.people.values(), key=lambda one: one.id)
        if person.active
    ]  # fmt: skip


def _wants(policy: Policy, organisation: Organisation, person: str) -> bool:
    viewer = organisation.viewer(person)
    return viewer is not None and policy.wants_factor(viewer)


def _pairs(connection: sa.Connection, query: sa.Select[Any]) -> Mapping[str, int | None]:
    return {row[0]: row[1] for row in connection.execute(query)}
