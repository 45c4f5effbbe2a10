"""Tables of the seventh round: who is away, and who stands in for him."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

Long = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _absences()


def _absences() -> None:
    op.create_table(
        "absences",
        sa.Column("id", Long, primary_key=True),
        sa.Column("person", sa.String(100), nullable=False),
        sa.Column("delegate", sa.String(100), nullable=False),
        sa.Column("starts", Long, nullable=False),
        sa.Column("ends", Long, nullable=False),
    )
    op.create_index("ix_absences_person", "absences", ["person", "ends"])
    op.create_index("ix_absences_delegate", "absences", ["delegate", "ends"])
