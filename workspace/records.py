"""The workspace's records: the team, its people and its channels."""

from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Team:
    id: str
    name: str
    domain: str


@dataclass(frozen=True, slots=True)
class AppIdentity:
    """The app's ids in this workspace: `A…` for the app, `U…` for its user, `B…` for its bot."""

    id: str
    bot_user_id: str
    bot_id: str
    bot_name: str


@dataclass(frozen=True, slots=True)
class Member:
    """A person, or a bot. `team_id` is their own organisation, which may not be this workspace's.

    `is_restricted` marks guests, `is_ultra_restricted` those of a single channel; `deleted` a deactivated account.
    """

    id: str
    name: str
    real_name: str
    title: str = ""
    tz: str = "UTC"
    email: str = ""
    color: str = "4a7c94"
    team_id: str = ""
    locale: str = "en-US"
    is_bot: bool = False
    is_workflow_bot: bool = False
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    deleted: bool = False

    @property
    def is_guest(self) -> bool:
        return self.is_restricted or self.is_ultra_restricted


@dataclass(frozen=True, slots=True)
class Usergroup:
    """A user group. `disabled_at` is when it was disabled, 0 while it's in use; `changed_by` changed it last."""

    id: str
    handle: str
    name: str
    users: tuple[str, ...]
    updated_at: int = 0
    disabled_at: int = 0
    changed_by: str = ""


@dataclass(slots=True)
class Channel:
    """A public or private channel, a direct message (`is_im`) or a group message (`is_mpim`).

    `members` is an ordered set of user ids. `connected_team_ids` are the other organisations it is shared with.
    """

    id: str
    name: str
    is_private: bool = False
    is_im: bool = False
    is_mpim: bool = False
    topic: str = ""
    is_archived: bool = False
    created: int = 0
    members: dict[str, None] = field(default_factory=dict)
    pins: list[str] = field(default_factory=list)
    connected_team_ids: list[str] = field(default_factory=list)

    @property
    def kind(self) -> str:
        """The `channel_type` in message events."""
        if self.is_im:
            return "im"
        if self.is_mpim:
            return "mpim"
        return "group" if self.is_private else "channel"

    def to_row(self) -> Json:
        return {
            "id": self.id,
            "name": self.name,
            "is_private": self.is_private,
            "is_im": self.is_im,
            "is_mpim": self.is_mpim,
            "topic": self.topic,
            "is_archived": self.is_archived,
            "created": self.created,
            "members": list(self.members),
            "pins": self.pins,
            "connected_team_ids": self.connected_team_ids,
        }

    @classmethod
    def from_row(cls, row: Json) -> "Channel":
        return cls(**{**row, "members": dict.fromkeys(row["members"])})
