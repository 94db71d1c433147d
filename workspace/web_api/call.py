"""A call of a Web API method, and its arguments read the way Slack reads them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from workspace.errors import ApiError
from workspace.hub import Hub
from workspace.json_text import parse_json
from workspace.records import Channel, Json

PAGE_AT_MOST = 1_000


@dataclass(frozen=True, slots=True)
class Call:
    """`args` merges the arguments from query, form and JSON: a value may be a string or any JSON value."""

    hub: Hub
    method: str
    args: Json

    def text(self, name: str, missing: str = "") -> str:
        """Read a text argument. `missing` is the error code if the argument is required."""
        value = self.args.get(name)
        if value is None or value == "":
            if missing:
                raise ApiError(missing)
            return ""
        return str(value)

    def flag(self, name: str, default: bool = False) -> bool:
        value = self.args.get(name)
        if value is None:
            return default
        return value is True or str(value).lower() in ("1", "true")

    def number(self, name: str, default: int, problem: str = "invalid_arguments") -> int:
        """Read a whole number. A missing value or 0 means the default."""
        value = self.args.get(name)
        if value in (None, ""):
            return default
        try:
            return int(str(value)) or default
        except ValueError:
            raise ApiError(problem) from None

    def structure(self, name: str, problem: str = "invalid_arguments") -> Any:
        """Read an argument that is a list or an object, or the JSON text of one. Returns None if it is missing."""
        value = self.args.get(name)
        if value is None or value == "":
            return None
        if isinstance(value, str):
            try:
                return parse_json(value)
            except ValueError:
                raise ApiError(problem) from None
        return value

    def require_scope(self, scope: str) -> None:
        """Raise ApiError `missing_scope` if the app doesn't have this scope."""
        granted = self.hub.manifest.scopes
        if scope not in granted:
            raise ApiError("missing_scope", needed=scope, provided=",".join(granted))

    def channel(self, name: str = "channel") -> Channel:
        """Read an argument that names a channel the app can see. Raises ApiError `channel_not_found`."""
        state = self.hub.state
        given = self.text(name, missing="channel_not_found").lstrip("#")
        channel = state.channels.get(given) or state.channels.get(state.channel_names.get(given, ""))
        if channel is None or (channel.is_private and not state.has_bot(channel)):
            raise ApiError("channel_not_found")
        return channel

    def user(self, name: str = "user") -> str:
        user = self.text(name, missing="user_not_found")
        if user not in self.hub.state.people:
            raise ApiError("user_not_found")
        return user


@dataclass(frozen=True, slots=True)
class Method:
    """`scopes`: any one of them is enough. `tier`: calls per minute.

    `by` is the token it takes: `bot`, `app`, or `any` if it needs none.
    """

    run: Callable[[Call], Json]
    scopes: tuple[str, ...] = ()
    tier: int = 50
    by: str = "bot"


def paginate_items(items: list[Any], call: Call, default: int = 100) -> tuple[list[Any], Json]:
    """Slack's cursor pagination: return the requested part of a list and its response_metadata."""
    limit = call.number("limit", default, "invalid_limit")
    if not 0 < limit <= PAGE_AT_MOST:
        raise ApiError("invalid_limit")
    cursor = call.text("cursor")
    try:
        start = int(bytes.fromhex(cursor)) if cursor else 0
    except ValueError:
        raise ApiError("invalid_cursor") from None
    end = start + limit
    following = str(end).encode().hex() if end < len(items) else ""
    return items[start:end], {"response_metadata": {"next_cursor": following}}
