"""The seed: the people, channels and first messages of a new workspace, in YAML. Errors name the line."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.error import MarkedYAMLError

from workspace.errors import ConfigError
from workspace.records import AppIdentity, Channel, Member, Team, Usergroup

DEFAULT_BOT_TOKEN = "xoxb-local-pmo"  # noqa: S105  a made-up token; the workspace only listens on loopback
DEFAULT_APP_TOKEN = "xapp-1-local-pmo"  # noqa: S105  the same
DEFAULT_SIGNING_SECRET = "local-signing-secret"  # noqa: S105  the same
FLAGS = ("is_bot", "is_workflow_bot", "is_restricted", "is_ultra_restricted", "deleted")
COLORS = ("9f69e7", "4bbe2e", "e7392d", "3c989f", "674b1b", "e96699", "e0a729", "684b6c", "5b89d5", "2b6836")


@dataclass(frozen=True, slots=True)
class Tokens:
    bot: str = DEFAULT_BOT_TOKEN
    app: str = DEFAULT_APP_TOKEN
    signing_secret: str = DEFAULT_SIGNING_SECRET


@dataclass(frozen=True, slots=True)
class SeedMessage:
    channel: str
    user: str
    text: str


@dataclass(frozen=True, slots=True)
class Seed:
    team: Team
    app: AppIdentity
    tokens: Tokens
    other_teams: tuple[Team, ...]
    people: tuple[Member, ...]
    channels: tuple[Channel, ...]
    messages: tuple[SeedMessage, ...]
    usergroups: tuple[Usergroup, ...]


def read_seed(path: Path) -> Seed:
    """Read a seed file. Raises ConfigError naming the file, the line and the field."""
    try:
        root = YAML(typ="rt").load(path.read_text(encoding="utf-8"))
    except OSError as problem:
        raise ConfigError(f"{path}: can't read the seed ({problem.strerror}). Pass its path with --seed.") from None
    except MarkedYAMLError as problem:
        line = problem.problem_mark.line + 1 if problem.problem_mark else 1
        raise ConfigError(f"{path}, line {line}: not valid YAML: {problem.problem}.") from None
    if not isinstance(root, CommentedMap):
        raise ConfigError(f"{path}: the seed must contain team, app, people and channels.")
    return _Reader(str(path)).read_seed(root)


@dataclass(frozen=True, slots=True)
class _Reader:
    where: str

    def error(self, node: Any, field: str, what: str) -> ConfigError:
        line = node.lc.line + 1 if hasattr(node, "lc") else 1
        return ConfigError(f"{self.where}, line {line}: {field} {what}.")

    def read_seed(self, root: CommentedMap) -> Seed:
        team, app = self.read_section(root, "team"), self.read_section(root, "app")
        identity = AppIdentity(
            id=self.read_text(app, "id", "app"),
            bot_user_id=self.read_text(app, "bot_user_id", "app"),
            bot_id=str(app.get("bot_id") or "B" + self.read_text(app, "id", "app")[1:]),
            bot_name=str(app.get("bot_name") or ""),
        )
        own = self.read_team(team, "team")
        others = tuple(self.read_team(item, field) for item, field in self.read_items(root, "other_teams"))
        people = tuple(self.read_people(root, own, {other.id for other in others}))
        known = {person.id for person in people} | {identity.bot_user_id}
        channels = tuple(self.read_channels(root, people, known))
        return Seed(
            team=own,
            other_teams=others,
            app=identity,
            tokens=self.read_tokens(root),
            people=people,
            channels=channels,
            messages=tuple(self.read_messages(root, known)),
            usergroups=tuple(self.read_usergroups(root, known)),
        )

    def read_team(self, item: CommentedMap, field: str) -> Team:
        return Team(*(self.read_text(item, name, field) for name in ("id", "name", "domain")))

    def read_tokens(self, root: CommentedMap) -> Tokens:
        given = root.get("tokens") or {}
        defaults = Tokens()
        return Tokens(
            bot=str(given.get("bot", defaults.bot)),
            app=str(given.get("app", defaults.app)),
            signing_secret=str(given.get("signing_secret", defaults.signing_secret)),
        )

    def read_people(self, root: CommentedMap, own: Team, others: set[str]) -> Iterator[Member]:
        seen: set[str] = set()
        for index, (item, field) in enumerate(self.read_items(root, "people", required=True)):
            team = str(item.get("team_id", own.id))
            if team not in {own.id, *others}:
                raise self.error(item, f"{field}.team_id", f"contains {team}, which isn't listed under other_teams")
            flags = {name: bool(item.get(name, False)) for name in FLAGS}
            flags["is_restricted"] |= flags["is_ultra_restricted"]  # as in Slack: such a guest is both
            flags["is_bot"] |= flags["is_workflow_bot"]
            yield Member(
                id=self.read_new_id(item, field, seen),
                name=self.read_text(item, "name", field),
                real_name=self.read_text(item, "real_name", field),
                title=str(item.get("title", "")),
                tz=str(item.get("tz", "UTC")),
                email=str(item.get("email") or f"{item['name']}@example.com"),
                color=COLORS[index % len(COLORS)],
                team_id=team,
                locale=str(item.get("locale", "en-US")),
                **flags,
            )

    def read_channels(self, root: CommentedMap, people: tuple[Member, ...], known: set[str]) -> Iterator[Channel]:
        seen: set[str] = set()
        own = self.read_text(root["team"], "id", "team")
        teams = {person.id: person.team_id for person in people}
        for item, field in self.read_items(root, "channels", required=True):
            members, connected = item.get("members") or [], item.get("connected_team_ids") or []
            self.check_people(item, members, f"{field}.members", known)
            for member in members:
                if teams.get(member, own) not in {own, *connected}:
                    what = f"contains {member}, whose organisation isn't in its connected_team_ids"
                    raise self.error(item, f"{field}.members", what)
            yield Channel(
                id=self.read_new_id(item, field, seen),
                name=self.read_text(item, "name", field),
                topic=str(item.get("topic", "")),
                is_private=bool(item.get("private", False)),
                members=dict.fromkeys(members),
                connected_team_ids=[str(team) for team in connected],
            )

    def read_messages(self, root: CommentedMap, known: set[str]) -> Iterator[SeedMessage]:
        for channel, field in self.read_items(root, "channels"):
            for item, message_field in self.read_items(channel, "messages", prefix=f"{field}."):
                user = self.read_text(item, "user", message_field)
                self.check_people(item, [user], f"{message_field}.user", known)
                yield SeedMessage(channel["id"], user, self.read_text(item, "text", message_field))

    def read_usergroups(self, root: CommentedMap, known: set[str]) -> Iterator[Usergroup]:
        for item, field in self.read_items(root, "usergroups"):
            users = tuple(item.get("users") or ())
            self.check_people(item, users, f"{field}.users", known)
            handle = self.read_text(item, "handle", field)
            yield Usergroup(self.read_text(item, "id", field), handle, str(item.get("name", handle)), users)

    def read_section(self, root: CommentedMap, key: str) -> CommentedMap:
        value = root.get(key)
        if not isinstance(value, CommentedMap):
            raise self.error(root, key, "is missing")
        return value

    def read_items(
        self, parent: CommentedMap, key: str, *, required: bool = False, prefix: str = ""
    ) -> Iterator[tuple[CommentedMap, str]]:
        value = parent.get(key)
        if value is None and not required:
            return
        if not isinstance(value, list) or (required and not value):
            raise self.error(parent, f"{prefix}{key}", "must be a list")
        for index, item in enumerate(value):
            field = f"{prefix}{key}[{index}]"
            if not isinstance(item, CommentedMap):
                raise self.error(parent, field, "must be a set of fields")
            yield item, field

    def read_text(self, item: Mapping[str, Any], key: str, field: str) -> str:
        value = item.get(key)
        if not isinstance(value, str) or not value:
            raise self.error(item, f"{field}.{key}", "is missing or isn't text")
        return value

    def read_new_id(self, item: CommentedMap, field: str, seen: set[str]) -> str:
        value = self.read_text(item, "id", field)
        if value in seen:
            raise self.error(item, f"{field}.id", f"{value} is used twice")
        seen.add(value)
        return value

    def check_people(self, item: CommentedMap, ids: Any, field: str, known: set[str]) -> None:
        for person in ids:
            if person not in known:
                raise self.error(item, field, f"contains {person}, who isn't listed under people")
