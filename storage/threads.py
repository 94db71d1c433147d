"""In which threads somebody may follow up without mentioning the bot."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.tables.engine import ArrivalRow
from storage.tables.questions import QuestionRow
from storage.tables.threads import QuietThreadRow
from storage.upsert import upsert_row


class Threads:
    """Within a transaction. Each look-up uses an index."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def find_asker(self, channel: str, thread_ts: str) -> str | None:
        """Who asked the thread's first question; None without one, or if they told the bot to stop."""
        here = (QuestionRow.channel == channel) & (QuestionRow.thread_ts == thread_ts)
        first = select(QuestionRow.asked_by).where(here, QuestionRow.is_private.is_(False))
        asker = self._session.scalar(first.order_by(QuestionRow.asked_at, QuestionRow.id).limit(1))
        return None if asker is None or self._is_quiet(channel, thread_ts) else asker

    def is_being_answered(self, channel: str, thread_ts: str) -> bool:
        """Whether the message that began the thread is still to be answered."""
        message = ArrivalRow.message == f"{channel}:{thread_ts}"
        found = self._session.scalar(select(ArrivalRow.id).where(message, ArrivalRow.due_at.is_not(None)))
        return found is not None

    def stop(self, channel: str, thread_ts: str, person: str, at: datetime) -> None:
        """Answer no longer in this thread without a mention."""
        row = {"channel": channel, "thread_ts": thread_ts, "stopped_by": person, "stopped_at": at}
        upsert_row(self._session, QuietThreadRow, row)

    def _is_quiet(self, channel: str, thread_ts: str) -> bool:
        here = (QuietThreadRow.channel == channel) & (QuietThreadRow.thread_ts == thread_ts)
        return self._session.scalar(select(QuietThreadRow.stopped_at).where(here)) is not None
