"""What the handlers work with, put together once by the composition root."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from foundation.people import People
from knowledge.library import Library
from servicedesk.desk import Desk
from storage.store import Store


@dataclass(frozen=True, slots=True)
class Channels:
    """Ids of the channels in which the bot speaks by itself."""

    triage: str
    progress: str
    stories: str
    leadership: str


@dataclass(frozen=True, slots=True)
class House:
    """One organisation's rooms. `library` gives the handbook as it is now, `desk` the services and the working time,
    `now` the moment in aware UTC.
    """

    store: Store
    library: Callable[[], Library]
    people: People
    channels: Channels
    desk: Desk
    now: Callable[[], datetime]
