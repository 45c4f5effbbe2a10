"""Every table of the database is edited by `tampering.py` and found, or docs/security.md says why not."""

from __future__ import annotations

import re
from pathlib import Path

import sqlalchemy as sa

from engine.clock import FrozenClock
from engine.config import Config
from engine.runtime import Runtime
from engine.system_tables import metadata
from tests.engine.evidence.archive import document
from tests.engine.evidence.tampering import COVERED

DOCS = Path(__file__).parents[3] / "docs" / "security.md"
# Not ours: the migrations' own, the queue of PostgreSQL (`jobs` in the documentation), SQLite's.
OTHERS = re.compile(r"alembic_version|procrastinate_\w+|sqlite_\w+")


def named() -> list[str]:
    """Tables in the section on what is not looked at, the first column of its table."""
    section = DOCS.read_text("utf-8").split("### What it does not look at")[1].split("\n## ")[0]
    rows = [line.split("|")[1] for line in section.splitlines() if line.startswith("| `")]
    return [word for row in rows for word in re.findall(r"`(\w+)`", row.split(";")[0])]


def test_every_table_of_ours_is_on_one_list() -> None:
    left_out = named()
    assert len(left_out) == len(set(left_out))
    assert not COVERED & set(left_out)
    missing = metadata.tables.keys() - COVERED - set(left_out)
    assert not missing, "edit these in tampering.py, or say in docs/security.md that they are not covered"
    assert not (COVERED | set(left_out)) - metadata.tables.keys()


def test_no_other_table_is_in_the_database(config: Config, clock: FrozenClock) -> None:
    """But those of the forms (rows and their links), and the index, which have checks of their own."""
    runtime = Runtime.open(config, clock)
    runtime.applications.publish(None, document(), "it02")
    known = {one.name for form in runtime.catalog.all() for one in (form.table, *form.links.values())}
    with runtime.database.read() as connection:
        there = set(sa.inspect(connection).get_table_names())
    strange = {one for one in there - known - metadata.tables.keys() if not OTHERS.fullmatch(one)}
    runtime.close()
    assert {one for one in strange if not one.startswith("words_r_")} == set()
