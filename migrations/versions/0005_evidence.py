"""Tables of evidence-grade operation: witnesses, retention, unmasking, accounts."""

from alembic import op  # noqa: F401

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    _accounts()
    _access()
    _evidence()
    _retention()
    _operations()
    _organisation()
    _packages()
    _outgoing()


def _accounts() -> None:
    """Second factors, identities, invitations."""


def _access() -> None:
    """Unmaskings, emergencies."""


def _evidence() -> None:
    """Witnesses, what verification remembers."""


def _retention() -> None:
    """Holds, tombstones, what retention was told."""


def _operations() -> None:
    """Key copies, backups."""


def _organisation() -> None:
    """Consents, hand-overs."""


def _packages() -> None:
    """Packages made."""


def _outgoing() -> None:
    """Web hooks, rates."""
