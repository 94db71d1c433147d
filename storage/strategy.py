"""The current strategy, its earlier versions, and the values recorded since, within a transaction."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

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

# Parsing a file takes most of a second and its text never changes, so each text is parsed once per process.
_parsed: dict[tuple[str, str], Strategy] = {}  # by the hash of the text, and the zone


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
    """The strategy. `current` is cheap: it looks at one row and parses a text only if it is new to this process."""

    def __init__(self, session: Session, zone: ZoneInfo) -> None:
        self._session, self._zone = session, zone

    def get_current(self) -> Strategy | None:
        """The current version, with everything measured since."""
        version = self.get_current_version()
        strategy = self.read_plan(version) if version else None
        recorded = self._read_measurements() if strategy else []
        return merge_measurements(strategy, recorded) if strategy and recorded else strategy

    def read_plan(self, version: StrategyVersion) -> Strategy:
        """A version as imported, without the values recorded since: enough for names and plans."""
        return _parsed.get((version.text_hash, self._zone.key)) or self._parse_version(version)

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
        }
        self._session.execute(insert(StrategyRow).values(**row, imported_at=at))
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
        }
        # The primary key is metric, day and revision, so two people who correct the same value at once collide here and
        # the second is refused.
        if not insert_new_rows(self._session, MeasurementRow, [row]):
            raise Conflict("Someone else has just recorded a value for that day. Check it before you record yours.")

    def _parse_version(self, version: StrategyVersion) -> Strategy:
        text = self._session.scalars(select(StrategyRow.text).where(StrategyRow.number == version.number)).one()
        strategy = replace(parse_strategy(text, name=version.origin), zone=self._zone)
        while len(_parsed) >= MOST_REMEMBERED:
            _parsed.pop(next(iter(_parsed)), None)
        _parsed[version.text_hash, self._zone.key] = strategy
        return strategy

    def _read_measurements(self) -> list[Measurement]:
        rows = self._session.scalars(select(MeasurementRow))
        return [Measurement(row.metric, row.measured_on, Decimal(row.value), row.author, row.revision) for row in rows]


def _hash_text(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
