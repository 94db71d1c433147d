"""NUL and halves of surrogate pairs, which databases refuse, keep no event unacknowledged."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from slack_bolt.async_app import AsyncBoltRequest
from sqlalchemy import select

from handlers.context import AppContext
from handlers.requests.blocks.form import REQUEST_FORM
from storage.database import Database
from storage.store import Store
from storage.tables.engine import ArrivalRow
from tests.handbook_data import copy_data
from tests.servicedesk.cast import framework
from tests.storage.databases import address, database

__all__ = ["address", "database"]
from tests.handlers.questions.records.sample_office import open_sample_office
from tests.handlers.switchboard import Switchboard, open_switchboard
from tests.handlers.test_strangers import Sender

ADA = Sender("U01ADA")
TYPED, STORED = "nar\0whal \ud83d \udc0b fish", "narwhal \ufffd \ufffd fish"
FORM = {"subject": TYPED, TYPED: TYPED}
DEFERRED = [
    ADA.write("app_mention", f"<@U00PMOBOT> {TYPED}", "C07ASK"),
    ADA.write("message", TYPED, "DADA"),
    ADA.command(f"/pmo {TYPED}"),
    ADA.click("question.forward", TYPED),
    ADA.submit(REQUEST_FORM, "framework-development", framework(title=TYPED, detail=TYPED)),
]
IMMEDIATE = [
    ADA.submit("question.answer", TYPED, {"answer": TYPED}),
    ADA.submit("update.form", TYPED, FORM),
    ADA.click("strategy.open", TYPED),
    ADA.search("request.project") | {"value": TYPED},
    ADA.search("strategy.pick") | {"value": TYPED},
    ADA.command(f"/pmo-request {TYPED}"),
    ADA.command(f"/pmo-requests {TYPED}"),
    ADA.command(f"/pmo-strategy {TYPED}"),
]


@pytest.fixture(scope="module")
def sample(handbook_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[AppContext]:
    with open_sample_office(copy_data(handbook_data, tmp_path_factory.mktemp("unstorable") / "data")) as opened:
        yield opened.ctx


@pytest.fixture
def board(sample: AppContext, database: Database, monkeypatch: pytest.MonkeyPatch) -> Switchboard:
    """The sample's handlers over an empty database of either kind."""
    return open_switchboard(replace(sample, store=Store(database)), monkeypatch)


def read_stored(database: Database) -> list[str]:
    with database.read_only() as session:
        return [json.dumps(one, ensure_ascii=False) for one in session.scalars(select(ArrivalRow.payload))]


@pytest.mark.parametrize("payload", [*DEFERRED, *IMMEDIATE])
async def test_event_is_acknowledged_and_handled(
    board: Switchboard, database: Database, payload: dict[str, Any]
) -> None:
    request = AsyncBoltRequest(body=json.loads(json.dumps(payload)), mode="socket_mode")
    assert (await board.app.async_dispatch(request)).status == 200
    await board.send(payload)
    for stored in read_stored(database):
        assert STORED in stored
        assert TYPED not in stored
    if payload in DEFERRED:
        assert read_stored(database)
