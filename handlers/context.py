"""What the handlers work with, put together once by the composition root."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from foundation.people import People, Person
from knowledge.library import Library
from reporting.definitions import DigestDefinition
from servicedesk.desk import Desk
from storage.store import Store, Transaction
from strategy.records import Absence


@dataclass(frozen=True, slots=True)
class Channels:
    """Ids of the channels in which the bot speaks by itself."""

    triage: str
    progress: str
    stories: str
    leadership: str


@dataclass(frozen=True, slots=True)
class AppContext:
    """One organisation's rooms. `library` gives the handbook as it is now, `desk` the services and the working time,
    `digests` what is told regularly, `absences` who is away when, `now` the moment in aware UTC, `home_sections` the
    parts of everybody's App Home.
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


# A part of the App Home: blocks with what concerns this person, none when nothing does.
HomeSection = Callable[[Transaction, AppContext, Person], list[dict[str, Any]]]
