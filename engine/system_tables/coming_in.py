"""Records that come in from spreadsheets and by public links, and choices from other systems."""

from __future__ import annotations

import sqlalchemy as sa

from engine.system_tables.declaring import Id, Time, table

imports = table(  # records that come in from a spreadsheet
    "imports",
    sa.Column("id", Id, primary_key=True),
    sa.Column("app", sa.String(63), nullable=False),
    sa.Column("form", sa.String(63), nullable=False),
    sa.Column("person", sa.String(100), nullable=False),
    sa.Column("at", Time, nullable=False),
    sa.Column(
        "state", sa.String(10), nullable=False
    ),  # open checking checked running stopped done failed over
    sa.Column("file", Id),
    sa.Column("plan_sealed", sa.LargeBinary, nullable=False),  # file name, language and plan
    sa.Column("total", sa.BigInteger, nullable=False, server_default="0"),  # lines
    sa.Column("done", sa.BigInteger, nullable=False, server_default="0"),  # lines looked at
    sa.Column(
        "line", sa.BigInteger, nullable=False, server_default="0"
    ),  # the last of them, as the program counts
    sa.Column("created", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("updated", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("wrong", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("problem", sa.String(100), nullable=False, server_default=""),  # the code it failed with
    sa.Column("expires_at", Time, nullable=False),
    sa.Index("ix_imports_person", "person", "id"),
)
import_wrong = table(  # lines that cannot come in, and why
    "import_wrong",
    sa.Column("import", Id, primary_key=True),
    sa.Column("line", sa.BigInteger, primary_key=True),
    sa.Column("problems_sealed", sa.LargeBinary, nullable=False),
)
import_mappings = table(  # which column stood for which field, for the next file with these headings
    "import_mappings",
    sa.Column("person", sa.String(100), primary_key=True),
    sa.Column("app", sa.String(63), primary_key=True),
    sa.Column("form", sa.String(63), primary_key=True),
    sa.Column("headings", sa.LargeBinary, primary_key=True),  # a keyed fingerprint of them
    sa.Column("plan_sealed", sa.LargeBinary, nullable=False),
    sa.Column("at", Time, nullable=False),
)
outside_lists = table(  # choices that come from outside, as they were fetched last
    "outside_lists",
    sa.Column("source", sa.LargeBinary, primary_key=True),  # SHA-256 of what was asked
    sa.Column("fetched_at", Time, nullable=False),  # well; 0: never
    sa.Column("tried_at", Time, nullable=False),
    sa.Column("problem", sa.String(100), nullable=False, server_default=""),
    sa.Column("items_sealed", sa.LargeBinary, nullable=False),
)
public_forms = table(  # links by which people without an account fill a form in
    "public_forms",
    sa.Column("id", Id, primary_key=True),
    sa.Column("app", sa.String(63), nullable=False),
    sa.Column("form", sa.String(63), nullable=False),
    sa.Column("hash", sa.LargeBinary, nullable=False),  # of the link's token
    sa.Column("person", sa.String(100), nullable=False),  # who opened it
    sa.Column("at", Time, nullable=False),
    sa.Column("opens_at", Time),
    sa.Column("closes_at", Time),
    sa.Column("per_day", sa.BigInteger, nullable=False),
    sa.Column("revoked_at", Time),
    sa.Column("settings_sealed", sa.LargeBinary, nullable=False),  # name, fields, thanks
    sa.Index("ix_public_forms_hash", "hash", unique=True),
    sa.Index("ix_public_forms_form", "app", "form"),
)
public_entries = table(  # how much came in by a public link, by day
    "public_entries",
    sa.Column("link", Id, primary_key=True),
    sa.Column("day", sa.BigInteger, primary_key=True),  # the ordinal of a date in the organisation's zone
    sa.Column("entries", sa.BigInteger, nullable=False, server_default="0"),
)
