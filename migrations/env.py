"""Alembic's environment: it works on the connection `engine.upgrade` hands over, nothing else.

New migrations are written by hand (`NNNN_what.py`), for the engine's own tables only.
"""

from alembic import context

context.configure(connection=context.config.attributes["connection"], transaction_per_migration=False)
context.run_migrations()
