"""Who looks at their App Home, and whose has to be built again, within a transaction."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from sqlalchemy import case, func, literal, or_, select, update
from sqlalchemy.orm import Session

from storage.engine.claims import count_changed_rows
from storage.tables.homes import HomeRow
from storage.upsert import upsert_row

LOOKED_AT = timedelta(hours=12)  # after its last opening; whoever opens theirs later gets a new one then
COALESCE = timedelta(seconds=0.3)  # changes that follow one another so closely make one Home
SLOWEST_BUILD = timedelta(seconds=30)
_UNSYNCHRONISED = {"synchronize_session": False}


class Homes:
    """The Homes. `now` is the time of the transaction."""

    def __init__(self, session: Session, now: datetime) -> None:
        self._session, self._now = session, now

    def mark_opened(self, person: str) -> datetime:
        """Somebody opened theirs. Returns the claim that `finish` asks for.

        Commit this before reading what they are shown: from then on every change marks their Home.
        """
        claim = self._now + SLOWEST_BUILD
        upsert_row(self._session, HomeRow, {"person": person, "opened_at": self._now, "due_at": claim})
        return claim

    def mark_outdated(self, people: Collection[str]) -> None:
        """What these people see in their Homes has changed. Those who look at them get new ones after the commit."""
        if not people:
            return
        # The first of several changes decides when, so that a stream of them can't put it off for ever. Whoever is
        # building a Home right now holds it for longer than that; by the new time they see that theirs is out of date.
        soon = self._now + COALESCE
        is_later = or_(HomeRow.due_at.is_(None), HomeRow.due_at > soon)
        due_at = case((is_later, literal(soon, HomeRow.due_at.type)), else_=HomeRow.due_at)
        looked_at = HomeRow.person.in_(set(people)) & (HomeRow.opened_at >= self._now - LOOKED_AT)
        marked = update(HomeRow).where(looked_at).values(due_at=due_at)
        self._session.execute(marked, execution_options=_UNSYNCHRONISED)

    def claim_outdated(self, limit: int) -> Mapping[str, datetime]:
        """Whose Homes are to be built now, the longest outdated first; each with the claim that `finish` asks for."""
        until = self._now + SLOWEST_BUILD
        due = (
            select(HomeRow.person)
            .where(HomeRow.due_at <= self._now)
            .order_by(HomeRow.due_at, HomeRow.person)
            .limit(limit)
            .with_for_update(skip_locked=True)
            .cte("due")
        )
        claim = update(HomeRow).where(HomeRow.person.in_(select(due.c.person))).values(due_at=until)
        found = self._session.scalars(claim.returning(HomeRow.person), execution_options=_UNSYNCHRONISED)
        return dict.fromkeys(found, until)

    def finish(self, person: str, claim: datetime) -> bool:
        """Whether the Home that was built is still up to date, and may be published. If not, it's built once more."""
        held = (HomeRow.person == person) & (HomeRow.due_at == claim)
        done = self._session.execute(update(HomeRow).where(held).values(due_at=None), execution_options=_UNSYNCHRONISED)
        return count_changed_rows(done) == 1

    def find_next_due(self) -> datetime | None:
        """When the next Home is to be built."""
        return self._session.scalar(select(func.min(HomeRow.due_at)))
