"""Every storage test runs on a real SQLite file and on a real PostgreSQL."""

from tests.storage.databases import address, database, migrated_file, new_postgresql, postgresql

__all__ = ["address", "database", "migrated_file", "new_postgresql", "postgresql"]
