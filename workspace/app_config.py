"""The app's manifest: the features, scopes and events it asks Slack for."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from math import inf
from pathlib import Path
from typing import Any

from workspace.errors import ConfigError

PROMPTS_AT_MOST = 4
AGENT_FIELDS = ("agent_description", "suggested_prompts", "actions")


@dataclass(frozen=True, slots=True)
class SlashCommand:
    command: str
    description: str
    usage_hint: str
    should_escape: bool


@dataclass(frozen=True, slots=True)
class AppShortcut:
    type: str
    name: str
    callback_id: str
    description: str


@dataclass(frozen=True, slots=True)
class Manifest:
    name: str
    description: str
    bot_name: str
    home_enabled: bool
    messages_enabled: bool
    messages_read_only: bool
    agent: bool
    assistant: bool
    prompts: tuple[Mapping[str, str], ...]
    commands: Mapping[str, SlashCommand]
    shortcuts: Mapping[str, AppShortcut]
    scopes: tuple[str, ...]
    bot_events: frozenset[str]
    interactive: bool


def read_manifest(path: Path) -> Manifest:
    """Read a JSON manifest. Raises ConfigError naming the file and the field."""
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
    except OSError as problem:
        raise ConfigError(
            f"{path}: can't read the manifest ({problem.strerror}). Pass its path with --manifest."
        ) from None
    except json.JSONDecodeError as problem:
        raise ConfigError(f"{path}, line {problem.lineno}: not valid JSON: {problem.msg}.") from None
    return parse_manifest(raw, str(path))


def parse_manifest(raw: Any, where: str = "manifest") -> Manifest:
    """Read the parts of an app manifest that matter while the app runs. Raises ConfigError naming the field."""
    reader = _ManifestFields(where)
    root = reader.mapping(raw, "the manifest")
    display = reader.mapping(root.get("display_information"), "display_information")
    features = reader.mapping(root.get("features", {}), "features")
    settings = reader.mapping(root.get("settings", {}), "settings")
    home = reader.mapping(features.get("app_home", {}), "features.app_home")
    agent, assistant = features.get("agent_view"), features.get("assistant_view")
    name = reader.text(display, "name", "display_information", 35)
    reader.optional(display, "long_description", "display_information", 4000, at_least=175)
    bot_user = reader.mapping(features.get("bot_user", {}), "features.bot_user")
    return Manifest(
        name=name,
        description=reader.optional(display, "description", "display_information", 140),
        bot_name=reader.optional(bot_user, "display_name", "features.bot_user", 80) or name,
        home_enabled=bool(home.get("home_tab_enabled", False)),
        messages_enabled=bool(home.get("messages_tab_enabled", False)) or agent is not None or assistant is not None,
        messages_read_only=bool(home.get("messages_tab_read_only_enabled", False)),
        agent=agent is not None,
        assistant=assistant is not None,
        prompts=_read_prompts(reader, features),
        commands=_read_commands(reader, features),
        shortcuts=_read_shortcuts(reader, features),
        scopes=_read_scopes(reader, root),
        bot_events=_read_bot_events(reader, settings),
        interactive=bool(reader.mapping(settings.get("interactivity", {}), "settings.interactivity").get("is_enabled")),
    )


@dataclass(frozen=True, slots=True)
class _ManifestFields:
    where: str

    def error(self, field: str, what: str) -> ConfigError:
        return ConfigError(f"{self.where}: {field} {what}.")

    def mapping(self, value: Any, field: str) -> Mapping[str, Any]:
        if not isinstance(value, Mapping):
            raise self.error(field, "is missing or isn't an object")
        return value

    def items(self, value: Any, field: str, at_most: int) -> list[Any]:
        if not isinstance(value, list):
            raise self.error(field, "isn't a list")
        if len(value) > at_most:
            raise self.error(field, f"has more than {at_most} entries")
        return value

    def text(self, mapping: Mapping[str, Any], key: str, field: str, at_most: float = inf, *, at_least: int = 1) -> str:
        value = mapping.get(key)
        if not isinstance(value, str) or not value:
            raise self.error(f"{field}.{key}", "is missing or isn't text")
        if not at_least <= len(value) <= at_most:
            raise self.error(f"{field}.{key}", f"has {len(value)} characters; Slack allows {at_least} to {at_most}")
        return value

    def optional(self, mapping: Mapping[str, Any], key: str, field: str, at_most: int, *, at_least: int = 1) -> str:
        """Like `text`, but a missing field reads as an empty string."""
        return self.text(mapping, key, field, at_most, at_least=at_least) if key in mapping else ""


def _read_prompts(reader: _ManifestFields, features: Mapping[str, Any]) -> tuple[Mapping[str, str], ...]:
    """The suggested prompts of the agent view, or of the older assistant view."""
    view = "agent_view" if features.get("agent_view") is not None else "assistant_view"
    fields = reader.mapping(features.get(view) or {}, f"features.{view}")
    if view == "agent_view":
        _check_agent_view(reader, fields)
    where = f"features.{view}.suggested_prompts"
    prompts = reader.items(fields.get("suggested_prompts", []), where, PROMPTS_AT_MOST)
    for index, item in enumerate(prompts):
        for key in ("title", "message"):
            reader.text(reader.mapping(item, f"{where}[{index}]"), key, f"{where}[{index}]")
    return tuple(prompts)


def _check_agent_view(reader: _ManifestFields, fields: Mapping[str, Any]) -> None:
    where = "features.agent_view"
    for name in fields:
        if name not in AGENT_FIELDS:
            raise reader.error(f"{where}.{name}", f"isn't known; use {', '.join(AGENT_FIELDS)}")
    reader.optional(fields, "agent_description", where, 300)
    for index, action in enumerate(reader.items(fields.get("actions", []), f"{where}.actions", 100)):
        place = f"{where}.actions[{index}]"
        for key in ("name", "description"):
            reader.text(reader.mapping(action, place), key, place)


def _read_commands(reader: _ManifestFields, features: Mapping[str, Any]) -> dict[str, SlashCommand]:
    found: dict[str, SlashCommand] = {}
    for index, item in enumerate(reader.items(features.get("slash_commands", []), "features.slash_commands", 50)):
        field = f"features.slash_commands[{index}]"
        fields = reader.mapping(item, field)
        command = reader.text(fields, "command", field, 32, at_least=2)
        if not command.startswith("/"):
            raise reader.error(f"{field}.command", "must start with a slash")
        found[command] = SlashCommand(
            command=command,
            description=reader.text(fields, "description", field, 2000),
            usage_hint=reader.optional(fields, "usage_hint", field, 1000),
            should_escape=bool(fields.get("should_escape", False)),
        )
    return found


def _read_shortcuts(reader: _ManifestFields, features: Mapping[str, Any]) -> dict[str, AppShortcut]:
    found: dict[str, AppShortcut] = {}
    for index, item in enumerate(reader.items(features.get("shortcuts", []), "features.shortcuts", 10)):
        field = f"features.shortcuts[{index}]"
        fields = reader.mapping(item, field)
        kind = reader.text(fields, "type", field)
        if kind not in ("global", "message"):
            raise reader.error(f"{field}.type", "must be global or message")
        callback_id = reader.text(fields, "callback_id", field, 255)
        found[callback_id] = AppShortcut(
            type=kind,
            name=reader.text(fields, "name", field, 24),
            callback_id=callback_id,
            description=reader.text(fields, "description", field, 150),
        )
    return found


def _read_scopes(reader: _ManifestFields, root: Mapping[str, Any]) -> tuple[str, ...]:
    oauth = reader.mapping(root.get("oauth_config", {}), "oauth_config")
    scopes = reader.mapping(oauth.get("scopes", {}), "oauth_config.scopes")
    return tuple(str(scope) for scope in reader.items(scopes.get("bot", []), "oauth_config.scopes.bot", 255))


def _read_bot_events(reader: _ManifestFields, settings: Mapping[str, Any]) -> frozenset[str]:
    subscriptions = reader.mapping(settings.get("event_subscriptions", {}), "settings.event_subscriptions")
    names = reader.items(subscriptions.get("bot_events", []), "settings.event_subscriptions.bot_events", 100)
    return frozenset(str(name) for name in names)
