"""Puts the earlier version's database and workspace in place, so that this version can take over from it."""

import asyncio
import contextlib
import json
import shutil
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from alembic import command
from sqlalchemy import Connection, Date, DateTime, LargeBinary, MetaData, RowMapping, Table, make_url, text

from bot.local_workspace import SEED
from bot.manifest import build_manifest
from bot.settings import Settings
from storage.database import Database
from storage.migrate import build_alembic_config
from tests.conversations.conftest import PEOPLE, Office, ShiftedClock
from tests.workspace.running import RunningWorkspace, running_workspace
from workspace.clock import MessageClock

Json = dict[str, Any]
HERE = Path(__file__).parent
STARTED = datetime(
    2026, 11, 26, 16, 13, tzinfo=UTC
)  # when this version starts; every lease of the earlier one has ended
TIMEOUT_SECONDS = 30  # usually it takes a few; the machine may be busy


def read_lines(name: str) -> list[Json]:
    return [json.loads(line) for line in (HERE / name).read_text(encoding="utf-8").splitlines()]


def read_inventory() -> Json:
    inventory: Json = json.loads((HERE / "inventory.json").read_text(encoding="utf-8"))
    return inventory


def read_rows(table: str) -> list[Json]:
    """The rows of a table as the earlier version left them."""
    return [line["row"] for line in read_lines("database.jsonl") if line["table"] == table]


@dataclass
class EarlierOffice(Office):
    """An office whose database and messages are the earlier version's."""

    database: Database

    def query(self, statement: str, **values: Any) -> list[RowMapping]:
        with self.database.engine.connect() as connection:
            return list(connection.execute(text(statement), values).mappings().all())

    def value(self, statement: str, **values: Any) -> Any:
        """The only value of the only row; None without a row."""
        rows = self.query(statement, **values)
        assert len(rows) < 2, rows
        return next(iter(rows[0].values())) if rows else None

    def messages(self) -> list[Json]:
        """Every message of the workspace, with its channel."""
        timelines = self.workspace.server.hub.state.timelines
        return [
            message | {"channel": channel}
            for channel, timeline in timelines.items()
            for message in timeline.by_ts.values()
        ]

    async def wait_value(self, wanted: Any, statement: str, **values: Any) -> None:
        """Wait until the only value of the only row is the wanted one."""
        await self._wait(lambda: self.value(statement, **values) == wanted, f"{statement} {values}: {wanted}")

    async def finish_work(self) -> None:
        """Wait until no arrival and no delivery is waiting."""
        await self.workspace.wait_quiet()
        for table in ("arrivals", "deliveries", "arrivals", "deliveries"):
            await self.wait_value(0, f"SELECT count(*) FROM {table} WHERE due_at IS NOT NULL")  # noqa: S608

    async def _wait(self, holds: Callable[[], bool], what: str) -> None:
        try:
            async with asyncio.timeout(TIMEOUT_SECONDS):
                while not await asyncio.to_thread(holds):
                    await asyncio.sleep(0.05)
        except TimeoutError:
            raise AssertionError(f"waited {TIMEOUT_SECONDS} s for {what}") from None


@contextlib.asynccontextmanager
async def earlier_office(data: Path, address: str) -> AsyncIterator[EarlierOffice]:
    """The earlier version's workspace, and its data in the database at `address`. No bot is running yet."""
    clock = ShiftedClock(STARTED)
    shutil.copytree(HERE / "office", data / "office")
    _save_workspace(data / "workspace")
    ticking = MessageClock(now=lambda: clock().timestamp())
    async with running_workspace(build_manifest(), SEED, clock=ticking, data=data / "workspace") as workspace:
        fill_database(address, list(_adapted_lines(workspace, data / "office")))
        settings = Settings(
            SLACK_BOT_TOKEN=workspace.bot_token,
            SLACK_APP_TOKEN=workspace.app_token,
            SLACK_API_URL=workspace.api_url,
            PMO_DATA=data,
            PMO_ORGANISATION=data / "office" / "organisation.yaml",
            PMO_POSTS_PER_MINUTE=100_000,
            DATABASE_URL=address,
        )
        database = Database(address)
        yield EarlierOffice(workspace, settings, clock, *map(workspace.as_user, PEOPLE), database)  # type: ignore[arg-type]
        database.close()


def _save_workspace(folder: Path) -> None:
    folder.mkdir()
    with contextlib.closing(sqlite3.connect(folder / "workspace.sqlite3")) as saved, saved:
        saved.execute("CREATE TABLE records (kind TEXT, key TEXT, body TEXT, PRIMARY KEY (kind, key))")
        records = [(one["kind"], one["key"], json.dumps(one["body"])) for one in read_lines("workspace.jsonl")]
        saved.executemany("INSERT INTO records VALUES (?, ?, ?)", [one for one in records if one[0] != "response_url"])


def _adapted_lines(workspace: RunningWorkspace, office: Path) -> Iterator[Json]:
    """The database's lines with this run's addresses and paths. Response URLs aren't saved, so new ones are issued."""
    text_ = (HERE / "database.jsonl").read_text(encoding="utf-8")
    for one in read_lines("workspace.jsonl"):
        if one["kind"] == "response_url":
            place = {name: one["body"][name] for name in ("message_ts", "thread_ts", "ephemeral")}
            key = workspace.server.hub.response_urls.issue(one["body"]["user"], one["body"]["channel"], **place)
            text_ = text_.replace(one["key"], key)
    text_ = text_.replace("http://workspace.invalid", workspace.url).replace("OFFICE/", f"{office}/")
    yield from map(json.loads, text_.splitlines())


def fill_database(address: str, lines: list[Json]) -> None:
    """Create the tables of the earlier revision and insert these rows."""
    database = Database(address)
    with database.engine.connect().execution_options(writes=True) as connection, connection.begin():
        command.upgrade(build_alembic_config(connection), read_rows("alembic_version")[0]["version_num"])
        tables = MetaData()
        tables.reflect(connection)
        for table in tables.sorted_tables:
            rows = [_convert_row(table, line["row"]) for line in lines if line["table"] == table.name]
            if rows and table.name != "alembic_version":
                connection.execute(table.insert(), rows)
        if make_url(address).get_backend_name() == "postgresql":
            _advance_sequences(connection, tables)
    database.close()


def _convert_row(table: Table, row: Json) -> Json:
    """The row as Python values for the reflected columns. SQLite stores times without a zone."""
    typed: Json = {}
    for name, value in row.items():
        kind = table.columns[name].type
        if value is not None and isinstance(kind, DateTime):
            moment = datetime.fromisoformat(value)
            value = moment if kind.timezone else moment.replace(tzinfo=None)
        elif value is not None and isinstance(kind, Date):
            value = date.fromisoformat(value)
        elif value is not None and isinstance(kind, LargeBinary):
            value = bytes.fromhex(value)
        typed[name] = value
    return typed


def _advance_sequences(connection: Connection, tables: MetaData) -> None:
    """Continue each sequence after the inserted numbers, so that none is used twice."""
    for table in tables.sorted_tables:
        for column in table.primary_key.columns:
            names = {"table": table.name, "column": column.name}
            sequence = connection.scalar(text("SELECT pg_get_serial_sequence(:table, :column)"), names)
            highest = connection.execute(table.select().order_by(column.desc()).limit(1)).mappings().first()
            if sequence and highest:
                connection.execute(text("SELECT setval(:name, :at)"), {"name": sequence, "at": highest[column.name]})
