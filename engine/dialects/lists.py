"""Any number of ids as one bound value: a statement may hold only so many."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa


def listed(dialect: str, ids: Sequence[int]) -> sa.Select[tuple[int]]:
    """One column `id`."""
    if dialect == "sqlite":
        each = sa.func.json_each(f"[{','.join(map(str, ids))}]").table_valued("value")
        return sa.select(sa.cast(each.c.value, sa.BigInteger).label("id"))
    found = sa.func.unnest(sa.cast(list(ids), sa.ARRAY(sa.BigInteger))).table_valued("id").render_derived()
    return sa.select(found.c.id)
