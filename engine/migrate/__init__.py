"""Migration plans of applications: what publishing would do to the tables, and doing it.

`plan.py` is pure, `survey.py` asks the tables what a plan must know, `steps.py` runs Alembic's operations
inside the publishing unit of work; what takes long is left to jobs: `copies.py` fills a column after a type
change, `indexes.py` makes the indexes of large tables, `settling.py` knows how far records follow.
"""

from engine.migrate.copies import COPY_JOB, ColumnCopies, CopyState, begin_copy, converted, resume_copies
from engine.migrate.counting import (
    ParkedColumn,
    Weight,
    choice_counts,
    filled_forms,
    parked_cells,
    parked_columns,
    parked_fields,
    parked_forms,
    row_counts,
    weigh,
)
from engine.migrate.indexes import BUILD_JOB, IndexBuilder, LateIndex, build_later
from engine.migrate.plan import MergeChoice, Plan, RestoreField, RestoreForm, Step, plan
from engine.migrate.settling import SETTLE_JOB, Pending, Settled, begin_settling
from engine.migrate.steps import Copy, Migration, index_for_lookups
from engine.migrate.survey import plan_against

__all__ = [
    "BUILD_JOB",
    "COPY_JOB",
    "SETTLE_JOB",
    "ColumnCopies",
    "Copy",
    "CopyState",
    "IndexBuilder",
    "LateIndex",
    "MergeChoice",
    "Migration",
    "ParkedColumn",
    "Pending",
    "Plan",
    "RestoreField",
    "RestoreForm",
    "Settled",
    "Step",
    "Weight",
    "begin_copy",
    "begin_settling",
    "build_later",
    "choice_counts",
    "converted",
    "filled_forms",
    "index_for_lookups",
    "parked_cells",
    "parked_columns",
    "parked_fields",
    "parked_forms",
    "plan",
    "plan_against",
    "resume_copies",
    "row_counts",
    "weigh",
]
