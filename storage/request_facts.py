"""The facts of requests that figures count, and the figures' numbers for a period, within a transaction."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import reduce
from operator import add
from typing import Any

from sqlalchemy import ColumnElement, String, cast, delete, exists, func, insert, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from servicedesk.figure_facts import FactKind, FigureFact
from servicedesk.figures import PeriodFacts, Share
from servicedesk.lead_times import Holder
from servicedesk.records import RequestState, RequestVerb
from storage.tables.requests import UNCOUNTED, RatingRow, RequestEntryRow, RequestFactRow, RequestRow

LONG_AGO, FOREVER = datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)
_HELD = {
    Holder.PMO: func.coalesce(RequestFactRow.by_pmo, 0),
    Holder.REQUESTER: func.coalesce(RequestFactRow.by_requester, 0),
    Holder.APPROVER: func.coalesce(RequestFactRow.by_approver, 0),
    Holder.HOLD: func.coalesce(RequestFactRow.on_hold, 0),
}
_LEAD = reduce(add, _HELD.values())


class RequestFacts:
    """The facts of all requests. They are stored after each change, and are out of date until then."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def list_uncounted(self, limit: int) -> Sequence[tuple[int, int]]:
        """Number and version of requests whose facts are out of date, the newest first."""
        rows = select(RequestRow.number, RequestRow.version).where(UNCOUNTED)
        return [
            (number, version)
            for number, version in self._session.execute(rows.order_by(RequestRow.number.desc()).limit(limit))
        ]

    def count_uncounted(self) -> int:
        """How many requests' facts are out of date."""
        return self._session.scalar(select(func.count()).select_from(RequestRow).where(UNCOUNTED)) or 0

    def replace(self, number: int, version: int, facts: Sequence[FigureFact]) -> None:
        """Store the facts of a request as of that version. If it has changed since, it stays out of date."""
        # The row of the request is locked first, so that two processes can't both add facts of one request.
        counted = update(RequestRow).where(RequestRow.number == number).values(figures_version=version)
        self._session.execute(counted, execution_options={"synchronize_session": False})
        self._session.execute(delete(RequestFactRow).where(RequestFactRow.number == number))
        if facts:
            self._session.execute(insert(RequestFactRow), [to_fact_row(number, fact) for fact in facts])

    def mark_uncounted(self, number: int) -> None:
        """Its facts are out of date, as after its clocks were counted anew."""
        marked = update(RequestRow).where(RequestRow.number == number).values(figures_version=0)
        self._session.execute(marked, execution_options={"synchronize_session": False})

    def read_period(self, start: datetime, end: datetime, age_limits: Sequence[datetime | None]) -> PeriodFacts:
        """What was known at `end` of [start, end). `age_limits`: see servicedesk.figures.find_age_limits."""
        submitted = self._count_submitted(start, end)
        triaged, delivered = (self._sum_up(kind, start, end) for kind in (FactKind.TRIAGED, FactKind.DELIVERED))
        return PeriodFacts(
            submitted={service: count for service, is_counted, count in submitted if is_counted},
            dismissed={service: count for service, is_counted, count in submitted if not is_counted},
            triage_seconds=_split_numbers(triaged.seconds),
            triage_met=Share(triaged.met, triaged.measured),
            delivered=delivered.count,
            delivery_seconds=_split_numbers(delivered.seconds),
            delivery_met=Share(delivered.met, delivered.measured),
            lead_seconds=_split_numbers(delivered.lead),
            held={holder: int(getattr(delivered, holder.name) or 0) for holder in _HELD},
            reopened=self._count_reopened(start, end),
            ages=self._count_ages(end, age_limits),
        )

    def count_ratings(self, start: datetime, end: datetime, until: datetime) -> tuple[int, Mapping[int, int]]:
        """How many requests were closed in [start, end), and how often each score was given to them by `until`."""
        closed = (
            select(RequestEntryRow.number)
            .where(
                RequestEntryRow.after == RequestState.CLOSED,
                RequestEntryRow.at >= start,
                RequestEntryRow.at < end,
                or_(RequestEntryRow.before.is_(None), RequestEntryRow.before != RequestState.CLOSED),
            )
            .distinct()
        )
        asked = self._session.scalar(select(func.count()).select_from(closed.subquery())) or 0
        rated = (RatingRow.at >= start, RatingRow.at < until, RatingRow.number.in_(closed))
        scores = select(RatingRow.score, func.count()).where(*rated).group_by(RatingRow.score)
        return asked, dict(self._session.execute(scores).all())

    def _count_submitted(self, start: datetime, end: datetime) -> Sequence[Any]:
        """Service, whether they count, and how many there are."""
        parts = (RequestFactRow.service, RequestFactRow.is_counted)
        counted = select(*parts, func.count()).where(*_match(FactKind.SUBMITTED, start, end)).group_by(*parts)
        return self._session.execute(counted).all()

    def _sum_up(self, kind: FactKind, start: datetime, end: datetime) -> Any:
        """Thousands of facts in one row, with their durations in a text: reading a row for each takes longer."""
        met = RequestFactRow.is_met
        summed = select(
            func.count().label("count"),
            func.count(met).label("measured"),
            func.count().filter(met.is_(True)).label("met"),
            _join_numbers(RequestFactRow.seconds).label("seconds"),
            _join_numbers(_LEAD).label("lead"),
            *(func.sum(seconds).label(holder.name) for holder, seconds in _HELD.items()),
        )
        return self._session.execute(summed.where(*_match(kind, start, end))).one()

    def _count_reopened(self, start: datetime, end: datetime) -> Share:
        """Of the requests delivered in the period those that were reopened after that, by its end."""
        entry, before = RequestEntryRow, aliased(RequestEntryRow)
        within = (entry.at >= start, entry.at < end)
        was_delivered = exists().where(
            before.number == entry.number,
            before.version < entry.version,
            before.verb == RequestVerb.DELIVER,
            before.at >= start,
        )
        count = select(func.count(entry.number.distinct())).where(*within)
        reopened = count.where(entry.verb == RequestVerb.REOPEN, was_delivered)
        delivered = count.where(entry.verb == RequestVerb.DELIVER)
        return Share(self._session.scalar(reopened) or 0, self._session.scalar(delivered) or 0)

    def _count_ages(self, end: datetime, limits: Sequence[datetime | None]) -> tuple[int, ...]:
        """How many were open at `end`, by age group, the youngest first."""
        fact = RequestFactRow
        was_open = (fact.kind == FactKind.OPEN, fact.valid_until >= end, fact.valid_from < end)
        older = [func.count().filter(fact.at < (limit or LONG_AGO)) for limit in limits]
        counts = self._session.execute(select(func.count(), *older).where(*was_open)).one()
        return tuple(more - fewer for more, fewer in zip(counts, (*counts[1:], 0), strict=True))


def _match(kind: FactKind, start: datetime, end: datetime) -> tuple[ColumnElement[bool], ...]:
    """The facts of this kind in [start, end) that were true at its end."""
    fact = RequestFactRow
    return fact.kind == kind, fact.at >= start, fact.at < end, fact.valid_from < end, fact.valid_until >= end


def _join_numbers(numbers: ColumnElement[Any] | InstrumentedAttribute[int | None]) -> ColumnElement[str]:
    return func.aggregate_strings(cast(numbers, String), ",")


def _split_numbers(joined: str | None) -> list[int]:
    return [int(number) for number in joined.split(",")] if joined else []


def to_fact_row(number: int, fact: FigureFact) -> dict[str, Any]:
    """The row of a fact, by column."""
    return {
        "number": number,
        "kind": fact.kind,
        "at": fact.at,
        "valid_from": fact.valid_from,
        "valid_until": fact.valid_until or FOREVER,
        "service": fact.service,
        "is_counted": fact.is_counted,
        "seconds": fact.seconds,
        "is_met": fact.is_met,
        "by_pmo": fact.held.get(Holder.PMO),
        "by_requester": fact.held.get(Holder.REQUESTER),
        "by_approver": fact.held.get(Holder.APPROVER),
        "on_hold": fact.held.get(Holder.HOLD),
    }
