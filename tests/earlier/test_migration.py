"""Migrating a database of the earlier version loses nothing."""

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import func, inspect, select

from storage.database import Database
from storage.migrate import is_up_to_date, migrate_database
from storage.tables import Base
from tests.earlier.upgrading import fill_database, read_lines

RENAMED: dict[str, str] = {}  # earlier name → today's name


def test_every_row_survives_the_migration(empty: str) -> None:
    lines = read_lines("database.jsonl")
    fill_database(empty, lines)
    database = Database(empty)
    migrate_database(database)
    assert is_up_to_date(database)
    with database.engine.connect() as connection:
        options = {"compare_type": True, "compare_server_default": True}
        assert compare_metadata(MigrationContext.configure(connection, opts=options), Base.metadata) == []
        counts = {
            name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for name, table in Base.metadata.tables.items()
        }
    earlier_tables = [RENAMED.get(line["table"], line["table"]) for line in lines if line["table"] != "alembic_version"]
    assert {name: counts[name] for name in set(earlier_tables)} == {
        name: earlier_tables.count(name) for name in set(earlier_tables)
    }
    assert set(inspect(database.engine).get_table_names()) == {*Base.metadata.tables, "alembic_version"}
    database.close()
