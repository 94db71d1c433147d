"""What the handlers work with. The composition root builds it once."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from foundation.access import Access, PersonKind
from foundation.people import People, Person, RoleGroup, treat_as_unlisted
from knowledge.library import Library
from knowledge.selector import Selector
from reporting.definitions import DigestDefinition
from servicedesk.desk import Desk
from storage.retention import Retention
from storage.store import Store, Transaction
from strategy.records import Absence


@dataclass(frozen=True, slots=True)
class Channels:
    """IDs of the channels that the bot posts to on its own."""

    triage: str
    progress: str
    stories: str
    leadership: str


class ChannelCheck(Protocol):
    """Whether the channels that the bot posts to can be used."""

    @property
    def problems(self) -> Sequence[str] | None:
        """What is wrong and what to do, as last found; None if it isn't known."""

    @property
    def shared(self) -> Collection[str]:
        """The ids of those that are shared with another organisation, as last found."""

    def run(self) -> None:
        """Check them again, unless that was just done. It may wait for Slack: never call it within a transaction."""


@dataclass(frozen=True, slots=True)
class OwnFiles:
    """The name of the organisation file, empty for the sample, and which files of its own it names."""

    organisation: str = ""
    catalogue: bool = False
    digests: bool = False


class Directory(Protocol):
    """What Slack says about people.

    `own_ids` are the ids of our own workspace and of its enterprise, if it belongs to one; empty if they aren't known.
    """

    @property
    def own_ids(self) -> frozenset[str]: ...

    @property
    def is_enterprise(self) -> bool: ...

    def recall(self, user: str) -> PersonKind:
        """What Slack last said; never waits."""

    def look_up(self, user: str) -> None:
        """Ask Slack, unless the answer is remembered. Waits a little, and never raises."""

    async def look_up_soon(self, user: str) -> None:
        """The same on the event loop."""


class NoDirectory:
    """Where there's no Slack to ask."""

    own_ids: frozenset[str] = frozenset()
    is_enterprise = False

    def recall(self, user: str) -> PersonKind:
        return treat_as_unlisted(user)

    def look_up(self, user: str) -> None:
        """Nothing to ask."""

    async def look_up_soon(self, user: str) -> None:
        """Nothing to ask."""


@dataclass(frozen=True, slots=True)
class RoleGroups:
    """The user groups that give roles. `versions` say from which of their stored members `people` were built."""

    groups: Sequence[RoleGroup] = ()
    versions: Mapping[str, int] = field(default_factory=dict)

    @property
    def ids(self) -> frozenset[str]:
        return frozenset(group.id for group in self.groups)


@dataclass(frozen=True, slots=True)
class AppContext:
    """Everything about one organisation that a handler needs.

    `library` returns the current handbook, `desk` holds the services and the working time, `digests` what is posted
    regularly, `absences` who is away when, `home_sections` the sections of the App Home. `now` returns aware UTC.
    `selector` asks the organisation's language model, if there is one. `find_members` gives the ids of the people in a
    channel, None if that can't be known or if people of other organisations are among them; it may wait for Slack.
    `own_files` and `channel_check` show a new organisation what is still to be set up.
    `bot_user` is the bot's own id, which mentions of it contain. `has_agent_view`: Slack shows the app as an agent.
    `directory` says who somebody is in Slack; `role_groups` are the user groups whose members are among the `people`.
    `retention` says how long data stays.
    """

    store: Store
    library: Callable[[], Library]
    people: People
    channels: Channels
    desk: Desk
    digests: Sequence[DigestDefinition]
    absences: Sequence[Absence]
    home_sections: Sequence["HomeSection"]
    now: Callable[[], datetime]
    selector: Selector | None = None
    find_members: Callable[[str], Collection[str] | None] = lambda _: None
    own_files: OwnFiles = OwnFiles()
    channel_check: ChannelCheck | None = None
    bot_user: str = ""
    directory: Directory = field(default_factory=NoDirectory)
    has_agent_view: bool = False
    retention: Retention = field(default_factory=Retention)
    role_groups: RoleGroups = RoleGroups()

    def is_shared(self, channel: str) -> bool:
        """Whether people of another organisation read a channel that the bot posts to, as last found."""
        return self.channel_check is not None and channel in self.channel_check.shared

    def check_channels(self) -> None:
        """Find out which channels are shared. It may wait for Slack: never call it within a transaction."""
        if self.channel_check:
            self.channel_check.run()


@dataclass(frozen=True, slots=True)
class HomeSection:
    """A section of the App Home, for those whose access covers `needs`.

    `build` gives its blocks for this person; empty when there is nothing to show.
    """

    needs: Access
    build: Callable[[Transaction, AppContext, Person], list[dict[str, Any]]]
