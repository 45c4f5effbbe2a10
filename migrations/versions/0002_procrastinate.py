"""procrastinate's own schema, which keeps the jobs on PostgreSQL."""

from alembic import op
from procrastinate.schema import SchemaManager

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        # Many statements at once, with % in them: only the driver itself takes that.
        connection.connection.dbapi_connection.execute(SchemaManager.get_schema())
        op.execute(
            "CREATE INDEX ix_procrastinate_jobs_key ON procrastinate_jobs ((args->>'key')) "
            "WHERE status = 'todo'"
        )
