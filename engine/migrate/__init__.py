"""Migration plans of applications: `plan` says what would happen, `Migration` does it.

`plan.py` is pure; `steps.py` runs Alembic's operations inside the publishing unit of work.
"""

from engine.migrate.plan import Plan, Step, plan
from engine.migrate.steps import COPY_JOB, Copy, Migration, index_for_lookups

__all__ = ["COPY_JOB", "Copy", "Migration", "Plan", "Step", "index_for_lookups", "plan"]
