"""Whose App Home is to be kept up to date."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import Base


class HomeRow(Base):
    """Somebody who has opened their App Home. For anybody else a refresh would be a call to Slack for nothing."""

    __tablename__ = "homes"

    person: Mapped[str] = mapped_column(String(40), primary_key=True)
    opened_at: Mapped[datetime]
