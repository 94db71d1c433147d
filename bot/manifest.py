"""The app manifest. A test compares it with what the code registers and calls, so that the two can't diverge."""

from itertools import chain
from typing import Any

from handlers.commands import COMMANDS, EVENTS, SHORTCUTS, Command

AGENT_SCOPE = "assistant:write"

# Why each scope is asked for. `pmo doctor` compares them with the token's.
SCOPES = {
    "app_mentions:read": "to receive questions in channels",
    AGENT_SCOPE: "to suggest questions in the agent view, and to show that an answer is on its way",
    "channels:history": "to read follow-ups in threads, and to see whether a message arrived before sending it again",
    "channels:read": "to see who may read an answer in a channel, and to learn what happens to the channels in use",
    "chat:write": "to answer and post",
    "commands": "for the slash commands",
    "groups:history": "to do the same in private channels",
    "groups:read": "to check private channels, and to see who may read an answer there",
    "im:history": "to receive questions in direct messages, and to see whether a message arrived there",
    "im:write": "to open direct messages",
    "mpim:history": "to do the same in group direct messages",
    "mpim:read": "to see who may read an answer in a group direct message",
    "usergroups:read": "to see who is in the user groups that give roles",
    "users:read": "to check that the organisation file's people exist, and to learn that an account was deactivated",
}


# What doesn't work without these scopes, while everything else does. A scope that a later version adds belongs here:
# tokens of earlier versions lack it. The scopes that no feature names are needed to work at all.
FEATURES = {
    "suggested questions, titles and a status while working in the agent view": (AGENT_SCOPE,),
    "follow-ups in a channel's thread without a mention": ("channels:history", "groups:history"),
    "follow-ups in a thread of a group direct message without a mention": ("mpim:history",),
    "looking for an earlier copy in channels before a message is sent again": ("channels:history", "groups:history"),
    "answers that everybody in a channel sees, and checks and notices of what happens to channels": (
        "channels:read",
        "groups:read",
    ),
    "looking for an earlier copy in group direct messages before a message is sent again": ("mpim:history",),
    "answers that everybody in a group direct message sees": ("mpim:read",),
    "roles by Slack user group": ("usergroups:read",),
    "checks of people, and notices of deactivated accounts": ("users:read",),
}


AGENT_DESCRIPTION = (
    "Ask how projects are run here and how they stand, in your own words. Answers quote the handbook and name the "
    "section; if it doesn't say, a person from the PMO answers."
)
FIRST_PROMPTS = (
    "What can you do?",
    "How do I know whether my project is in trouble?",
    "Which projects are red?",
    "Where is my request?",
)


def build_manifest(request_url: str = "") -> dict[str, Any]:
    """The manifest in Slack's schema 2, for Socket Mode or for signed requests to `request_url`."""
    return {
        "display_information": {
            "name": "PMO Assistant",
            "description": "Your project management office: ask the handbook, request services, follow the strategy.",
            "background_color": "#1f4e5f",
        },
        "features": {
            "agent_view": {"agent_description": AGENT_DESCRIPTION, "suggested_prompts": _build_prompts()},
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": "PMO Assistant", "always_online": True},
            "slash_commands": [_build_command(command, request_url) for command in COMMANDS],
            "shortcuts": [
                {
                    "name": shortcut.name,
                    "type": shortcut.type,
                    "callback_id": shortcut.callback_id,
                    "description": shortcut.description,
                }
                for shortcut in SHORTCUTS
            ],
        },
        "oauth_config": {"scopes": {"bot": sorted(SCOPES)}},
        "settings": {
            "event_subscriptions": _build_request(request_url) | {"bot_events": sorted(chain(*EVENTS.values()))},
            "interactivity": {"is_enabled": True}
            | _build_request(request_url)
            | ({"message_menu_options_url": request_url} if request_url else {}),
            "org_deploy_enabled": False,
            "socket_mode_enabled": not request_url,
            "token_rotation_enabled": False,
        },
    }


def _build_prompts() -> list[dict[str, str]]:
    """What Slack suggests until the bot knows who is asking."""
    return [{"title": prompt, "message": prompt} for prompt in FIRST_PROMPTS]


def _build_command(command: Command, url: str) -> dict[str, Any]:
    """Slack rejects an empty hint."""
    entry = {"command": command.name, "description": command.description, "should_escape": False}
    return entry | ({"usage_hint": command.usage_hint} if command.usage_hint else {}) | ({"url": url} if url else {})


def _build_request(url: str) -> dict[str, str]:
    return {"request_url": url} if url else {}
