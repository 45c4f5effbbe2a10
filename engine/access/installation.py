"""What an installation was told when it was set up: whose it is, its time zone and language, who administers it.

`muniment init` says it; the runtime reads it at every start. An administrator of the installation manages
people, channels, keys and verification everywhere, also where no app has given anybody a role yet, and
reads no record for that.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

import sqlalchemy as sa

from engine.access.people import Membership
from engine.access.viewer import Viewer
from engine.database import Database, Unit
from engine.system_tables import role_members, settings

SETTING = "installation"
INSTALLATION, ADMINISTRATOR = "", "administrator"  # the app and the role of the membership
ADMINISTERS = frozenset({"people", "channels", "keys", "verify"})


@dataclass(frozen=True, slots=True)
class Installation:
    """`zone` is an IANA name; blank where nobody has said."""

    organisation: str = ""
    zone: str = ""
    language: str = "zh"


def read_installation(database: Database) -> Installation:
    with database.read() as connection:
        found = connection.scalar(sa.select(settings.c.value).where(settings.c.name == SETTING))
    return Installation(**json.loads(found)) if found else Installation()


def save_installation(unit: Unit, installation: Installation) -> None:
    unit.connection.execute(sa.delete(settings).where(settings.c.name == SETTING))
    row = {"name": SETTING, "value": json.dumps(asdict(installation), ensure_ascii=False)}
    unit.connection.execute(sa.insert(settings), row)


def has_administrator(connection: sa.Connection) -> bool:
    held = sa.select(role_members.c.member).where(
        role_members.c.app == INSTALLATION, role_members.c.role == ADMINISTRATOR
    )
    return connection.execute(held.limit(1)).first() is not None


def administrator(person: str) -> Membership:
    """The membership that makes somebody one."""
    return Membership(INSTALLATION, ADMINISTRATOR, "person", person)


def administers(viewer: Viewer, what: str) -> bool:
    return what in ADMINISTERS and ADMINISTRATOR in viewer.roles_in(INSTALLATION)
