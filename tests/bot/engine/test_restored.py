"""After a restore, what is already in Slack isn't posted a second time."""

from datetime import timedelta

from sqlalchemy import delete

from storage.engine.restored import LOOKS_FIRST_FOR, prepare_restored
from storage.tables.engine import DeliveryRow
from tests.bot.conftest import RunningSender

ASK = "C01GENERAL"


def restore_earlier(office: RunningSender, *, minutes: float) -> None:
    """Make the database one in which nothing is known of the last minutes."""
    now = office.now()
    with office.store.transaction(now) as tx:
        tx.session.execute(delete(DeliveryRow))
        prepare_restored(tx.session, now - timedelta(minutes=minutes), now, was_running=True)


async def test_post_that_is_asked_for_again_is_found_and_brought_up_to_date(office: RunningSender) -> None:
    first = await office.wait_settled(office.add("post", ASK, {"text": "Digest: 3 green"}, key="digest:1"))
    office.forward(3600)
    restore_earlier(office, minutes=90)
    again = await office.wait_settled(office.add("post", ASK, {"text": "Digest: 2 green"}, key="digest:1"))
    assert again.posted_ts == first.posted_ts
    assert await office.read_texts(ASK) == ["Digest: 2 green"]


async def test_post_that_isnt_there_is_sent(office: RunningSender) -> None:
    restore_earlier(office, minutes=90)
    await office.wait_settled(office.add("post", ASK, {"text": "Digest"}, key="digest:2"))
    assert await office.read_texts(ASK) == ["Digest"]
    assert "chat.update" not in await office.list_methods()


async def test_weeks_later_nothing_is_looked_for(office: RunningSender) -> None:
    restore_earlier(office, minutes=90)
    office.forward(LOOKS_FIRST_FOR.total_seconds() + 60)
    await office.wait_settled(office.add("post", ASK, {"text": "Digest"}, key="digest:3"))
    assert "conversations.history" not in await office.list_methods()
