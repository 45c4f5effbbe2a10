"""Alembic migrations of the engine's own tables; app tables come from migration plans."""
