"""Migrations lead from nothing to this version's tables, once, whoever runs them."""

import threading
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from storage.database import Database
from storage.migrate import NewerDatabase, build_alembic_config, is_up_to_date, migrate_database
from storage.tables import Base


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database without any table."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'new.db'}"
    url = request.getfixturevalue("new_postgresql")()
    database = Database(url)
    with database.transaction() as session:
        session.execute(text("DROP SCHEMA public CASCADE"))
        session.execute(text("CREATE SCHEMA public"))
    database.close()
    return str(url)


def test_empty_database_gets_all_tables(empty: str) -> None:
    database = Database(empty)
    assert not is_up_to_date(database)
    migrate_database(database)
    assert is_up_to_date(database)
    assert set(inspect(database.engine).get_table_names()) == {*Base.metadata.tables, "alembic_version"}
    database.close()


def test_migrated_tables_match_the_code(database: Database) -> None:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, Base.metadata) == []


def test_second_migration_changes_nothing(database: Database) -> None:
    migrate_database(database)
    assert is_up_to_date(database)


def test_processes_starting_together_migrate_once(empty: str) -> None:
    databases = [Database(empty) for _ in range(3)]
    errors: list[Exception] = []

    def start(database: Database) -> None:
        try:
            migrate_database(database)
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=start, args=[database]) for database in databases]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert is_up_to_date(databases[0])
    for database in databases:
        database.close()


def test_process_of_the_version_before_keeps_working_after_a_migration(tmp_path: Path) -> None:
    """In a rolling update it still reads and writes: nothing it knows may go, and nothing new may be required."""
    database = Database(f"sqlite:///{tmp_path / 'new.db'}")
    before: dict[str, set[str]] = {}
    for revision in list_revisions(database):
        with database.engine.begin() as connection:
            command.upgrade(build_alembic_config(connection), revision)
        after = reflect(database)
        required = {
            f"{table}.{column['name']}"
            for table, columns in after.items()
            for column in columns
            if table in before and column["name"] not in before[table]
            if not column["nullable"] and column["default"] is None
        }
        names = {table: {column["name"] for column in columns} for table, columns in after.items()}
        gone = {table for table in before if table not in names or before[table] - names[table]}
        assert (revision, required, gone) == (revision, set(), set())
        before = names
    database.close()


def list_revisions(database: Database) -> list[str]:
    with database.engine.connect() as connection:
        scripts = ScriptDirectory.from_config(build_alembic_config(connection)).walk_revisions()
        return [script.revision for script in reversed(list(scripts))]


def reflect(database: Database) -> dict[str, list[Any]]:
    found = inspect(database.engine)
    return {table: list(found.get_columns(table)) for table in found.get_table_names()}


def test_newer_database_is_left_alone(database: Database) -> None:
    with database.transaction() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(NewerDatabase, match=r"newer version of PMO Assistant. Update the bot"):
        migrate_database(database)
    with database.read_only() as session:
        assert session.scalar(text("SELECT version_num FROM alembic_version")) == "9999"
