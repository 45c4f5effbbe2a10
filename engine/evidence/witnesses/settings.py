"""What people say of the ledger on screen: who witnesses it, whether anybody may read the logs' trees,
when it is verified. One row of `settings`.
"""

from __future__ import annotations

import msgspec
import sqlalchemy as sa

from engine.database import Unit
from engine.system_tables import settings

NAME = "ledger_settings"


class Witness(msgspec.Struct, frozen=True):
    """`target`: an address of a time-stamping authority, of mail, or a folder. `roots`: of the authority,
    PEM. Shown a checkpoint every `hours`."""

    id: str
    kind: str
    target: str
    hours: int = 24
    roots: str = ""


class LedgerSettings(msgspec.Struct, frozen=True):
    """`public`: checkpoints and tiles to everybody who asks. Hours between verifications: of what is new,
    and of everything; 0: never by itself."""

    witnesses: tuple[Witness, ...] = ()
    public: bool = False
    verify_hours: int = 24
    verify_all_hours: int = 24 * 7


def read_settings(connection: sa.Connection) -> LedgerSettings:
    text = connection.scalar(sa.select(settings.c.value).where(settings.c.name == NAME))
    return msgspec.json.decode(text, type=LedgerSettings) if text else LedgerSettings()


def write_settings(unit: Unit, made: LedgerSettings) -> None:
    unit.connection.execute(sa.delete(settings).where(settings.c.name == NAME))
    value = msgspec.json.encode(made).decode()
    unit.connection.execute(sa.insert(settings).values(name=NAME, value=value))
