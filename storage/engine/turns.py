"""Whose turn it is among the arrivals that are due.

Each person has a queue, and a second one for what takes long. A queue's arrivals are claimed in their order, one at a
time, so nobody's many keep others waiting. Of every SHARE claims one goes round all queues. The others go to people who
did something just now: after an outage, they don't wait for what was left behind. Whoever has older arrivals in the
queue gets those first.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain, zip_longest
from typing import Any

from sqlalchemy import Integer, String, bindparam, case, cast, false, func, literal, null, select, true, union_all
from sqlalchemy.orm import Session, aliased

from storage.tables.base import UtcDateTime
from storage.tables.engine import ArrivalRow

FRESH = timedelta(minutes=1)
SHARE = 4
MAX_OF_QUEUE = 2  # held by one process: one is handled, and the next is at hand
NEWEST_EXAMINED = 256  # arrivals
QUEUES = 20  # examined at a time
MOST_WINDOWS = 8  # of so many people, in one claim


@dataclass(frozen=True, slots=True)
class _Next:
    """The next arrival of a queue, or one without a queue."""

    id: int
    queue: str | None
    is_fresh: bool
    is_heavy: bool
    can_be_claimed: bool  # not while an earlier one is with another process, or enough of them are with this one
    since: datetime | None  # the earliest that makes it fresh
    step: int  # of going round


class Turns:
    """Chooses what to claim. Remembers who was last; for one thread at a time."""

    def __init__(self) -> None:
        self._last = ""  # of those gone round, the last queue
        self._slots = 0

    def choose(self, session: Session, owner: str, now: datetime, limit: int, heavy_limit: int) -> list[int]:
        """The ids of due arrivals to claim next: at most `limit`, and besides at most `heavy_limit` heavy ones."""
        fresh, nobodys, others = self._find_candidates(session, owner, now, limit)
        is_turn_of_nobody = self._slots // SHARE % 2 == 0
        older = list(_alternate(nobodys, others) if is_turn_of_nobody else _alternate(others, nobodys))
        chosen: dict[int, _Next] = {}
        left, heavy_left = limit, heavy_limit
        while left > 0 and (fresh or older):
            is_turn_of_older = self._slots % SHARE == SHARE - 1
            queue = (older or fresh) if is_turn_of_older else (fresh or older)
            one = queue.pop(0)
            if one.id in chosen or (one.is_heavy and not heavy_left):
                continue
            chosen[one.id] = one
            if one.is_heavy:
                heavy_left -= 1
            else:
                left -= 1
                self._slots += 1
        self._last = next((one.queue for one in reversed(others) if one.queue and one.id in chosen), self._last)
        return list(chosen)

    def _find_candidates(
        self, session: Session, owner: str, now: datetime, limit: int
    ) -> tuple[list[_Next], list[_Next], list[_Next]]:
        """Those of people who did something just now, of nobody, and of queues in turn after the last one."""
        fresh: list[_Next] = []
        nobodys: list[_Next] = []
        others: list[_Next] = []
        began_at, after = self._last, self._last
        for window in range(MOST_WINDOWS):
            found = _read_candidates(session, owner, now, after)
            if window == 0:
                fresh = [one for one in found if one.is_fresh and one.can_be_claimed]
                nobodys = [one for one in found if one.queue is None]
                known = {one.id for one in fresh}
            in_turn = [one for one in found if one.queue and not one.is_fresh]
            others += [one for one in in_turn if one.can_be_claimed and one.id not in known]
            is_at_end = len(in_turn) < QUEUES
            if len(others) >= limit or (is_at_end and not began_at):
                break
            after, began_at = ("", "") if is_at_end else (in_turn[-1].queue or "", began_at)
        if not others:
            self._last = after
        return fresh, nobodys, others


def _alternate(first: Sequence[_Next], second: Sequence[_Next]) -> Iterator[_Next]:
    return (one for one in chain.from_iterable(zip_longest(first, second)) if one)


def _read_candidates(session: Session, owner: str, now: datetime, after: str) -> list[_Next]:
    given = {"owner": owner, "now": now, "since": now - FRESH, "after": after}
    found = [_Next(*row) for row in session.execute(CANDIDATES, given)]
    return sorted(found, key=lambda one: (one.since or now, one.step, one.id))


_NOW = bindparam("now", type_=UtcDateTime())
_OWNER = bindparam("owner", type_=String())
_NEVER = cast(null(), UtcDateTime())


def _build_candidates_query() -> Any:
    """Parameters: now, since (of the fresh ones), owner, after (whom to go round). One look at an index per queue."""
    fresh, in_turn = _select_fresh_queues(), _select_queues_in_turn()
    queues = union_all(
        select(fresh.c.queue, fresh.c.since, literal(0, Integer).label("step"), true().label("is_fresh")),
        select(in_turn.c.queue, _NEVER, in_turn.c.step, false()).where(in_turn.c.queue.is_not(None)),
    ).cte("queues")
    row, head, before = aliased(ArrivalRow), aliased(ArrivalRow), aliased(ArrivalRow)
    first = select(row.id).where(row.queue == queues.c.queue, row.due_at <= _NOW).order_by(row.id).limit(1)
    first_id = first.correlate(queues).scalar_subquery().label("id")
    heads = select(queues, first_id).cte("heads").prefix_with("MATERIALIZED")
    is_heavy = select(func.coalesce(head.is_heavy, false())).where(head.id == heads.c.id)
    # One that another process holds weighs as much as all that this one may hold.
    weight = func.sum(case((before.owner == _OWNER, 1), else_=MAX_OF_QUEUE))
    leased = (before.queue == heads.c.queue, before.id < heads.c.id, before.due_at > _NOW, before.status == "leased")
    held = select(func.coalesce(weight, 0)).where(*leased)
    # Subqueries and no join: however many rows there are, each is a look at an index.
    of_queues = select(
        heads.c.id,
        heads.c.queue,
        heads.c.is_fresh,
        is_heavy.correlate(heads).scalar_subquery(),
        held.correlate(heads).scalar_subquery() < MAX_OF_QUEUE,
        heads.c.since,
        heads.c.step,
    ).where(heads.c.id.is_not(None))
    arrival, is_heavy_itself = ArrivalRow, func.coalesce(ArrivalRow.is_heavy, false())
    of_nobody = (
        select(arrival.id, arrival.queue, false(), is_heavy_itself, true(), _NEVER, literal(0, Integer))
        .where(arrival.queue.is_(None), arrival.due_at <= _NOW)
        .order_by(arrival.queue, arrival.id)
        .limit(QUEUES)
        .subquery()
    )
    return union_all(of_queues, select(of_nobody))


def _select_fresh_queues() -> Any:
    """Who did something since `since` that is still open, the longest waiting first."""
    newest = (
        select(ArrivalRow.queue, ArrivalRow.received_at)
        .where(ArrivalRow.due_at.is_not(None), ArrivalRow.queue.is_not(None))
        .where(ArrivalRow.received_at > bindparam("since", type_=UtcDateTime()))
        .order_by(ArrivalRow.received_at.desc())
        .limit(NEWEST_EXAMINED)
        .subquery()
    )
    since = func.min(newest.c.received_at).label("since")
    return select(newest.c.queue, since).group_by(newest.c.queue).order_by(since).limit(QUEUES).cte("fresh")


def _select_queues_in_turn() -> Any:
    """The next queues by name. Each step is one look at the index, however many rows a queue has."""

    def find_next(previous: Any) -> Any:
        row = aliased(ArrivalRow)
        due = select(row.queue).where(row.queue > previous, row.due_at <= _NOW)
        return due.order_by(row.queue, row.id).limit(1)

    first = find_next(bindparam("after", type_=String())).scalar_subquery()
    turn = select(first.label("queue"), literal(1, Integer).label("step")).cte("turn", recursive=True)
    following = find_next(turn.c.queue).correlate(turn).scalar_subquery()
    return turn.union_all(select(following, turn.c.step + 1).where(turn.c.queue.is_not(None), turn.c.step < QUEUES))


CANDIDATES = _build_candidates_query()  # built once: that takes longer than running it
