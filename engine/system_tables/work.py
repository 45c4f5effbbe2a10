"""What rules and flows did and do, ask of people and tell other systems."""

from __future__ import annotations

import sqlalchemy as sa

from engine.system_tables.declaring import Id, Time, table

OPEN_TASK = sa.text("state = 'open'")
KEYED = sa.text("once_key IS NOT NULL")
tasks = table(  # a person's to-do
    "tasks",
    sa.Column("id", Id, primary_key=True),
    sa.Column("app", sa.String(63), nullable=False),
    sa.Column("form", sa.String(63), nullable=False, server_default=""),
    sa.Column("record", Id),
    sa.Column("kind", sa.String(20), nullable=False),  # rule approval fill_in
    sa.Column("source", sa.String(130), nullable=False),  # a rule's id, or flow/node
    sa.Column("instance", Id),  # of the flow
    sa.Column("title_sealed", sa.LargeBinary, nullable=False),
    sa.Column("detail_sealed", sa.LargeBinary, nullable=False),  # note, outcomes, what was hit
    sa.Column("once_key", sa.LargeBinary),  # keyed fingerprint of what there may be one open of
    sa.Column("hits", sa.Integer, nullable=False, server_default="1"),
    sa.Column("due_at", Time),
    sa.Column("created_at", Time, nullable=False),
    sa.Column("state", sa.String(10), nullable=False),  # open done cancelled
    sa.Column("closed_at", Time),
    sa.Column("closed_by", sa.String(100)),
    sa.Column("outcome", sa.String(63), nullable=False, server_default=""),
    sa.Column("comment_sealed", sa.LargeBinary),
    sa.Column("quoted", Id),  # the record whose sealed words stand in the note
    sa.Index("ix_tasks_quoted", "quoted"),
    sa.Index(
        "ix_tasks_once_key", "once_key", unique=True, sqlite_where=OPEN_TASK, postgresql_where=OPEN_TASK
    ),
    sa.Index("ix_tasks_record", "record"),
    sa.Index("ix_tasks_source", "app", "source", "state"),
    sa.Index("ix_tasks_instance", "instance"),
)
task_people = table(  # whose it is; whoever closes it first closes it for all
    "task_people",
    sa.Column("task", Id, primary_key=True),
    sa.Column("person", sa.String(100), primary_key=True),
    sa.Index("ix_task_people_person", "person", "task"),
)
absences = table(  # who is away, and who stands in at his to-dos
    "absences",
    sa.Column("id", Id, primary_key=True),
    sa.Column("person", sa.String(100), nullable=False),
    sa.Column("delegate", sa.String(100), nullable=False),
    sa.Column("starts", Time, nullable=False),
    sa.Column("ends", Time, nullable=False),
    sa.Index("ix_absences_person", "person", "ends"),
    sa.Index("ix_absences_delegate", "delegate", "ends"),
)
notifications = table(
    "notifications",
    sa.Column("id", Id, primary_key=True),
    sa.Column("person", sa.String(100), nullable=False),
    sa.Column("app", sa.String(63), nullable=False),
    sa.Column("form", sa.String(63), nullable=False, server_default=""),
    sa.Column("record", Id),
    sa.Column("task", Id),  # what it is about, when that is a task
    sa.Column("title_sealed", sa.LargeBinary, nullable=False),
    sa.Column("body_sealed", sa.LargeBinary, nullable=False),
    sa.Column("once_key", sa.LargeBinary),
    sa.Column("hits", sa.Integer, nullable=False, server_default="1"),
    sa.Column("at", Time, nullable=False),
    sa.Column("read_at", Time),
    sa.Column(
        "mail", sa.String(10), nullable=False, server_default=""
    ),  # waiting sent failed refused; '' none
    sa.Column("quoted", Id),  # the record whose sealed words stand in the body
    sa.Index("ix_notifications_record", "record"),
    sa.Index("ix_notifications_quoted", "quoted"),
    sa.Index("ix_notifications_person", "person", "id"),
    sa.Index(
        "ix_notifications_once_key", "once_key", unique=True, sqlite_where=KEYED, postgresql_where=KEYED
    ),
    sa.Index("ix_notifications_task", "task"),
)
RUNS = sa.text("state IN ('running', 'returned')")
flow_instances = table(
    "flow_instances",
    sa.Column("id", Id, primary_key=True),
    sa.Column("app", sa.String(63), nullable=False),
    sa.Column("flow", sa.String(63), nullable=False),
    sa.Column("version", sa.Integer, nullable=False),  # the app's, for as long as it runs
    sa.Column("form", sa.String(63), nullable=False),
    sa.Column("record", Id, nullable=False),
    sa.Column("state", sa.String(20), nullable=False),  # running returned approved rejected withdrawn
    sa.Column("tokens", sa.Text, nullable=False),  # JSON: ids of the nodes it waits at
    sa.Column("revision", sa.Integer, nullable=False),  # one more with every step
    sa.Column("started_by", sa.String(100), nullable=False),
    sa.Column("started_at", Time, nullable=False),
    sa.Column("ended_at", Time),
    sa.Index("ix_flow_instances_record", "record"),
    sa.Index("ix_flow_instances_started_by", "started_by", "id"),
    sa.Index(  # one open at a time
        "ix_flow_instances_open", "record", unique=True, sqlite_where=RUNS, postgresql_where=RUNS
    ),
)
flow_steps = table(  # history: replayed it gives the instance
    "flow_steps",
    sa.Column("id", Id, primary_key=True),
    sa.Column("instance", Id, nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("at", Time, nullable=False),
    sa.Column("person", sa.String(100), nullable=False),  # 'system' for timers and conditions
    sa.Column("node", sa.String(63), nullable=False),
    sa.Column("action", sa.String(20), nullable=False),
    sa.Column("detail_sealed", sa.LargeBinary, nullable=False),  # comment, whom, where it went
    sa.UniqueConstraint("instance", "number"),
    sa.Index("ix_flow_steps_person", "person", "action"),
)
rule_runs = table(
    "rule_runs",
    sa.Column("id", Id, primary_key=True),
    sa.Column("at", Time, nullable=False),
    sa.Column("app", sa.String(63), nullable=False),
    sa.Column("rule", sa.String(63), nullable=False),
    sa.Column("record", Id),
    sa.Column("outcome", sa.String(20), nullable=False),  # done failed stopped
    sa.Column("trace_sealed", sa.LargeBinary, nullable=False),
    sa.Column("quoted", Id),  # the record whose values the sample shows
    sa.Index("ix_rule_runs_record", "record"),
    sa.Index("ix_rule_runs_quoted", "quoted"),
    sa.Index("ix_rule_runs_rule", "app", "rule", "at"),
)
rule_clocks = table(  # up to when a rule with a clock has looked
    "rule_clocks",
    sa.Column("app", sa.String(63), primary_key=True),
    sa.Column("rule", sa.String(63), primary_key=True),
    sa.Column("at", Time, nullable=False),
)
web_hook_calls = table(  # what rules tell other systems
    "web_hook_calls",
    sa.Column("id", Id, primary_key=True),
    sa.Column("app", sa.String(63), nullable=False),
    sa.Column("rule", sa.String(130), nullable=False),
    sa.Column("form", sa.String(63), nullable=False, server_default=""),
    sa.Column("record", Id),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("at", Time, nullable=False),
    sa.Column("state", sa.String(10), nullable=False),  # waiting failed sent dead given_up
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("error", sa.String(100), nullable=False, server_default=""),  # a problem's code, or a status
    sa.Column("body_sealed", sa.LargeBinary),  # gone once it was taken
    sa.Index("ix_web_hook_calls_app", "app", "state", "id"),
    sa.Index("ix_web_hook_calls_record", "record"),
)
