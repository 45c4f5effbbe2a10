"""What stands beside a record: words in it, comments, what was typed and not saved, views of lists."""

from __future__ import annotations

import sqlalchemy as sa

from engine.system_tables.declaring import Id, Time, table

words = table(  # a sealed dictionary
    "words",
    sa.Column("id", Id, primary_key=True),
    sa.Column("key", sa.LargeBinary, nullable=False, unique=True),  # keyed fingerprint
    sa.Column("word_sealed", sa.LargeBinary, nullable=False),
)
record_words = table(
    "record_words",
    sa.Column("record", Id, primary_key=True),
    sa.Column("word", Id, primary_key=True),
    sa.Column("uses", sa.Integer, nullable=False),
    sa.Index("ix_record_words_word", "word", "record"),
)
deleted = table(  # the recycle bin: the rows are where they were, and shown to nobody
    "deleted",
    sa.Column("record", Id, primary_key=True),
    sa.Column("app", sa.String(63), nullable=False),
    sa.Column("form", sa.String(63), nullable=False),
    sa.Column("at", Time, nullable=False),
    sa.Column("by", sa.String(100), nullable=False),
    sa.Column("together", Id, nullable=False),  # one number for what was deleted by one act
    sa.Column("freed_sealed", sa.LargeBinary),  # unique values others may have meanwhile, by field
    sa.Index("ix_deleted_app_form", "app", "form", "record"),
    sa.Index("ix_deleted_at", "at"),
)
comments = table(
    "comments",
    sa.Column("id", Id, primary_key=True),
    sa.Column("app", sa.String(63), nullable=False),
    sa.Column("form", sa.String(63), nullable=False),
    sa.Column("record", Id, nullable=False),
    sa.Column("person", sa.String(100), nullable=False),
    sa.Column("at", Time, nullable=False),
    sa.Column("field", sa.String(63), nullable=False, server_default=""),  # what it is about; '' the record
    sa.Column("words_sealed", sa.LargeBinary, nullable=False),  # with the record's key, where it has one
    sa.Index("ix_comments_record", "record", "id"),
)
record_drafts = table(  # what somebody typed and did not save yet
    "record_drafts",
    sa.Column("person", sa.String(100), primary_key=True),
    sa.Column("app", sa.String(63), primary_key=True),
    sa.Column("form", sa.String(63), primary_key=True),
    sa.Column("record", Id, primary_key=True),  # 0: a new one
    sa.Column("at", Time, nullable=False),
    sa.Column("revision", sa.BigInteger, nullable=False, server_default="0"),  # of the record, as it was read
    sa.Column("values_sealed", sa.LargeBinary, nullable=False),
    sa.Index("ix_record_drafts_record", "record"),
)
saved_views = table(  # filters of a list under a name, somebody's own or everybody's
    "saved_views",
    sa.Column("id", Id, primary_key=True),
    sa.Column("app", sa.String(63), nullable=False),
    sa.Column("form", sa.String(63), nullable=False),
    sa.Column("person", sa.String(100), nullable=False),
    sa.Column("shared", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("at", Time, nullable=False),
    sa.Column("view_sealed", sa.LargeBinary, nullable=False),  # its name and its query
    sa.Index("ix_saved_views_form", "app", "form"),
)
chosen_views = table(  # the view of a form's list that somebody opened last
    "chosen_views",
    sa.Column("person", sa.String(100), primary_key=True),
    sa.Column("app", sa.String(63), primary_key=True),
    sa.Column("form", sa.String(63), primary_key=True),
    sa.Column("view", sa.String(63), nullable=False),
)
