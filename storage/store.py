"""The one door to what is kept: a transaction gives a part for each noun, and all of it commits together."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy.orm import Session

from storage.database import Database
from storage.engine.inbox import Arrival, Inbox
from storage.engine.outbox import Outbox
from storage.engine.schedules import Schedules
from storage.handbook import HandbookPages
from storage.homes import Homes
from storage.questions import Questions
from storage.request_times import RequestTimes
from storage.requests import Ratings, Requests
from storage.stories import Stories
from storage.strategy import Strategies
from storage.updates import Updates


class Transaction:
    """What may be read and changed together. The parts share one session."""

    def __init__(self, session: Session, now: datetime) -> None:
        self.session = session
        self.now = now
        self.handbook = HandbookPages(session)
        self.homes = Homes(session)
        self.outbox = Outbox(session, now)
        self.questions = Questions(session)
        self.ratings = Ratings(session)
        self.request_times = RequestTimes(session)
        self.requests = Requests(session)
        self.schedules = Schedules(session)
        self.stories = Stories(session)
        self.strategy = Strategies(session)
        self.updates = Updates(session)


class Store:
    """Opens transactions. Safe to use from many threads."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.inbox = Inbox(database)

    @contextmanager
    def transaction(self, now: datetime) -> Iterator[Transaction]:
        """Change things; all or nothing."""
        with self.database.transaction() as session:
            yield Transaction(session, now)

    @contextmanager
    def arrival_transaction(self, arrival: Arrival, now: datetime) -> Iterator[Transaction]:
        """The results of an arrival's work, committed together with its “done”.

        Raises:
            storage.engine.inbox.Lost: somebody else has taken the arrival over; nothing is changed.
        """
        with self.database.transaction(durable=False) as session:  # what is lost in a power cut is done again
            self.inbox.mark_done(session, arrival, now)
            yield Transaction(session, now)

    @contextmanager
    def read_only(self, now: datetime) -> Iterator[Transaction]:
        """Look only."""
        with self.database.read_only() as session:
            yield Transaction(session, now)
