"""Tables of the life of an application: comments, deleted records, drafts of records, imports, public links."""

import sqlalchemy as sa

revision = "0006"
down_revision = "0005"

Long = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _life_of_an_app()
    _form_behaviour()
    _records_in_and_out()
    _permissions()
    _around_a_record()


def _life_of_an_app() -> None:
    """Room A."""


def _form_behaviour() -> None:
    """Room F."""


def _records_in_and_out() -> None:
    """Room I."""


def _permissions() -> None:
    """Room P."""


def _around_a_record() -> None:
    """Room G."""
