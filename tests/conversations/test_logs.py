"""One id leads through the log from what somebody wrote to what the bot posted."""

from pathlib import Path

from tests.conversations.conftest import open_office
from tests.conversations.log_watch import LogWatch

TROUBLE = "how do I know whether my project is in trouble?"


def read_way(log_watch: LogWatch, arrival: str) -> list[str]:
    """The first two words of each line about the arrival, once each."""
    lines = [line["message"] for line in log_watch.objects if line.get("arrival") == arrival]
    return list(dict.fromkeys(" ".join(line.split()[:2]) for line in lines))


async def test_messages_are_followed_from_event_to_post(data: Path, log_watch: LogWatch) -> None:
    async with open_office(data) as office, office.bot():
        for person in (office.ada, office.ben):
            channel = await person.dm()
            await person.post(channel, TROUBLE)
            await person.wait_message("edition 1.0", channel=channel)
    stored = {line["arrival"] for line in log_watch.objects if line["message"] == "Stored event:message"}
    assert len(stored) == 2
    for arrival in stored:
        assert arrival.startswith("event:")
        assert read_way(log_watch, arrival) == ["Stored event:message", "Worked on", "Sent delivery"]


async def test_command_is_followed_to_its_reply(data: Path, log_watch: LogWatch) -> None:
    async with open_office(data) as office, office.bot():
        await office.ada.command(f"/pmo {TROUBLE}")
        await office.ada.wait_message("edition 1.0")
    [stored] = [line["arrival"] for line in log_watch.objects if line["message"] == "Stored command:/pmo"]
    assert read_way(log_watch, stored) == ["Stored command:/pmo", "Worked on", "Sent delivery"]


def test_watch_notices_what_was_typed() -> None:
    watch = LogWatch()
    watch.note_typed({"state": {"values": {"title": {"field": {"value": TROUBLE}}}}})
    watch.texts = [f"They wrote: {TROUBLE}", "They wrote something."]
    assert watch.list_leaks() == [f"They wrote: {TROUBLE}"]
