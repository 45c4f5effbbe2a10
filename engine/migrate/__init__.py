"""Migration plans of applications: what publishing would do to the tables, and doing it.

`plan.py` is pure, `survey.py` asks the tables what a plan must know, `steps.py` runs Alembic's operations
inside the publishing unit of work, `copies.py` is the job that fills a column after a type change.
"""

from engine.migrate.copies import ColumnCopies
from engine.migrate.plan import Plan, Step, plan
from engine.migrate.steps import COPY_JOB, Copy, Migration, index_for_lookups
from engine.migrate.survey import plan_against

__all__ = [
    "COPY_JOB",
    "ColumnCopies",
    "Copy",
    "Migration",
    "Plan",
    "Step",
    "index_for_lookups",
    "plan",
    "plan_against",
]
