"""When a request is due for a reminder, and which notices were already sent, within a transaction."""

from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from servicedesk.clock import Alert
from servicedesk.records import ClockName, Request
from servicedesk.reminders import SentNotices
from storage.requests import to_request, to_request_row
from storage.tables.requests import RequestDeskRow, RequestNoticeRow, RequestRow
from storage.upsert import insert_new_rows

_REVIEW = "review"


class RequestTimes:
    """Due times are a column, so that requests that time doesn't affect are never read."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def set_due_time(self, number: int, at: datetime | None) -> None:
        """Set when the request is due for its next reminder; None if it never is."""
        self._session.execute(update(RequestRow).where(RequestRow.number == number).values(due_at=at))

    def claim_due(self, now: datetime) -> Request | None:
        """The request that has been due longest, locked until the transaction ends."""
        # With skip_locked, a second process takes the next due request and never waits for this one. SQLite has no row
        # locks; there the transaction itself has the only write lock.
        row = self._session.scalar(
            select(RequestRow)
            .where(RequestRow.due_at <= now)
            .order_by(RequestRow.due_at, RequestRow.number)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        return to_request(row) if row else None

    def read_next_due(self) -> datetime | None:
        return self._session.scalar(select(func.min(RequestRow.due_at)))

    def read_sent_notices(self, number: int) -> SentNotices:
        rows = self._session.scalars(select(RequestNoticeRow).where(RequestNoticeRow.number == number))
        marks = [(row.subject, row.mark) for row in rows]
        alerts: Mapping[ClockName, frozenset[Alert]] = {
            clock: frozenset(Alert(int(mark)) for subject, mark in marks if subject == clock) for clock in ClockName
        }
        return SentNotices(alerts, frozenset(date.fromisoformat(mark) for subject, mark in marks if subject == _REVIEW))

    def record_alert(self, number: int, clock: ClockName, alert: Alert, at: datetime) -> bool:
        """Record that the alert is sent; False if it already was."""
        return self._record_notice(number, clock, str(int(alert)), at)

    def record_review(self, number: int, day: date, at: datetime) -> bool:
        """Record that the notice for this review date is sent; False if it already was."""
        return self._record_notice(number, _REVIEW, day.isoformat(), at)

    def read_rules_hash(self) -> str | None:
        """The hash of the rules by which the clocks were counted; None before the first request."""
        return self._session.scalar(select(RequestDeskRow.counted_by))

    def save_rules_hash(self, digest: str) -> None:
        self._session.execute(update(RequestDeskRow).values(counted_by=digest))

    def save_recounted(self, request: Request) -> bool:
        """Store the request with recounted clocks; False if somebody changed it in between."""
        # The version stays the same, because a recount isn't an entry of the log. If the version has moved on, the
        # newer change wins: a recount must never undo what somebody did meanwhile.
        same = (RequestRow.number == request.number) & (RequestRow.version == request.version)
        unchanged = (
            update(RequestRow).where(same).values(record=to_request_row(request)["record"]).returning(RequestRow.number)
        )
        return self._session.scalar(unchanged) is not None

    def _record_notice(self, number: int, subject: str, mark: str, at: datetime) -> bool:
        # Two processes may find the same notice due. The primary key lets one of them insert the row; the other gets
        # False and sends nothing.
        row = {"number": number, "subject": subject, "mark": mark, "at": at}
        return bool(insert_new_rows(self._session, RequestNoticeRow, [row]))
