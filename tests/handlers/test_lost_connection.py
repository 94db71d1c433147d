"""When the database connection is cut in use, the work is done once more; if that fails too, people learn it."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from slack_bolt.async_app import AsyncBoltRequest
from sqlalchemy import Connection, event, text

from handlers.context import AppContext
from storage.database import Database
from storage.engine.inbox import Inbox
from storage.store import Store
from tests.handbook_data import copy_data
from tests.handlers.questions.records.sample_office import open_sample_office
from tests.handlers.switchboard import Switchboard, open_switchboard
from tests.handlers.test_strangers import Sender
from tests.storage.cast import LEASE, ONE, later
from tests.storage.databases import NewDatabase

ADA = Sender("U01ADA")
# The server's last words, or those for a network error if they come too late.
CUT = re.compile(r"The database is stopping or starting\. Try again|The database can't be reached\. Check")


@pytest.fixture(scope="module")
def sample(handbook_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[AppContext]:
    with open_sample_office(copy_data(handbook_data, tmp_path_factory.mktemp("lost") / "data")) as opened:
        yield opened.ctx


@pytest.fixture
def database(new_postgresql: NewDatabase) -> Iterator[Database]:
    opened = Database(new_postgresql())
    yield opened
    opened.close()


@pytest.fixture
def board(sample: AppContext, database: Database, monkeypatch: pytest.MonkeyPatch) -> Switchboard:
    return open_switchboard(replace(sample, store=Store(database)), monkeypatch)


def cut_connections(database: Database, times: int) -> None:
    """The server ends the connection at the first statement of each of the next transactions."""
    left = [times]

    @event.listens_for(database.engine, "begin")
    def cut(connection: Connection) -> None:
        if left[0]:
            left[0] -= 1
            own = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar()
            other = Database(database.address)
            with other.read_only() as session:
                session.execute(text(f"SELECT pg_terminate_backend({own})"))
            other.close()


def list_waiting(database: Database) -> list[str]:
    return [one.route for one in Inbox(database).claim(ONE, later(3600 * 24 * 365), 10, LEASE)]


async def dispatch(board: Switchboard, payload: dict[str, Any]) -> int:
    return (await board.app.async_dispatch(AsyncBoltRequest(body=payload, mode="socket_mode"))).status


EVENT = ADA.write("app_mention", "<@U00PMOBOT> what is a health check?", "C07ASK")


async def test_event_is_stored_over_a_new_connection(board: Switchboard, database: Database) -> None:
    cut_connections(database, times=1)
    assert await dispatch(board, EVENT) == 200
    assert list_waiting(database) == ["event:app_mention"]


async def test_event_that_cannot_be_stored_is_not_acknowledged(
    board: Switchboard, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    cut_connections(database, times=2)
    assert await dispatch(board, EVENT) == 503
    [said] = [one for one in caplog.records if one.name == "handlers.slack.routes"]
    assert said.getMessage().startswith("An event couldn't be stored, so Slack will deliver it again: The database")
    assert not said.exc_info
    assert "health check" not in caplog.text
    assert await dispatch(board, EVENT) == 200
    assert list_waiting(database) == ["event:app_mention"]


async def test_command_is_answered_over_a_new_connection(board: Switchboard, database: Database) -> None:
    cut_connections(database, times=1)
    assert not CUT.search(await board.send(ADA.command("/pmo-strategy")))


@pytest.mark.parametrize("command", ["/pmo-strategy", "/pmo what is a health check?"])
async def test_command_without_database_is_explained(board: Switchboard, database: Database, command: str) -> None:
    cut_connections(database, times=2)
    assert CUT.search(await board.send(ADA.command(command)))
