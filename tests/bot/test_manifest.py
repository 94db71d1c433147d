"""The manifest asks Slack for exactly what the code uses."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from slack_bolt.async_app import AsyncApp

from bot.manifest import FEATURES, SCOPES, build_manifest
from handlers import register
from handlers.commands import COMMANDS, EVENTS, SHORTCUTS
from handlers.slack.routes import Routes

ROOT = Path(__file__).parent.parent.parent
ROOMS = ("bot", "handlers", "storage")
READ = {"channels:read", "groups:read", "mpim:read"}
HISTORY = {"channels:history", "groups:history", "im:history", "mpim:history"}

# Which scopes a bot token needs for each method of the Web API, in the kinds of conversation where we call it.
METHODS = {
    "agents.sessions.setStatus": {"chat:write"},
    "apps.connections.open": set(),  # the app-level token's own scope
    "assistant.threads.setStatus": {"chat:write"},
    "assistant.threads.setSuggestedPrompts": {"assistant:write"},
    "auth.test": set(),
    "chat.delete": {"chat:write"},
    "chat.postEphemeral": {"chat:write"},
    "chat.postMessage": {"chat:write"},
    "chat.update": {"chat:write"},
    "conversations.history": HISTORY,
    "conversations.info": READ,
    "conversations.members": READ,
    "conversations.open": {"im:write"},
    "conversations.replies": HISTORY,
    "usergroups.users.list": {"usergroups:read"},
    "users.info": {"users:read"},
    "views.open": set(),
    "views.publish": set(),
    "views.push": set(),
    "views.update": set(),
}
EVENT_SCOPES: dict[str, set[str]] = {
    "agent_session_stopped": set(),
    "app_context_changed": set(),
    "app_home_opened": set(),
    "app_mention": {"app_mentions:read"},
    "app_uninstalled": set(),
    "tokens_revoked": set(),
    "user_change": {"users:read"},
    "subteam_members_changed": {"usergroups:read"},
    "subteam_updated": {"usergroups:read"},
    "channel_id_changed": {"channels:read", "groups:read"},
    "member_joined_channel": {"channels:read", "groups:read"},
    "member_left_channel": {"channels:read", "groups:read"},
    **{f"channel_{what}": {"channels:read"} for what in ("archive", "deleted", "left", "rename", "unarchive")},
    **{f"group_{what}": {"groups:read"} for what in ("archive", "deleted", "left", "rename", "unarchive")},
    "message.channels": {"channels:history"},
    "message.groups": {"groups:history"},
    "message.im": {"im:history"},
    "message.mpim": {"mpim:history"},
}
PRESSED = ("button", "feedback_buttons", "overflow")  # the other elements are read when their form is sent
FAMILIES = "agents|apps|assistant|auth|bots|chat|conversations|files|pins|reactions|team|usergroups|users|views"


@pytest.fixture(scope="module")
def routes() -> Routes:
    """Everything that the code listens for."""

    async def authorize() -> None:
        """Never called."""

    made = Routes(AsyncApp(signing_secret="secret", authorize=authorize), cast(Any, None), cast(Any, None))
    register(made)
    return made


def list_subscriptions() -> list[str]:
    """Slack's names of the events that the app subscribes to."""
    return [name for names in EVENTS.values() for name in names]


def sources() -> Iterator[tuple[Path, ast.Module]]:
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            yield path, ast.parse(path.read_text(encoding="utf-8"))


def methods_used() -> set[str]:
    """Methods named in a string, as “chat.update”, or called on a client, as `client.chat_update(…)`."""
    found = set()
    for _, tree in sources():
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                if re.fullmatch(rf"({FAMILIES})(\.[a-z]+)*\.[a-z]+([A-Z][a-z]+)*", node.value):
                    found.add(node.value)
            elif isinstance(node, ast.Attribute) and re.match(rf"({FAMILIES})_[a-z]", node.attr):
                found.add(node.attr.replace("_", "."))
    return found


def action_ids() -> Iterator[tuple[str, str]]:
    """The ids of all buttons that the code builds; “x” stands for what is filled in later."""
    for path, tree in sources():
        for node in ast.walk(tree):
            given: list[ast.expr | None] = []
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "button" and len(node.args) > 1:
                given.append(node.args[1])
            if isinstance(node, ast.Dict):
                fields = {read_literal(key): value for key, value in zip(node.keys, node.values, strict=True)}
                if read_literal(fields.get("type")) in PRESSED:
                    given.append(fields.get("action_id"))
            for one in given:
                if (text := read_literal(one)) and "." in text:
                    yield text, f"{path.relative_to(ROOT)}:{node.lineno}"  # type: ignore[attr-defined]


def read_literal(node: ast.expr | None) -> str:
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "x" for part in node.values)
    return ""


def test_manifest_names_what_the_code_listens_for(routes: Routes) -> None:
    made = build_manifest()
    assert {one["command"] for one in made["features"]["slash_commands"]} == routes.commands
    assert {one["callback_id"] for one in made["features"]["shortcuts"]} == routes.shortcuts
    assert set(EVENTS) == routes.events
    assert set(made["settings"]["event_subscriptions"]["bot_events"]) == set(list_subscriptions())
    assert made["settings"]["interactivity"]["is_enabled"]


def test_every_button_has_a_handler(routes: Routes) -> None:
    exact = {one for one in routes.actions | routes.options if not one.endswith(".*")}
    families = tuple(one.removesuffix("*") for one in routes.actions if one.endswith(".*"))
    found = dict(action_ids())
    assert len(found) > 5
    nowhere = {
        action_id: place
        for action_id, place in found.items()
        if not ("x" in action_id.split(".") or action_id in exact or action_id.startswith(families))
    }
    assert nowhere == {}


def test_every_method_used_has_known_scopes() -> None:
    assert methods_used() - set(METHODS) == set(), "Add the method and its scopes to METHODS above."


def test_manifest_asks_for_needed_scopes_only() -> None:
    needed = {"commands"}.union(*(METHODS[method] for method in methods_used()))
    needed = needed.union(*(EVENT_SCOPES[event] for event in list_subscriptions()))
    assert set(SCOPES) == needed
    assert build_manifest()["oauth_config"]["scopes"]["bot"] == sorted(needed)


def test_features_name_scopes_that_the_manifest_asks_for() -> None:
    assert {scope for scopes in FEATURES.values() for scope in scopes} < set(SCOPES)


def test_manifest_fits_slacks_limits() -> None:
    made = build_manifest()
    assert len(made["display_information"]["name"]) <= 35
    assert len(made["display_information"]["description"]) <= 140
    assert len(COMMANDS) <= 50
    for command in COMMANDS:
        assert re.fullmatch(r"/[a-z-]{1,31}", command.name)
        assert len(command.description) <= 2000
        assert len(command.usage_hint) <= 1000
    assert all(one.get("usage_hint", "-") for one in made["features"]["slash_commands"])  # Slack rejects an empty one
    for shortcut in SHORTCUTS:
        assert len(shortcut.name) <= 24
        assert len(shortcut.description) <= 150


def test_manifest_declares_an_agent() -> None:
    view = build_manifest()["features"]["agent_view"]
    assert len(view["agent_description"]) <= 300
    assert 1 <= len(view["suggested_prompts"]) <= 4


def test_request_url_replaces_socket_mode() -> None:
    address = "https://pmo.example.org/slack/events"
    made = build_manifest(address)
    assert made["settings"]["socket_mode_enabled"] is False
    assert made["settings"]["event_subscriptions"]["request_url"] == address
    assert made["settings"]["interactivity"]["request_url"] == address
    assert {one["url"] for one in made["features"]["slash_commands"]} == {address}
