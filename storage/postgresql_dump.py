"""Backs up and restores PostgreSQL with its own tools: pg_dump, pg_restore and psql."""

import os
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from sqlalchemy import Connection, inspect, make_url, text

from foundation.errors import UserError
from storage.database import Database
from storage.db_errors import translate_errors
from storage.migrate import MIGRATION_LOCK
from storage.tables import Base

INSTALL = "Install PostgreSQL's client programs (on Debian and Ubuntu: apt install postgresql-client), then try again."
_VERSIONS = "alembic_version"
_VERSION_MISMATCH = re.compile(r"server version: (\d+)\S*; \w+ version: (\d+)")
_PARAMETERS = {"host": "PGHOST", "sslmode": "PGSSLMODE", "channel_binding": "PGCHANNELBINDING"}


def dump_tables(address: str, target: Path) -> None:
    """Write our tables to the file `target`, in pg_dump's custom format. They may be in use.

    Raises:
        UserError: pg_dump is missing or failed.
    """
    tables = [f"--table={name}" for name in (*Base.metadata.tables, _VERSIONS)]
    _run(["pg_dump", "--format=custom", "--no-owner", "--no-privileges", *tables, f"--file={target}"], address)


def restore_tables(database: Database, dump: Path, kept: str) -> str:
    """Replace our tables by those of the dump, in one transaction; the earlier ones move to the schema `kept`.

    Returns `kept`, or an empty text if there were no tables.

    Raises:
        UserError: another process uses the database, a tool is missing or failed; nothing was changed.
    """
    script = dump.with_suffix(".sql")
    _run(["pg_restore", "--no-owner", "--no-privileges", f"--file={script}", str(dump)], database.address)
    with translate_errors(), database.engine.connect() as connection:
        present = _list_tables(connection)
    database.engine.dispose()
    before = dump.with_suffix(".before.sql")
    before.write_text("\n".join(_list_moves(present, kept)), encoding="utf-8")
    once = ["--single-transaction", "--set=ON_ERROR_STOP=1", "--quiet", "--no-psqlrc", "--output=/dev/null"]
    _run(["psql", *once, f"--file={before}", f"--file={script}"], database.address)
    return kept if present else ""


def has_tables(database: Database) -> bool:
    """Whether some of our tables are there."""
    with translate_errors(), database.engine.connect() as connection:
        return bool(_list_tables(connection))


def is_in_use(database: Database) -> bool:
    """Whether another process of ours is connected. Connections of this `database` are closed."""
    database.engine.dispose()
    query = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
        "AND application_name = current_setting('application_name')"
    )
    with translate_errors(), database.engine.connect() as connection:
        return bool(connection.scalar(query))


def _list_tables(connection: Connection) -> list[str]:
    ours = {*Base.metadata.tables, _VERSIONS}
    return sorted(ours.intersection(inspect(connection).get_table_names()))


def _list_moves(tables: Sequence[str], schema: str) -> list[str]:
    """The statements that make room. A bot that starts meanwhile waits for them as for a migration."""
    moves = [f'ALTER TABLE "{name}" SET SCHEMA "{schema}";' for name in tables]
    room = [f'CREATE SCHEMA "{schema}";', *moves] if tables else []
    return [f"SELECT pg_advisory_xact_lock({MIGRATION_LOCK});", *room]


def _run(command: Sequence[str], address: str) -> None:
    program = shutil.which(command[0])
    if program is None:
        raise UserError(f"{command[0]} isn't installed, or isn't on the PATH. {INSTALL}")
    done = subprocess.run([program, *command[1:]], env=_build_environment(address), capture_output=True, check=False)
    if done.returncode:
        raise UserError(f"{command[0]} failed; nothing was changed. {_explain(done.stderr.decode(errors='replace'))}")


def _explain(errors: str) -> str:
    """What the tool said first, and what to do about it."""
    if found := _VERSION_MISMATCH.search(errors):
        return f"It's {found[2]}, and the server is {found[1]}. Install the client programs of PostgreSQL {found[1]}."
    if "permission denied for database" in errors:
        return "The database user may not create schemas. Run GRANT CREATE ON DATABASE … TO …, then try again."
    said = next((line for line in errors.splitlines() if "error" in line.lower()), errors.strip()[:300])
    return f"It said: {said.strip()}"


def _build_environment(address: str) -> Mapping[str, str]:
    """Where to connect, for libpq. Not as arguments: everybody on the machine can read those."""
    url = make_url(address)
    parts = {"PGHOST": url.host, "PGPORT": url.port, "PGUSER": url.username, "PGPASSWORD": url.password}
    given = {name: str(value) for name, value in (parts | {"PGDATABASE": url.database}).items() if value}
    given |= {variable: str(url.query[name]) for name, variable in _PARAMETERS.items() if name in url.query}
    return os.environ | given | {"LC_MESSAGES": "C"}
