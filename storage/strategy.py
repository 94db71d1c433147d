"""The strategy in force, its earlier versions, and the values recorded since, within a transaction."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from foundation.errors import Conflict
from storage.tables.strategy import MeasurementRow, StrategyRow
from storage.upsert import insert_new_rows
from strategy.files import parse_strategy
from strategy.measurements import merge_measurements
from strategy.records import Measurement, Strategy

MOST_REMEMBERED = 8
LONGEST_ORIGIN = 500

# Reading a file takes most of a second, and each of its texts means the same for ever: so each is read once a process.
_read: dict[str, Strategy] = {}


@dataclass(frozen=True, slots=True)
class StrategyVersion:
    """One version that was brought in. `label` is what its file calls it."""

    number: int
    label: str
    origin: str
    text_hash: str
    imported_at: datetime

    def has_text(self, text: str) -> bool:
        """Whether this is its text."""
        return self.text_hash == _hash_text(text)


_VERSIONS = select(
    StrategyRow.number, StrategyRow.label, StrategyRow.origin, StrategyRow.text_hash, StrategyRow.imported_at
).order_by(StrategyRow.number.desc())


class Strategies:
    """The strategy. `current` is cheap: it looks at one row, and reads a text only when it is new to this process."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def current(self) -> Strategy | None:
        """The version in force, with everything that was measured since."""
        version = self.in_force()
        if version is None:
            return None
        strategy = _read.get(version.text_hash) or self._reread(version)
        recorded = self._recorded()
        return merge_measurements(strategy, recorded) if recorded else strategy

    def in_force(self) -> StrategyVersion | None:
        return next(iter(self.versions(1)), None)

    def versions(self, limit: int) -> Sequence[StrategyVersion]:
        """The versions, newest first, without their text."""
        rows = self._session.execute(_VERSIONS.limit(limit))
        return [StrategyVersion(*row) for row in rows]

    def find_last_from(self, origin: str) -> StrategyVersion | None:
        """The newest version that was brought in from there."""
        row = self._session.execute(_VERSIONS.where(StrategyRow.origin == origin[-LONGEST_ORIGIN:]).limit(1)).first()
        return StrategyVersion(*row) if row else None

    def import_version(self, text: str, strategy: Strategy, origin: str, at: datetime) -> bool:
        """Put a version in force. Returns False when its text is in force already: then nothing is changed.

        `strategy` is what the text says.
        """
        present = self.in_force()
        if present and present.has_text(text):
            return False
        row = {
            "label": strategy.version,
            "origin": origin[-LONGEST_ORIGIN:],
            "text_hash": _hash_text(text),
            "text": text,
        }
        self._session.execute(insert(StrategyRow).values(**row, imported_at=at))
        return True

    def add_measurement(self, measurement: Measurement, at: datetime) -> None:
        """Keep a value.

        Raises:
            Conflict: somebody recorded one for the same day in between.
        """
        row = {
            "metric": measurement.metric,
            "measured_on": measurement.on,
            "revision": measurement.revision,
            "value": str(measurement.value),
            "author": measurement.author,
            "recorded_at": at,
        }
        if not insert_new_rows(self._session, MeasurementRow, [row]):
            raise Conflict("Somebody else has just recorded a value for this day. Look at it, then decide.")

    def _reread(self, version: StrategyVersion) -> Strategy:
        text = self._session.scalars(select(StrategyRow.text).where(StrategyRow.number == version.number)).one()
        strategy = parse_strategy(text, name=version.origin)
        while len(_read) >= MOST_REMEMBERED:
            _read.pop(next(iter(_read)), None)
        _read[version.text_hash] = strategy
        return strategy

    def _recorded(self) -> list[Measurement]:
        rows = self._session.scalars(select(MeasurementRow))
        return [Measurement(row.metric, row.measured_on, Decimal(row.value), row.author, row.revision) for row in rows]


def _hash_text(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
