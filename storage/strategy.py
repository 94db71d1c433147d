"""The current strategy, its earlier versions, and the values recorded since, within a transaction."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from foundation.errors import Conflict
from storage.strategy_changes import count_change, has_changed
from storage.strategy_memory import CurrentStrategy, StrategyMemory, dump_plan
from storage.tables.strategy import MeasurementRow, StrategyRow
from storage.upsert import insert_new_rows
from strategy.records import Measurement, ProgressUpdate, Strategy

LONGEST_ORIGIN = 500


@dataclass(frozen=True, slots=True)
class StrategyVersion:
    """One imported version. `label` is what its file calls it."""

    number: int
    label: str
    origin: str
    text_hash: str
    imported_at: datetime

    def has_text(self, text: str) -> bool:
        """Whether the version was imported from this text."""
        return self.text_hash == _hash_text(text)


_VERSIONS = select(
    StrategyRow.number, StrategyRow.label, StrategyRow.origin, StrategyRow.text_hash, StrategyRow.imported_at
).order_by(StrategyRow.number.desc())


class Strategies:
    """The strategy. `get_current` is cheap: it looks at one number and reads only what is new to this process."""

    def __init__(self, session: Session, zone: ZoneInfo, memory: StrategyMemory) -> None:
        self._session, self._zone, self._memory = session, zone, memory
        self._loaded: CurrentStrategy | None = None

    def get_current(self) -> Strategy | None:
        """The current version, with everything measured since."""
        loaded = self._load()
        return loaded.strategy if loaded else None

    def get_plan(self) -> Strategy | None:
        """The current version as it was imported: enough for names and dates. It's the same object for all callers."""
        loaded = self._load()
        return loaded.plan if loaded else None

    def list_current_updates(self) -> tuple[ProgressUpdate, ...]:
        """The updates of the current cycle that tell how things stand, at most two on each subject."""
        loaded = self._load()
        return loaded.updates.every if loaded else ()

    def _load(self) -> CurrentStrategy | None:
        if self._loaded is None or has_changed(self._session):
            self._loaded = self._memory.load(self._session, self._zone)
        return self._loaded

    def get_current_version(self) -> StrategyVersion | None:
        return next(iter(self.list_versions(1)), None)

    def list_versions(self, limit: int) -> Sequence[StrategyVersion]:
        """The versions, newest first, without their text."""
        rows = self._session.execute(_VERSIONS.limit(limit))
        return [StrategyVersion(*row) for row in rows]

    def find_last_from(self, origin: str) -> StrategyVersion | None:
        """The newest version imported from `origin`."""
        row = self._session.execute(_VERSIONS.where(StrategyRow.origin == origin[-LONGEST_ORIGIN:]).limit(1)).first()
        return StrategyVersion(*row) if row else None

    def find_last_labelled(self, label: str) -> StrategyVersion | None:
        """The newest version that its file calls so."""
        row = self._session.execute(_VERSIONS.where(StrategyRow.label == label).limit(1)).first()
        return StrategyVersion(*row) if row else None

    def import_version(self, text: str, strategy: Strategy, origin: str, at: datetime) -> bool:
        """Make a version current. Returns False, changing nothing, if its text already is.

        `strategy` is the parsed text.
        """
        present = self.get_current_version()
        if present and present.has_text(text):
            return False
        row = {
            "label": strategy.version,
            "origin": origin[-LONGEST_ORIGIN:],
            "text_hash": _hash_text(text),
            "text": text,
            "plan": dump_plan(strategy),
        }
        self._session.execute(insert(StrategyRow).values(**row, imported_at=at))
        count_change(self._session)
        return True

    def add_measurement(self, measurement: Measurement, at: datetime) -> None:
        """Store a value.

        Raises:
            Conflict: somebody else recorded a value for the same day in between.
        """
        row = {
            "metric": measurement.metric,
            "measured_on": measurement.on,
            "revision": measurement.revision,
            "value": str(measurement.value),
            "author": measurement.author,
            "recorded_at": at,
            "sequence": count_change(self._session),
        }
        # The primary key is metric, day and revision, so two people who correct the same value at once collide here and
        # the second is refused.
        if not insert_new_rows(self._session, MeasurementRow, [row]):
            raise Conflict("Someone else has just recorded a value for that day. Check it before you record yours.")


def _hash_text(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
