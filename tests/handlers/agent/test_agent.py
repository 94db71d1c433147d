"""What the agent view shows: the right calls to Slack for each event, and none that could do harm."""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from foundation.people import People, Person, Role
from handlers.agent import agent
from handlers.agent.agent import show_idle, show_working
from handlers.agent.prompts import choose_prompts
from handlers.context import Channels
from handlers.slack.agent_events import read_agent_place, read_viewed_channels
from handlers.slack.calls import ImmediateCall
from handlers.slack.payloads import read_place
from knowledge.handbook import read_handbook

BOT = "U0BOT"
HANDBOOK = Path(__file__).parents[3] / "knowledge" / "handbook"
Json = dict[str, Any]
ADA, DANA = Person("U01ADA", "Ada"), Person("U04DANA", "Dana", frozenset({Role.LEADER}))


@dataclass
class Recorder:
    """Stands for Slack's client: remembers each call as (method, arguments)."""

    calls: list[tuple[str, Json]] = field(default_factory=list)

    def __getattr__(self, method: str) -> Any:
        async def record(**arguments: Any) -> None:
            self.calls.append((method, arguments))

        return record


@pytest.fixture(scope="module")
def ctx() -> Any:
    library = SimpleNamespace(handbook=read_handbook(HANDBOOK))
    channels = Channels("C03TRIAGE", "C04PROGRESS", "C05STORIES", "C06LEADERS")
    return SimpleNamespace(library=lambda: library, people=People([ADA, DANA]), channels=channels, bot_user=BOT)


def build(**event: Any) -> Json:
    usual = {"type": "message", "channel": "D1", "channel_type": "im", "user": ADA.id, "text": "how?", "ts": "10.1"}
    return {"event_id": "Ev1", "event": usual | event}


def run(handler: Any, body: Json, ctx: Any) -> list[tuple[str, Json]]:
    slack = Recorder()
    asyncio.run(handler(ImmediateCall(body, ctx, cast(Any, slack), cast(Any, None))))
    return slack.calls


class Handlers:
    """Catches what the agent view listens for."""

    def __init__(self) -> None:
        self.found: dict[str, Any] = {}
        self.accompany_event = self.handle_event = self.found.__setitem__
        agent.register(cast(Any, self))


def test_conversation_gets_a_status_and_a_title(ctx: Any) -> None:
    calls = run(show_working, build(app_context={}), ctx)
    thread = {"channel_id": "D1", "thread_ts": "10.1"}
    assert calls[0][0] == "agents_sessions_setStatus"
    assert calls[0][1] | thread | {"status": "active", "title": "how?"} == calls[0][1]
    # After the session, whose own status would take it away.
    assert calls[1] == ("assistant_threads_setStatus", thread | {"status": "is looking in the handbook…"})


def test_reply_in_a_conversation_gets_a_status_only(ctx: Any) -> None:
    [(method, given)] = run(show_working, build(thread_ts="9.1", app_context={}), ctx)
    assert (method, given["thread_ts"]) == ("assistant_threads_setStatus", "9.1")


@pytest.mark.parametrize(
    "event",
    [
        {},  # direct messages without the agent view
        {"thread_ts": "9.1", "parent_user_id": BOT},  # under a request's card
        {"channel": "C1", "channel_type": "channel", "thread_ts": "9.1"},
    ],
)
def test_elsewhere_nothing_is_shown(ctx: Any, event: Json) -> None:
    assert run(show_working, build(**event), ctx) == []


def test_stop_takes_the_status_away(ctx: Any) -> None:
    calls = run(show_idle, build(type="agent_session_stopped", thread_ts="9.1"), ctx)
    assert [(method, given["status"]) for method, given in calls] == [
        ("assistant_threads_setStatus", ""),
        ("agents_sessions_setStatus", "active"),
    ]


def test_conversation_of_the_agent_view_is_a_thread() -> None:
    assert read_place(build(app_context={"entities": []})).thread_ts == "10.1"
    assert read_place(build(thread_ts="9.1", app_context={})).thread_ts == "9.1"
    assert read_place(build()).thread_ts is None


def test_prompts_suit_what_the_person_looks_at(ctx: Any) -> None:
    handlers = Handlers().found
    entities = [{"type": "slack#/types/channel_id", "value": "C06LEADERS", "team_id": "T1"}]
    viewing = {"type": "app_context_changed", "user": DANA.id, "channel": "D4", "context": {"entities": entities}}
    [(method, given)] = run(handlers["app_context_changed"], {"event": viewing}, ctx)
    assert method == "assistant_threads_setSuggestedPrompts"
    assert given["prompts"][0]["message"] == "Which projects are red?"
    assert "thread_ts" not in given  # Slack ignores the call otherwise
    assert run(handlers["app_context_changed"], {"event": viewing}, ctx) == []
    opened = {"type": "app_home_opened", "user": DANA.id, "channel": "D4", "tab": "messages"}
    assert run(handlers["app_home_opened"], {"event": opened}, ctx) == [(method, given)]
    assert run(handlers["app_home_opened"], {"event": opened | {"tab": "home"}}, ctx) == []


def test_older_assistant_view_names_the_thread(ctx: Any) -> None:
    thread = {"user_id": ADA.id, "channel_id": "D1", "thread_ts": "9.1", "context": {"channel_id": "C05STORIES"}}
    started = {"type": "assistant_thread_started", "assistant_thread": thread}
    [(_, given)] = run(Handlers().found["assistant_thread_started"], {"event": started}, ctx)
    assert (given["channel_id"], given["thread_ts"]) == ("D1", "9.1")
    assert given["prompts"][0]["message"] == "Which success stories are there?"


@pytest.mark.parametrize("person", [ADA, DANA])
def test_at_most_four_prompts_each_for_the_person(ctx: Any, person: Person) -> None:
    prompts = choose_prompts(ctx, person, ["C03TRIAGE", "C06LEADERS", "C04PROGRESS", "C05STORIES", "C9"])
    assert len(prompts) == len(set(prompts)) == 4
    assert ("Which projects are red?" in prompts) == (person is DANA) or person is ADA
    assert "Show me all open requests" not in prompts
    assert "What has changed since last week?" not in choose_prompts(ctx, ADA, ["C06LEADERS"])


@pytest.mark.parametrize(
    ("context", "viewed"),
    [
        ({}, ()),
        ({"entities": None}, ()),
        ({"entities": [{"type": "slack#/types/canvas_id", "value": "F1"}]}, ()),
        ({"entities": [{"type": "slack#/types/channel_id", "value": "C1"}] * 2}, ("C1",)),
        ({"entities": [{"type": "slack#/types/message_context", "value": {"channel_id": "C2"}}]}, ("C2",)),
        ({"entities": ["what", {"type": "slack#/types/message_context", "value": "odd"}]}, ()),
    ],
)
def test_viewed_channels(context: Json, viewed: tuple[str, ...]) -> None:
    assert read_viewed_channels({"event": {"type": "app_context_changed", "context": context}}) == viewed


def test_event_without_a_person_is_read() -> None:
    assert read_agent_place({"event": {"type": "app_context_changed", "context": {}}}).user == ""
