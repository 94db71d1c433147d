"""The way to everything stored: a transaction has a part for each noun, and all of them commit together."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from foundation.time import find_local_day
from storage.database import Database
from storage.engine.inbox import Arrival, Inbox
from storage.engine.outbox import Outbox, is_open_to_all
from storage.engine.schedules import Schedules
from storage.handbook import HandbookPages
from storage.handbook_archive import KeptHandbooks
from storage.homes import Homes
from storage.learned_questions import LearnedQuestions
from storage.questions import Questions
from storage.request_facts import RequestFacts
from storage.request_times import RequestTimes
from storage.requests import Ratings, Requests
from storage.stories import Stories
from storage.strategy import Strategies
from storage.strategy_memory import StrategyMemory, find_strategy_memory
from storage.threads import Threads
from storage.updates import Updates
from storage.user_groups import UserGroups


class Transaction:
    """What can be read and changed together. The parts share one session.

    `now` is the time of the transaction, `zone` the organisation's.
    """

    def __init__(
        self,
        session: Session,
        now: datetime,
        zone: ZoneInfo,
        strategy_memory: StrategyMemory,
        is_held: Callable[[str], bool] = is_open_to_all,
        arrival: str | None = None,
    ) -> None:
        self.session = session
        self.now = now
        self.zone = zone
        self.handbook = HandbookPages(session)
        self.homes = Homes(session, now)
        self.kept_handbooks = KeptHandbooks(session)
        self.learned_questions = LearnedQuestions(session)
        self.outbox = Outbox(session, now, is_held, arrival)
        self.questions = Questions(session)
        self.ratings = Ratings(session)
        self.request_facts = RequestFacts(session)
        self.request_times = RequestTimes(session)
        self.requests = Requests(session)
        self.schedules = Schedules(session, now)
        self.stories = Stories(session)
        self.strategy = Strategies(session, zone, strategy_memory)
        self.threads = Threads(session)
        self.updates = Updates(session)
        self.user_groups = UserGroups(session)

    @property
    def today(self) -> date:
        """The day that it is in the organisation."""
        return find_local_day(self.now, self.zone)


class Store:
    """Opens transactions. Safe to use from many threads.

    `zone` is the organisation's: its days begin there. `is_held` says whether to hold back what is posted in a channel
    (see Outbox).
    """

    def __init__(
        self,
        database: Database,
        zone: ZoneInfo = ZoneInfo("UTC"),  # noqa: B008 (it's immutable)
        is_held: Callable[[str], bool] = is_open_to_all,
    ) -> None:
        self.database = database
        self._zone = zone
        self._strategy_memory = find_strategy_memory(database)
        self.inbox = Inbox(database)
        self.is_held = is_held

    @contextmanager
    def transaction(self, now: datetime) -> Iterator[Transaction]:
        """Read and change; everything commits together or not at all."""
        with self.database.transaction() as session:
            yield Transaction(session, now, self._zone, self._strategy_memory, self.is_held)

    @contextmanager
    def arrival_transaction(self, arrival: Arrival, now: datetime) -> Iterator[Transaction]:
        """The results of handling an arrival, committed together with its “done”.

        Raises:
            storage.engine.inbox.LeaseLost: another process has taken the arrival over; nothing is changed.
        """
        # Results and “done” share one commit, so neither exists without the other: handling the arrival again can't
        # repeat half of it. If a power cut undoes the commit, it undoes both.
        with self.database.transaction(durable=False) as session:
            self.inbox.mark_done(session, arrival, now)
            yield Transaction(session, now, self._zone, self._strategy_memory, self.is_held, arrival.key)

    @contextmanager
    def read_only(self, now: datetime) -> Iterator[Transaction]:
        """Read only."""
        with self.database.read_only() as session:
            yield Transaction(session, now, self._zone, self._strategy_memory, self.is_held)
