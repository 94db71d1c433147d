"""Brings the database's tables up to date when the bot starts, under a lock."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from foundation.errors import UserError
from storage.database import Database
from storage.db_errors import translate_errors

MIGRATION_LOCK = 7036000
_FOLDER = Path(__file__).parent / "migrations"


class NewerDatabase(UserError):
    """The database was written by a newer version of the bot."""


def migrate_database(database: Database) -> None:
    """Run the migrations that are missing. Several processes may do so at once.

    Raises:
        NewerDatabase: it has revisions that this version doesn't know.
        DatabaseUnavailable: it is locked, full or unreachable.
    """
    with translate_errors(), database.engine.connect().execution_options(writes=True) as connection, connection.begin():
        # Processes that start together would create the same tables. The first one through migrates; the others then
        # find nothing to do. On SQLite, BEGIN IMMEDIATE is such a lock already.
        if not database.is_sqlite:
            connection.execute(text(f"SELECT pg_advisory_xact_lock({MIGRATION_LOCK})"))
        config = build_alembic_config(connection)
        known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
        present = set(MigrationContext.configure(connection).get_current_heads())
        if not present <= known:
            raise NewerDatabase(
                "This database was written by a newer version of PMO Assistant. "
                "Update the bot, or point DATABASE_URL (or PMO_DATA) at another database."
            )
        command.upgrade(config, "head")


def read_revision(database: Database) -> str:
    """The revision of the tables, empty if there are none. Changes nothing."""
    with translate_errors(), database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() or ""


def is_known_revision(revision: str) -> bool:
    """Whether this version of the bot can migrate such a database."""
    config = Config()
    config.set_main_option("script_location", str(_FOLDER))
    return revision in {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}


def is_up_to_date(database: Database) -> bool:
    """Whether all migrations have been run. Changes nothing."""
    with translate_errors(), database.engine.connect() as connection:
        heads = set(ScriptDirectory.from_config(build_alembic_config(connection)).get_heads())
        return set(MigrationContext.configure(connection).get_current_heads()) == heads


def build_alembic_config(connection: Connection) -> Config:
    """Alembic's settings for our migrations on this connection."""
    config = Config()
    config.set_main_option("script_location", str(_FOLDER))
    config.attributes["connection"] = connection
    return config
