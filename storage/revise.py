"""`make migration NAME="what it does"`: writes the migration from the latest revision to the current tables."""

import sys
import tempfile
from pathlib import Path

from alembic import command

from storage.database import Database
from storage.migrate import build_alembic_config, migrate_database


def write_migration(name: str) -> None:
    """Compare a fully migrated empty database with the tables in code, and write the difference as a revision."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / 'revise.db'}")
        migrate_database(database)
        with database.engine.connect() as connection:
            config = build_alembic_config(connection)
            number = len(list((Path(__file__).parent / "migrations" / "versions").glob("[0-9]*.py"))) + 1
            command.revision(config, message=name, autogenerate=True, rev_id=f"{number:04}")
        database.close()


if __name__ == "__main__":
    write_migration(sys.argv[1])
