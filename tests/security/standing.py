"""What stands in the database, to say afterwards whether anything was changed."""

from __future__ import annotations

from tests.security.vault import Vault

# Told of every request, the refused ones too; everything else must stand as it stood.
NOTED = frozenset(
    {
        "api_tokens",
        "audit",
        "leaves",
        "tiles",
        "checkpoints",
        "sessions",
        "throttle",
        "counters",
        "verifications",
    }
)


def standing(vault: Vault) -> dict[str, int]:
    """A fingerprint of every table but those that note that somebody asked."""
    with vault.runtime.database.read() as connection:
        names = (
            connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'").scalars().all()
        )
        return {
            name: hash(tuple(tuple(row) for row in connection.exec_driver_sql(f'SELECT * FROM "{name}"')))  # noqa: S608
            for name in names
            if name not in NOTED and not name.startswith(("sqlite_", "search"))
        }


def changed_since(vault: Vault, before: dict[str, int]) -> list[str]:
    """Tables in which something stands otherwise than it did."""
    return [table for table, print_ in standing(vault).items() if print_ != before.get(table)]
