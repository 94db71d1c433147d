"""Requests, their logs and their cards, within a transaction."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Select, delete, exists, func, insert, select, update
from sqlalchemy.orm import Session

from foundation.errors import Conflict, NotFound
from servicedesk.records import Request, RequestChange, RequestLogEntry, RequestState, RequestVerb
from servicedesk.requests import describe_missing_request
from servicedesk.satisfaction import Rating
from storage.tables.engine import DeliveryRow
from storage.tables.requests import RatingRow, RequestCardRow, RequestDeskRow, RequestEntryRow, RequestRow
from storage.upsert import insert_new_rows, upsert_row

_REQUEST = TypeAdapter(Request)
_DESK_ID = 1  # the desk has one row
# The sum keeps the database from reading all requests by number until it has found enough open ones:
# the open ones are few, have an index, and are the newest.
_BY_NUMBER = RequestRow.number + 0


class Requests:
    """Requests and their logs. A request and the log entry that led to it are written together, or not at all."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def take_next_number(self) -> int:
        """A number that no other request has or will have."""
        # The update locks the row until the transaction ends, so two processes can't take the same number. If the
        # transaction is rolled back the number is free again.
        insert_new_rows(self._session, RequestDeskRow, [{"id": _DESK_ID, "last": 0, "counted_by": None}])
        counting = update(RequestDeskRow).values(last=RequestDeskRow.last + 1).returning(RequestDeskRow.last)
        return self._session.scalars(counting).one()

    def find_by_key(self, key: str) -> Request | None:
        """The request of this submission, if it was made before."""
        row = self._session.scalar(select(RequestRow).where(RequestRow.key == key))
        return to_request(row) if row else None

    def add(self, changes: Sequence[RequestChange]) -> Request:
        """Store a new request with its first log entries. If its key is known, return the request that has it.

        Raises:
            Conflict: another request has the number.
        """
        request = changes[-1].request
        if not insert_new_rows(self._session, RequestRow, [to_request_row(request)]):
            found = self.find_by_key(request.key)
            if found is None:
                raise Conflict(f"The number {request.reference} is taken. Try again.")
            return found
        self._write_log(changes)
        return request

    def save(self, change: RequestChange) -> None:
        """Store a change, if the stored request is still at the version before it.

        Raises:
            Conflict: somebody else changed it in between; nothing is written.
        """
        if change.entry is None:
            return
        request = change.request
        # Compare and set: of two people who act on the same version, the second finds no row and must look again. The
        # database decides it in one statement, so it also holds between processes.
        unchanged = (RequestRow.number == request.number) & (RequestRow.version == request.version - 1)
        saved = update(RequestRow).where(unchanged).values(**to_request_row(request)).returning(RequestRow.number)
        if self._session.scalar(saved) is None:
            raise Conflict(
                f"Someone else has just changed {request.reference}. Open it again to see its current status."
            )
        self._write_log([change])

    def get(self, number: int) -> Request:
        """Raises NotFound."""
        row = self._session.get(RequestRow, number)
        if row is None:
            raise NotFound(describe_missing_request(number))
        return to_request(row)

    def read_log(self, number: int) -> tuple[RequestLogEntry, ...]:
        """The complete log, oldest entry first."""
        rows = select(RequestEntryRow).where(RequestEntryRow.number == number).order_by(RequestEntryRow.version)
        return tuple(_to_entry(row) for row in self._session.scalars(rows))

    def list_by_requester(self, person: str, states: Collection[RequestState], limit: int) -> list[Request]:
        """The person's own requests, newest first."""
        mine = select(RequestRow).where(RequestRow.requester == person, RequestRow.state.in_(states))
        return self._read_many(mine.order_by(RequestRow.number.desc()).limit(limit))

    def list_involving(self, person: str, states: Collection[RequestState], limit: int) -> list[Request]:
        """Requests of which the person has or had a card: as requester, watcher, assignee or approver; newest first."""
        # Open requests are few, and the cards that somebody has had in years are many, so the former are read first.
        has_card = exists().where(RequestCardRow.number == RequestRow.number, RequestCardRow.place == person)
        theirs = select(RequestRow).where(RequestRow.state.in_(states), has_card)
        return self._read_many(theirs.order_by(_BY_NUMBER.desc()).limit(limit))

    def list_in_states(self, states: Collection[RequestState], limit: int | None = None) -> list[Request]:
        """The requests in these states, oldest first; with a limit, the oldest of them."""
        query = select(RequestRow).where(RequestRow.state.in_(states)).order_by(_BY_NUMBER)
        return self._read_many(query.limit(limit))

    def list_numbers_in_states(self, states: Collection[RequestState]) -> Sequence[int]:
        """The numbers of all requests in these states, the lowest first."""
        found = select(RequestRow.number).where(RequestRow.state.in_(states)).order_by(RequestRow.number)
        return self._session.scalars(found).all()

    def count_in_states(self, states: Collection[RequestState]) -> int:
        counted = select(func.count()).select_from(RequestRow).where(RequestRow.state.in_(states))
        return self._session.scalar(counted) or 0

    def read_cards(self, number: int) -> Mapping[str, str]:
        """The cards of a request: place → delivery."""
        rows = self._session.scalars(select(RequestCardRow).where(RequestCardRow.number == number))
        return {row.place: row.delivery for row in rows}

    def find_by_card(self, place: str, ts: str) -> int | None:
        """The number of the request whose card in the person's direct messages has this ts."""
        card = select(RequestCardRow.number).join(DeliveryRow, DeliveryRow.id == RequestCardRow.delivery)
        return self._session.scalar(card.where(RequestCardRow.place == place, DeliveryRow.posted_ts == ts))

    def remember_card(self, number: int, place: str, delivery: str) -> None:
        upsert_row(self._session, RequestCardRow, {"number": number, "place": place, "delivery": delivery})

    def forget_cards(self, place: str, deliveries: Collection[str]) -> list[int]:
        """Forget those of these deliveries that are a card in this place. Returns the numbers of their requests."""
        cards = (RequestCardRow.place == place) & RequestCardRow.delivery.in_(deliveries)
        return list(self._session.scalars(delete(RequestCardRow).where(cards).returning(RequestCardRow.number)))

    def list_numbered(self, numbers: Collection[int]) -> list[Request]:
        """The requests with these numbers, oldest first."""
        return self._read_many(select(RequestRow).where(RequestRow.number.in_(numbers)).order_by(RequestRow.number))

    def list_without_card(self, place: str, states: Collection[RequestState]) -> list[Request]:
        """The requests in these states that have no card in this place, oldest first."""
        carded = select(RequestCardRow.number).where(RequestCardRow.place == place)
        query = select(RequestRow).where(RequestRow.state.in_(states), RequestRow.number.not_in(carded))
        return self._read_many(query.order_by(RequestRow.number))

    def _read_many(self, rows: Select[RequestRow]) -> list[Request]:
        return [to_request(row) for row in self._session.scalars(rows)]

    def _write_log(self, changes: Iterable[RequestChange]) -> None:
        rows = [to_entry_row(change.entry) for change in changes if change.entry]
        if rows:
            self._session.execute(insert(RequestEntryRow), rows)


class Ratings:
    """Ratings of closed requests."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def save(self, rating: Rating) -> None:
        """Store the rating in place of an earlier one of the same request."""
        names = ("number", "person", "score", "comment", "at")
        upsert_row(self._session, RatingRow, {name: getattr(rating, name) for name in names})

    def get(self, number: int) -> Rating | None:
        row = self._session.get(RatingRow, number)
        return _to_rating(row) if row else None

    def list_between(self, start: datetime, end: datetime) -> list[Rating]:
        rows = select(RatingRow).where(RatingRow.at >= start, RatingRow.at < end).order_by(RatingRow.at)
        return [_to_rating(row) for row in self._session.scalars(rows)]


def _to_rating(row: RatingRow) -> Rating:
    return Rating(row.number, row.person, row.score, row.comment, row.at)


def to_request_row(request: Request) -> dict[str, Any]:
    names = ("number", "key", "version", "state", "service", "requester", "created_at", "updated_at")
    return {name: getattr(request, name) for name in names} | {"record": _REQUEST.dump_python(request, mode="json")}


def to_request(row: RequestRow) -> Request:
    return _REQUEST.validate_python(row.record)


def to_entry_row(entry: RequestLogEntry) -> dict[str, Any]:
    names = ("number", "version", "at", "actor", "verb", "before", "after", "comment")
    return {name: getattr(entry, name) for name in names} | {"data": dict(entry.data)}


def _to_entry(row: RequestEntryRow) -> RequestLogEntry:
    return RequestLogEntry(
        number=row.number,
        version=row.version,
        at=row.at,
        actor=row.actor,
        verb=RequestVerb(row.verb),
        before=RequestState(row.before) if row.before else None,
        after=RequestState(row.after),
        comment=row.comment,
        data=row.data,
    )
