"""The app manifest. A test holds it to what the code registers and calls, so that the two cannot drift apart."""

from typing import Any

from handlers.commands import COMMANDS, EVENTS, SHORTCUTS, Command

# Why each scope is there. `pmo doctor` compares them with what the token holds.
SCOPES = {
    "app_mentions:read": "to hear questions in channels",
    "channels:history": "to see whether a post got through before it is tried again",
    "channels:read": "to check that the channels of the organisation file exist",
    "chat:write": "to answer and to post",
    "commands": "for the slash commands",
    "groups:history": "the same look in private channels",
    "groups:read": "the same check for private channels",
    "im:history": "to hear questions in direct messages, and the same look there",
    "im:write": "to open direct messages",
    "users:read": "to check that the people of the organisation file exist",
}


def build_manifest(request_url: str = "") -> dict[str, Any]:
    """The manifest in Slack's form, version 2: for Socket Mode, or for signed requests to `request_url`."""
    return {
        "display_information": {
            "name": "PMO Assistant",
            "description": "Your project management office: ask the handbook, request services, follow the strategy.",
            "background_color": "#1f4e5f",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": "PMO Assistant", "always_online": True},
            "slash_commands": [_command(command, request_url) for command in COMMANDS],
            "shortcuts": [
                {
                    "name": shortcut.name,
                    "type": "global",
                    "callback_id": shortcut.callback_id,
                    "description": shortcut.description,
                }
                for shortcut in SHORTCUTS
            ],
        },
        "oauth_config": {"scopes": {"bot": sorted(SCOPES)}},
        "settings": {
            "event_subscriptions": _request(request_url) | {"bot_events": sorted(EVENTS.values())},
            "interactivity": {"is_enabled": True}
            | _request(request_url)
            | ({"message_menu_options_url": request_url} if request_url else {}),
            "org_deploy_enabled": False,
            "socket_mode_enabled": not request_url,
            "token_rotation_enabled": False,
        },
    }


def _command(command: Command, url: str) -> dict[str, Any]:
    """Slack refuses an empty hint."""
    made = {"command": command.name, "description": command.description, "should_escape": False}
    return made | ({"usage_hint": command.usage_hint} if command.usage_hint else {}) | ({"url": url} if url else {})


def _request(url: str) -> dict[str, str]:
    return {"request_url": url} if url else {}
