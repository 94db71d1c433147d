"""The imported versions of the strategy, and the values that people have recorded since."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import Base, Json
from storage.tables.engine import Count


class StrategyRow(Base):
    """One version: the file's whole text. The highest number is current.

    `plan` is what the text says, so that no other process has to parse it; earlier versions of the bot stored none.
    """

    __tablename__ = "strategies"

    number: Mapped[int] = mapped_column(Count, primary_key=True)
    label: Mapped[str] = mapped_column(String(40))  # what the file calls its version
    origin: Mapped[str] = mapped_column(String(500))  # the file's path
    text_hash: Mapped[str] = mapped_column(String(64))
    text: Mapped[str] = mapped_column(Text)
    plan: Mapped[dict[str, Any] | None] = mapped_column(Json)
    imported_at: Mapped[datetime]


class MeasurementRow(Base):
    """One value of a metric on a day, as somebody recorded it. A correction is a row with a higher revision.

    `sequence` is the number of the change that brought it (see StrategyChangeRow).
    """

    __tablename__ = "measurements"

    metric: Mapped[str] = mapped_column(String(60), primary_key=True)
    measured_on: Mapped[date] = mapped_column(primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    value: Mapped[str] = mapped_column(String(40))  # a decimal, exactly
    author: Mapped[str] = mapped_column(String(40))
    recorded_at: Mapped[datetime]
    sequence: Mapped[int] = mapped_column(Count, server_default="0", index=True)


class StrategyChangeRow(Base):
    """One row that counts the changes of the strategy: imports, values, updates and acknowledgements.

    A process that remembers the strategy reads this number to see whether it has changed, and then only what is newer.
    """

    __tablename__ = "strategy_changes"

    id: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int] = mapped_column(Count)
