"""The app's manifest: what the app has asked Slack for."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workspace.errors import ConfigProblem


@dataclass(frozen=True, slots=True)
class Command:
    command: str
    description: str
    usage_hint: str
    should_escape: bool


@dataclass(frozen=True, slots=True)
class Shortcut:
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
    commands: Mapping[str, Command]
    shortcuts: Mapping[str, Shortcut]
    scopes: tuple[str, ...]
    bot_events: frozenset[str]
    interactive: bool


def read_manifest(path: Path) -> Manifest:
    """Read a manifest file in JSON. Raises ConfigProblem with the file and the field."""
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
    except OSError as problem:
        raise ConfigProblem(
            f"{path}: the manifest cannot be read ({problem.strerror}). Give its path to --manifest."
        ) from None
    except json.JSONDecodeError as problem:
        raise ConfigProblem(f"{path}, line {problem.lineno}: this is not JSON: {problem.msg}.") from None
    return parse_manifest(raw, str(path))


def parse_manifest(raw: Any, where: str = "manifest") -> Manifest:
    """The parts of an app manifest that matter while the app runs. Raises ConfigProblem naming the field."""
    reader = _Fields(where)
    root = reader.mapping(raw, "the manifest")
    display = reader.mapping(root.get("display_information"), "display_information")
    features = reader.mapping(root.get("features", {}), "features")
    settings = reader.mapping(root.get("settings", {}), "settings")
    home = reader.mapping(features.get("app_home", {}), "features.app_home")
    agent, assistant = features.get("agent_view"), features.get("assistant_view")
    name = reader.text(display, "name", "display_information")
    bot_user = reader.mapping(features.get("bot_user", {}), "features.bot_user")
    return Manifest(
        name=name,
        description=str(display.get("description", "")),
        bot_name=str(bot_user.get("display_name", name)),
        home_enabled=bool(home.get("home_tab_enabled", False)),
        messages_enabled=bool(home.get("messages_tab_enabled", False)) or agent is not None or assistant is not None,
        messages_read_only=bool(home.get("messages_tab_read_only_enabled", False)),
        agent=agent is not None,
        assistant=assistant is not None,
        prompts=tuple((agent or assistant or {}).get("suggested_prompts", ())),
        commands=_commands(reader, features),
        shortcuts=_shortcuts(reader, features),
        scopes=_scopes(reader, root),
        bot_events=_bot_events(reader, settings),
        interactive=bool(reader.mapping(settings.get("interactivity", {}), "settings.interactivity").get("is_enabled")),
    )


@dataclass(frozen=True, slots=True)
class _Fields:
    where: str

    def problem(self, field: str, what: str) -> ConfigProblem:
        return ConfigProblem(f"{self.where}: {field} {what}.")

    def mapping(self, value: Any, field: str) -> Mapping[str, Any]:
        if not isinstance(value, Mapping):
            raise self.problem(field, "is missing or is not an object")
        return value

    def items(self, value: Any, field: str) -> list[Any]:
        if not isinstance(value, list):
            raise self.problem(field, "is not a list")
        return value

    def text(self, mapping: Mapping[str, Any], key: str, field: str) -> str:
        value = mapping.get(key)
        if not isinstance(value, str) or not value:
            raise self.problem(f"{field}.{key}", "is missing or is not a text")
        return value


def _commands(reader: _Fields, features: Mapping[str, Any]) -> dict[str, Command]:
    found: dict[str, Command] = {}
    for index, item in enumerate(reader.items(features.get("slash_commands", []), "features.slash_commands")):
        field = f"features.slash_commands[{index}]"
        fields = reader.mapping(item, field)
        command = reader.text(fields, "command", field)
        if not command.startswith("/"):
            raise reader.problem(f"{field}.command", "has to start with a slash")
        found[command] = Command(
            command=command,
            description=reader.text(fields, "description", field),
            usage_hint=str(fields.get("usage_hint", "")),
            should_escape=bool(fields.get("should_escape", False)),
        )
    return found


def _shortcuts(reader: _Fields, features: Mapping[str, Any]) -> dict[str, Shortcut]:
    found: dict[str, Shortcut] = {}
    for index, item in enumerate(reader.items(features.get("shortcuts", []), "features.shortcuts")):
        field = f"features.shortcuts[{index}]"
        fields = reader.mapping(item, field)
        kind = reader.text(fields, "type", field)
        if kind not in ("global", "message"):
            raise reader.problem(f"{field}.type", "has to be global or message")
        callback_id = reader.text(fields, "callback_id", field)
        found[callback_id] = Shortcut(
            type=kind,
            name=reader.text(fields, "name", field),
            callback_id=callback_id,
            description=str(fields.get("description", "")),
        )
    return found


def _scopes(reader: _Fields, root: Mapping[str, Any]) -> tuple[str, ...]:
    oauth = reader.mapping(root.get("oauth_config", {}), "oauth_config")
    scopes = reader.mapping(oauth.get("scopes", {}), "oauth_config.scopes")
    return tuple(str(scope) for scope in reader.items(scopes.get("bot", []), "oauth_config.scopes.bot"))


def _bot_events(reader: _Fields, settings: Mapping[str, Any]) -> frozenset[str]:
    subscriptions = reader.mapping(settings.get("event_subscriptions", {}), "settings.event_subscriptions")
    names = reader.items(subscriptions.get("bot_events", []), "settings.event_subscriptions.bot_events")
    return frozenset(str(name) for name in names)
