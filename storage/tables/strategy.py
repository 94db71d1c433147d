"""The imported versions of the strategy, and the values that people have recorded since."""

from datetime import date, datetime

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import Base
from storage.tables.engine import Count


class StrategyRow(Base):
    """One version: the file's whole text. The highest number is current."""

    __tablename__ = "strategies"

    number: Mapped[int] = mapped_column(Count, primary_key=True)
    label: Mapped[str] = mapped_column(String(40))  # what the file calls its version
    origin: Mapped[str] = mapped_column(String(500))  # the file's path
    text_hash: Mapped[str] = mapped_column(String(64))
    text: Mapped[str] = mapped_column(Text)
    imported_at: Mapped[datetime]


class MeasurementRow(Base):
    """One value of a metric on a day, as somebody recorded it. A correction is a row with a higher revision."""

    __tablename__ = "measurements"

    metric: Mapped[str] = mapped_column(String(60), primary_key=True)
    measured_on: Mapped[date] = mapped_column(primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    value: Mapped[str] = mapped_column(String(40))  # a decimal, exactly
    author: Mapped[str] = mapped_column(String(40))
    recorded_at: Mapped[datetime]
