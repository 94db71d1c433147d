"""Alembic's migrations. Run by `storage.migrate.migrate` at start; `make migration` writes a new one."""
