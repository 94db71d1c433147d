"""Message events as Slack documents them: whose words they are, and which message they are about."""

from typing import Any

import pytest

from handlers.slack.message_events import (
    SharedFile,
    identify_message,
    is_mention_added,
    is_typed_by_person,
    is_typed_in_direct_message,
    may_follow_up,
    read_files,
)
from handlers.slack.payloads import read_place, read_question

BOT = "U0BOT"
Json = dict[str, Any]


def build(**event: Any) -> Json:
    usual = {"type": "message", "channel": "C1", "channel_type": "channel", "user": "U1", "text": "hello", "ts": "10.1"}
    return {"event_id": "Ev1", "event": usual | event}


def build_edit(text: str, before: str | None, **message: Any) -> Json:
    """Slack's message_changed; its own `ts` is that of the edit."""
    written = {"type": "message", "user": "U1", "text": text, "ts": "10.1"} | message
    more = {"message": written} | ({"previous_message": written | {"text": before}} if before is not None else {})
    return build(subtype="message_changed", ts="70.2", hidden=True, user=None, text=None, **more)


@pytest.mark.parametrize("event", ["message", "app_mention"])
def test_message_and_mention_are_about_the_same_message(event: str) -> None:
    assert identify_message(build(type=event)) == "C1:10.1"


def test_edit_is_about_the_message_that_was_edited() -> None:
    assert identify_message(build_edit("now", "before")) == "C1:10.1"


@pytest.mark.parametrize("body", [{"command": "/pmo"}, {"event": {"type": "app_home_opened", "user": "U1"}}])
def test_other_payloads_are_about_no_message(body: Json) -> None:
    assert identify_message(body) is None


@pytest.mark.parametrize(
    "event",
    [{}, {"subtype": "file_share"}, {"subtype": "thread_broadcast"}, {"subtype": "me_message"}, {"edited": {}}],
)
def test_own_words_are_typed_by_a_person(event: Json) -> None:
    assert is_typed_by_person(build(**event))


@pytest.mark.parametrize(
    "event",
    [
        {"subtype": "channel_join"},
        {"subtype": "bot_message"},
        {"subtype": "file_comment"},
        {"subtype": "message_deleted"},
        {"subtype": "message_replied"},
        {"subtype": "reply_broadcast"},
        {"subtype": "a kind that comes later"},
        {"bot_id": "B1"},
        {"user": None},
    ],
)
def test_notices_and_apps_are_not(event: Json) -> None:
    assert not is_typed_by_person(build(**event))


def test_edit_of_an_apps_message_is_not() -> None:
    assert not is_typed_by_person(build_edit("now", "before", bot_id="B1"))


@pytest.mark.parametrize(
    ("text", "before", "added"),
    [
        (f"<@{BOT}> how?", "how?", True),
        (f"how, <@{BOT}|pmo>?", "how?", True),
        (f"<@{BOT}> how?", None, True),
        (f"<@{BOT}> how exactly?", f"<@{BOT}> how?", False),
        ("how?", f"<@{BOT}> how?", False),
        ("<@U2> how?", "how?", False),
    ],
)
def test_added_mention(text: str, before: str | None, added: bool) -> None:
    assert is_mention_added(build_edit(text, before), BOT) is added


def test_bot_that_is_not_known_is_never_mentioned() -> None:
    assert not is_mention_added(build_edit("<@> how?", "how?"), "")


def test_edit_in_direct_messages_is_no_news() -> None:
    assert not is_typed_in_direct_message(build_edit("now", "before") | {"channel_type": "im"})


def test_edited_message_is_read_as_it_is_now() -> None:
    body = build_edit(f"<@{BOT}> what is a gate?", "what is a gate?", thread_ts="9.1")
    assert read_question(body).text == "what is a gate?"
    place = read_place(body)
    assert (place.user, place.channel, place.thread_ts) == ("U1", "C1", "9.1")


def test_files_may_lack_everything() -> None:
    files = [{"id": "F1", "name": "plan.pdf", "permalink": "https://a.slack.com/f"}, {"id": "F2"}, "F3"]
    assert read_files(build(files=files)) == (SharedFile("plan.pdf", "https://a.slack.com/f"), SharedFile(""))
    assert read_files(build(files=None)) == ()
    assert read_files({"command": "/pmo"}) == ()


@pytest.mark.parametrize(
    ("event", "may"),
    [
        ({}, True),
        ({"channel_type": "mpim"}, True),
        ({"subtype": "thread_broadcast"}, True),
        ({"thread_ts": None}, False),
        ({"thread_ts": "10.1"}, False),  # the message that begins the thread
        ({"channel_type": "im"}, False),
        ({"text": " "}, False),
        ({"text": f"<@{BOT}> and who?"}, False),  # arrives as a mention, too
        ({"text": "<@U2> and who?"}, False),
        ({"text": "<!subteam^S1> and who?"}, False),
        ({"text": "<!here> and who?"}, False),
        ({"text": "@ben and who?"}, False),
        ({"text": "and who reads <#C2>?"}, True),
        ({"parent_user_id": BOT}, False),
        ({"bot_id": "B1"}, False),
        ({"subtype": "channel_join"}, False),
    ],
)
def test_follow_up_without_a_mention(event: Json, may: bool) -> None:
    usual = {"thread_ts": "9.1", "text": "and who?", "parent_user_id": "U1"}
    assert may_follow_up(build(**usual | event), BOT) is may


@pytest.mark.parametrize("message", [None, "odd", [], {}, {"edited": "odd", "user": "U1"}])
def test_odd_edits_are_dropped_quietly(message: object) -> None:
    body = build(subtype="message_changed", message=message, previous_message="odd")
    assert not is_mention_added(body, BOT)
    assert not is_typed_in_direct_message(body)
