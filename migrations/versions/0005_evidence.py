"""Tables of evidence-grade operation: witnesses, retention, unmasking, accounts."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

Long = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


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
    """Closed departments, hand-overs."""
    op.add_column("departments", sa.Column("closed_on", sa.Integer))
    op.create_table(
        "hand_overs",
        sa.Column("id", Long, nullable=False),
        sa.Column("giver", sa.String(100), nullable=False),
        sa.Column("by", sa.String(100), nullable=False),
        sa.Column("at", Long, nullable=False),
        sa.Column("plan", sa.Text, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("total", sa.Integer, nullable=False),
        sa.Column("done", sa.Integer, nullable=False, server_default="0"),
        sa.Column("failed", sa.Text, nullable=False, server_default="[]"),
        sa.PrimaryKeyConstraint("id", name="pk_hand_overs"),
    )
    op.create_index("ix_hand_overs_giver", "hand_overs", ["giver", "id"])


def _packages() -> None:
    """Packages made."""


def _outgoing() -> None:
    """Web hooks, rates."""
