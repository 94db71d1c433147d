"""Every storage test runs on a real SQLite file and on a real PostgreSQL."""

from tests.storage.databases import address, database

__all__ = ["address", "database"]
