"""Agents: what the manifest says, what the app hears, and sessions with a status and a title."""

import pytest

from tests.workspace.raw_app import connected_app
from tests.workspace.running import MANIFEST, running_workspace
from workspace.app_config import parse_manifest
from workspace.errors import ConfigError

OURS = "T00MERIDIAN"


def manifest_with(view, *names, **fields):
    features = {name: value for name, value in MANIFEST["features"].items() if name != "agent_view"}
    usual = set(MANIFEST["settings"]["event_subscriptions"]["bot_events"]) - {"agent_session_stopped"}
    subscribed = [*usual, *names]
    settings = MANIFEST["settings"] | {"event_subscriptions": {"bot_events": subscribed}}
    return MANIFEST | {"features": features | ({view: fields} if view else {}), "settings": settings}


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"assistant_description": "Ask"}, "features.agent_view.assistant_description isn't known"),
        ({"agent_description": "x" * 301}, "features.agent_view.agent_description has 301 characters"),
        ({"suggested_prompts": [{"title": "RAG", "message": "?"}] * 5}, "has more than 4 entries"),
        ({"suggested_prompts": [{"title": "RAG"}]}, r"suggested_prompts\[0\].message is missing"),
        ({"actions": [{"name": "ask"}]}, r"actions\[0\].description is missing"),
    ],
)
def test_an_agent_view_is_checked(fields, complaint):
    with pytest.raises(ConfigError, match=complaint):
        parse_manifest(manifest_with("agent_view", **fields))


def test_earlier_manifests_are_still_read():
    assert not parse_manifest(manifest_with("")).agent
    earlier = parse_manifest(manifest_with("assistant_view", assistant_description="Ask the PMO"))
    assert (earlier.agent, earlier.assistant, earlier.messages_enabled) == (False, True, True)


async def test_an_agent_learns_what_the_person_views():
    async with (
        running_workspace(manifest_with("agent_view", "app_context_changed")) as workspace,
        connected_app(workspace) as app,
    ):
        ben = workspace.as_user("U02BEN")
        await ben.open_home("messages", viewing="C02PROJECTS")
        entity = {"type": "slack#/types/channel_id", "value": "C02PROJECTS", "team_id": OURS}
        opened = (await app.event("app_home_opened"))["event"]
        assert (opened["tab"], opened["context"]) == ("messages", {"entities": [entity]})
        await ben.view("C01GENERAL")
        changed = (await app.event("app_context_changed"))["event"]
        assert changed["context"]["entities"][0]["value"] == "C01GENERAL"
        assert (changed["user"], changed["channel"]) == ("U02BEN", "D02BEN")
        await ben.view("C03TRIAGE")  # which Ben can't read
        assert (await app.event("app_context_changed"))["event"]["context"] == {}


async def test_other_apps_hear_nothing_of_it():
    async with (
        running_workspace(manifest_with("", "app_context_changed")) as workspace,
        connected_app(workspace) as app,
    ):
        ben = workspace.as_user("U02BEN")
        await ben.view("C01GENERAL")
        await ben.open_home("messages", viewing="C02PROJECTS")
        assert "context" not in (await app.event("app_home_opened"))["event"]
        assert [event["event_type"] for event in await workspace.events()] == ["app_home_opened"]
        ts = await ben.post("D02BEN", "Hello")
        place = {"channel_id": "D02BEN", "thread_ts": ts}
        refused = await workspace.api("agents.sessions.setStatus", **place, status="processing")
        assert refused["error"] == "not_allowed"


async def test_a_session_has_a_status_and_a_title(workspace):
    ben = workspace.as_user("U02BEN")
    ts = await ben.post("D02BEN", "What is RAG?") if await ben.dm() else ""
    place = {"channel_id": "D02BEN", "thread_ts": ts}
    answer = await workspace.api("agents.sessions.setStatus", **place, status="processing", title="RAG")
    assert answer["session"]["status"] == "processing"
    shown = await ben.wait_frame(("status",), lambda frame: frame["status"])
    assert (shown["thread_ts"], shown["stoppable"]) == (ts, True)
    await workspace.api("agents.sessions.rename", **place, title="RAG statuses")
    assert (await ben.messages("D02BEN"))[-1]["assistant_thread_title"] == "RAG statuses"
    await workspace.api("agents.sessions.setStatus", **place, status="active")
    assert await ben.wait_frame(("status",), lambda frame: not frame["status"])
    for wrong, code in (
        ({"status": "thinking"}, "invalid_status"),
        ({"status": "active", "thread_ts": "1.1"}, "invalid_thread_ts"),
        ({"status": "active", "title": "x" * 201}, "invalid_arguments"),
    ):
        assert (await workspace.api("agents.sessions.setStatus", **(place | wrong)))["error"] == code


async def test_an_agent_that_cannot_be_stopped_is_warned():
    async with running_workspace(manifest_with("agent_view")) as workspace:
        ben = workspace.as_user("U02BEN")
        ts = await ben.post(await ben.dm(), "What is RAG?")
        place = {"channel_id": "D02BEN", "thread_ts": ts}
        answer = await workspace.api("agents.sessions.setStatus", **place, status="processing")
        assert answer["warning"] == "missing_agent_session_stopped_event_subscription"
        assert not (await ben.wait_frame(("status",), lambda frame: frame["status"]))["stoppable"]


async def test_a_person_stops_a_session():
    async with (
        running_workspace(manifest_with("agent_view", "agent_session_stopped")) as workspace,
        connected_app(workspace) as app,
    ):
        ben = workspace.as_user("U02BEN")
        ts = await ben.post(await ben.dm(), "What is RAG?")
        place = {"channel_id": "D02BEN", "thread_ts": ts}
        answer = await workspace.api("agents.sessions.setStatus", **place, status="processing")
        assert "warning" not in answer
        await ben.stop("D02BEN", ts)
        event = (await app.event("agent_session_stopped"))["event"]
        assert (event["user"], event["channel"], event["thread_ts"]) == ("U02BEN", "D02BEN", ts)
        assert event["streaming_message_ts"] == []
