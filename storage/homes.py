"""Who has opened their App Home."""

from datetime import datetime

from sqlalchemy.orm import Session

from storage.tables.homes import HomeRow
from storage.upsert import upsert_row


class Homes:
    """Within a transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def mark_opened(self, person: str, at: datetime) -> None:
        upsert_row(self._session, HomeRow, {"person": person, "opened_at": at})

    def is_open(self, person: str) -> bool:
        """Whether the person has ever opened it."""
        return self._session.get(HomeRow, person) is not None
