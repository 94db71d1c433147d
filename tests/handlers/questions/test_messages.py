"""Which of the messages that Slack sends from a channel are for the bot, and at what cost."""

import asyncio
from types import SimpleNamespace
from typing import Any, cast

import pytest

from foundation.people import People, Person
from handlers.questions.messages import is_for_bot
from handlers.slack.calls import BlockingCall

BOT = "U0BOT"
PEOPLE = People([Person("U1", "Ada Obi"), Person("U2", "Ben Castellanos"), Person("U3", "Will Ng")])


class LookedUp(Exception):
    """The database was asked."""


class NoStore:
    def read_only(self, _: Any) -> Any:
        raise LookedUp


class Threads:
    """A store in which Ada asked in the thread."""

    def read_only(self, _: Any) -> Any:
        return self

    def __enter__(self) -> Any:
        return SimpleNamespace(threads=SimpleNamespace(find_asker=lambda *_: "U1"))

    def __exit__(self, *_: object) -> None:
        pass


def is_taken(store: Any, **event: Any) -> bool:
    library = SimpleNamespace(index=SimpleNamespace(knows_term=lambda _: False))
    ctx = SimpleNamespace(store=store, now=lambda: None, bot_user=BOT, people=PEOPLE, library=lambda: library)
    usual = {"type": "message", "channel": "C1", "channel_type": "channel", "user": "U1", "ts": "10.1", "text": "who?"}
    call = BlockingCall({"event_id": "Ev1", "event": usual | event}, cast(Any, ctx))
    return asyncio.run(is_for_bot(call))


@pytest.mark.parametrize(
    "event",
    [
        {},
        {"text": f"<@{BOT}> who?"},  # arrives as a mention, too
        {"subtype": "channel_join"},
        {"subtype": "message_changed", "message": {"user": "U1", "text": "who?", "ts": "9.1"}},
        {"thread_ts": "9.1", "bot_id": "B1"},
        {"thread_ts": "9.1", "text": "<@U2> who?"},
        {"thread_ts": "9.1", "parent_user_id": BOT},
    ],
)
def test_busy_channel_costs_no_look_up(event: dict[str, Any]) -> None:
    assert not is_taken(NoStore(), **event)


def test_reply_in_a_thread_costs_one() -> None:
    with pytest.raises(LookedUp):
        is_taken(NoStore(), thread_ts="9.1")


@pytest.mark.parametrize(
    ("text", "for_bot"),
    [
        ("and who approves it?", True),
        ("und wer genehmigt das?", True),
        ("et qui l'approuve ?", True),
        ("please explain the second step", True),
        ("what can you do?", True),
        ("stop", True),
        ("hör auf", True),
        ("who is Ben?", True),
        ("who owns it: Ben Castellanos?", True),
        ("will that change?", True),
        ("Ben, who approves it?", False),
        ("hi Ben - who approves it?", False),
        ("thanks, Ben Castellanos", False),
        ("who approves it, ben?", False),
        ("thanks!", False),
        (":+1:", False),
        ("merci beaucoup", False),
        ("I'll raise it with the board tomorrow.", False),
        ("ok, done", False),
    ],
)
def test_words_under_an_answer(text: str, for_bot: bool) -> None:
    assert is_taken(Threads(), thread_ts="9.1", text=text) is for_bot


def test_others_are_not_followed() -> None:
    assert not is_taken(Threads(), thread_ts="9.1", user="U2")
