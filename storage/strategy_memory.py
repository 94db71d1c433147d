"""The current strategy as this process remembers it: read once, then only what has changed since.

What is remembered is immutable, so all threads share it. It is as new as the number of the last change in the database,
which every use compares.
"""

import logging
import threading
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from weakref import WeakKeyDictionary
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.database import Database
from storage.strategy_changes import has_changed
from storage.tables.strategy import MeasurementRow, StrategyChangeRow, StrategyRow
from storage.tables.updates import UpdateRow
from storage.updates import read_update
from strategy.current_updates import CurrentUpdates
from strategy.files import parse_strategy
from strategy.measurements import merge_measurements
from strategy.records import Measurement, ProgressUpdate, Strategy

log = logging.getLogger(__name__)

BEFORE_CYCLE = timedelta(days=31)  # updates shortly before a cycle still count
EVERYTHING = -1  # every change is newer than this
_PLAN = TypeAdapter(Strategy)


@dataclass(frozen=True, slots=True)
class CurrentStrategy:
    """The strategy with everything measured, the updates that tell how things stand, and the last change in it.

    `plan` is the strategy as it was imported; it stays the same object until another version is.
    """

    number: int  # of its version
    change: int
    plan: Strategy
    strategy: Strategy
    updates: CurrentUpdates


class StrategyMemory:
    """What one process remembers of one database. Safe to use from many threads."""

    def __init__(self) -> None:
        self._current: CurrentStrategy | None = None
        self._lock = threading.Lock()

    def load(self, session: Session, zone: ZoneInfo) -> CurrentStrategy | None:
        """The current strategy; None if there is none."""
        change = session.scalar(select(StrategyChangeRow.last)) or 0
        known = self._current
        if known and known.strategy.zone != zone:
            known = None
        if known and known.change >= change:
            return known
        number = session.scalar(select(StrategyRow.number).order_by(StrategyRow.number.desc()).limit(1))
        if number is None:
            return None
        if known and known.number != number:
            known = None
        found = _read_newer(session, known or _read_plan(session, number, zone), change)
        if not has_changed(session):  # what isn't committed yet may be undone
            self._remember(found)
        return found

    def _remember(self, found: CurrentStrategy) -> None:
        with self._lock:
            known = self._current
            if known is None or known.change <= found.change or known.strategy.zone != found.strategy.zone:
                self._current = found


_memories: WeakKeyDictionary[Database, StrategyMemory] = WeakKeyDictionary()


def find_strategy_memory(database: Database) -> StrategyMemory:
    """What this process remembers of the database. All its stores share it; a reload makes a new store."""
    return _memories.setdefault(database, StrategyMemory())


def dump_plan(strategy: Strategy) -> object:
    """The plan as JSON, for the row of its version."""
    return _PLAN.dump_python(strategy, mode="json")


def _read_plan(session: Session, number: int, zone: ZoneInfo) -> CurrentStrategy:
    row = session.execute(
        select(StrategyRow.plan, StrategyRow.text, StrategyRow.origin).where(StrategyRow.number == number)
    ).one()
    plan = _restore_plan(row.plan) or parse_strategy(row.text, name=row.origin)
    plan = replace(plan, zone=zone)
    return CurrentStrategy(number, EVERYTHING, plan, plan, CurrentUpdates())


def _restore_plan(stored: object) -> Strategy | None:
    """The plan from its JSON; None if there is none, or if another version of the bot wrote it differently."""
    try:
        return _PLAN.validate_python(stored) if stored else None
    except ValidationError:
        log.info("The stored strategy was written by another version of the bot; reading its file again")
        return None


def _read_newer(session: Session, known: CurrentStrategy, change: int) -> CurrentStrategy:
    """The strategy with what has been recorded after the change that is known."""
    values = select(MeasurementRow).where(MeasurementRow.sequence > known.change)
    begin = datetime.combine(known.strategy.cycle.starts, time.min, UTC) - BEFORE_CYCLE
    updates = (
        select(UpdateRow)
        .where(UpdateRow.sequence > known.change, UpdateRow.at >= begin)
        .order_by(UpdateRow.at, UpdateRow.revision)
    )
    return CurrentStrategy(
        known.number,
        change,
        known.plan,
        merge_measurements(known.strategy, _to_measurements(session.scalars(values))),
        known.updates.add(_to_updates(session.scalars(updates))),
    )


def _to_measurements(rows: Iterable[MeasurementRow]) -> list[Measurement]:
    return [Measurement(row.metric, row.measured_on, Decimal(row.value), row.author, row.revision) for row in rows]


def _to_updates(rows: Iterable[UpdateRow]) -> list[ProgressUpdate]:
    return [read_update(row) for row in rows]
