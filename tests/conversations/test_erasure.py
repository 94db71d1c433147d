"""Somebody left and wants to be forgotten: the operator erases them while the bot is running."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, select, update

from bot.organisation import SAMPLE, read_organisation
from bot.personal_data import PersonData
from foundation.errors import UserError
from storage.database import Database
from storage.engine.delivery_kinds import DeliveryKind
from storage.personal_data.erasure import Erased
from storage.store import Store
from storage.tables import Base
from storage.tables.engine import DeliveryRow
from tests.conversations.conftest import Office, open_office
from tests.conversations.service_desk import (
    TRIAGE,
    is_card,
    perform_action,
    request_service,
    wait_own_card,
    wait_triage_card,
)
from tests.conversations.test_questions import ask
from tests.workspace.filling import read_text

ADA, NAME, QUESTIONS = "U01ADA", "Ada Okafor", "C07ASK"
NAMED = re.compile(rf"{ADA}|{NAME}", re.IGNORECASE)


@pytest.fixture
async def own_office(data: Path, tmp_path: Path) -> AsyncIterator[Office]:
    """With the sample's people and no strategy: that one names Ada."""
    file = tmp_path / "organisation.yaml"
    file.write_text(SAMPLE.read_text(encoding="utf-8").partition("files:")[0], encoding="utf-8")
    async with open_office(data, organisation=file) as made, made.bot():
        yield made


@contextmanager
def open_person(office: Office, person: str, name: str = "") -> Iterator[PersonData]:
    """What `pmo person` works with, in a process of its own."""
    organisation = read_organisation(office.settings.organisation or SAMPLE)
    with closing(Database(office.settings.database)) as database:
        yield PersonData(Store(database, organisation.zone), organisation, person, name)


async def erase(office: Office, person: str) -> Erased:
    def run() -> Erased:
        with open_person(office, person) as data:
            return data.erase(office.clock())

    return await asyncio.to_thread(run)


def find_rows(office: Office) -> dict[str, list[str]]:
    """The columns that name Ada, with their rows as text."""
    found: dict[str, list[str]] = {}
    with closing(Database(office.settings.database)) as database, database.read_only() as session:
        for table in Base.metadata.sorted_tables:
            for row in session.execute(select(table)).mappings():
                for column, value in row.items():
                    text = json.dumps(value, default=str, ensure_ascii=False)
                    if NAMED.search(text):
                        found.setdefault(f"{table.name}.{column}", []).append(text)
    return found


def names_ada(post: dict[str, Any]) -> bool:
    """In what it says; Slack itself says whose message it replies to."""
    return bool(NAMED.search(json.dumps([post["text"], post.get("blocks")])))


async def find_card(office: Office) -> dict[str, Any]:
    return next(post for post in await office.wei.messages(TRIAGE) if is_card(1)(post))


async def list_bot_posts(office: Office, *channels: str) -> list[dict[str, Any]]:
    """Everything that the bot has in these channels, threads included."""
    found: list[dict[str, Any]] = []
    for channel in channels:
        for message in await office.wei.messages(channel):
            found.append(message)
            if message.get("reply_count"):
                found += await office.wei.messages(channel, message["thread_ts"])
    return [one for one in found if one.get("bot_id")]


async def test_nothing_of_ours_names_an_erased_person(own_office: Office) -> None:
    office = own_office
    await ask(office.ada, "Who approves a change request?")
    asked = await request_service(office, office.ada, detail=f"Please call {NAME}, not Emeka.")
    triage = await wait_triage_card(office.wei, 1, f"Requested by {NAME}")
    assert await perform_action(office.wei, triage, "Comment", comment=f"I spoke to {NAME}.") == {}
    await wait_own_card(office.ada, 1)
    assert await perform_action(office.ada, asked, "Withdraw", reason="I leave.") == {}
    await wait_triage_card(office.wei, 1, "Withdrawn")

    named = {post["ts"] for post in await list_bot_posts(office, TRIAGE, QUESTIONS) if names_ada(post)}

    done = await erase(office, ADA)
    assert done.edits == len(named) > 1
    for ts in named:
        await office.wei.wait_message(lambda post, ts=ts: post["ts"] == ts and not names_ada(post))
    assert "Requested by Former colleague 1" in read_text(await find_card(office))
    assert not any(map(names_ada, await list_bot_posts(office, TRIAGE, QUESTIONS)))
    listed = {f"{one.table}.{one.column}" for one in done.to_review if NAMED.search(one.excerpt)}
    assert find_rows(office).keys() == listed == {"request_log.comment"}


async def test_old_cards_are_built_again(own_office: Office) -> None:
    """Their text was deleted after its time, so it can only come from the record."""
    office = own_office
    asked = await request_service(office, office.ada)
    await wait_triage_card(office.wei, 1, f"Requested by {NAME}")
    assert await perform_action(office.ada, asked, "Withdraw", reason="I leave.") == {}
    await wait_triage_card(office.wei, 1, "Withdrawn")
    with closing(Database(office.settings.database)) as database, database.transaction() as session:
        session.execute(delete(DeliveryRow).where(DeliveryRow.is_kind(DeliveryKind.EDIT)))
        session.execute(update(DeliveryRow).values(arguments={}, emptied=True))
    await erase(office, ADA)
    await wait_triage_card(office.wei, 1, "Requested by Former colleague 1", "Withdrawn")


async def test_files_that_still_name_them_are_listed_with_their_lines(own_office: Office) -> None:
    with open_person(own_office, ADA) as data:
        lines = [str(one) for one in data.find_lines()]
    assert lines == [f"{own_office.settings.organisation}, line 9"]


async def test_export_has_what_they_wrote_and_what_was_written_about_them(own_office: Office) -> None:
    office = own_office
    await ask(office.ada, "Who approves a change request?")
    await request_service(office, office.ada, detail="Please call me.")
    await wait_triage_card(office.wei)
    with open_person(office, ADA) as data:
        found = data.export()
    assert found["person"] == {"id": ADA, "name": NAME, "roles": ["member"]}
    assert [one["text"] for one in found["database"]["questions"]] == ["Who approves a change request?"]
    assert found["database"]["requests"][0]["record"]["values"]["detail"] == "Please call me."
    assert "Please call me." in json.dumps(found["database"]["request_log"])


async def test_who_still_has_work_is_not_erased(office: Office) -> None:
    await request_service(office, office.ben)
    before = find_rows(office)
    with open_person(office, "U02BEN") as data, pytest.raises(UserError) as refused:
        data.erase(office.clock())
    roles, requests, strategy = refused.value.message.splitlines()
    assert "still has the role project_manager" in roles
    assert "still has open requests: PMO-1. Hand them over in Slack" in requests
    assert "The current strategy names U02BEN" in strategy
    assert find_rows(office) == before


async def test_what_isnt_an_id_is_refused(office: Office) -> None:
    with pytest.raises(UserError, match="Ada: A Slack user ID looks like U01ADA"), open_person(office, "Ada"):
        pass
