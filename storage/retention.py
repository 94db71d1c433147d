"""How long data stays that the organisation may want to be rid of, and the deletion of old questions."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select

from storage.database import Database
from storage.engine.claims import PRUNE_BATCH, count_changed_rows, prune_in_batches
from storage.tables.questions import FeedbackRow, ForwardRow, QuestionRow
from storage.tables.threads import QuietThreadRow


@dataclass(frozen=True, slots=True)
class Retention:
    """How long each kind of data stays after it was settled; None: for ever.

    `events` are Slack's payloads once they were handled, `failed_events` those that failed every attempt. `posts` are
    the texts of messages that were sent, `questions` everything about a question that nobody has to answer any longer.
    """

    events: timedelta | None = timedelta(days=30)
    failed_events: timedelta | None = None
    posts: timedelta | None = timedelta(days=90)
    questions: timedelta | None = None

    def list_days(self) -> Mapping[str, int | None]:
        """The days by kind."""
        kinds = {
            "events": self.events,
            "failed events": self.failed_events,
            "texts of posts": self.posts,
            "questions": self.questions,
        }
        return {name: None if time is None else time.days for name, time in kinds.items()}


def prune_questions(database: Database, before: datetime) -> int:
    """Delete questions that were asked before that moment, except those that wait for the PMO's answer.

    Their answers, ratings and forwards go with them. Returns how many questions were deleted.
    """
    pruned = prune_in_batches(lambda: _prune_question_batch(database, before))
    prune_in_batches(lambda: _prune_thread_batch(database, before))
    return pruned


def _prune_question_batch(database: Database, before: datetime) -> int:
    waiting = select(ForwardRow.question).where(ForwardRow.answered_at.is_(None))
    is_old = (QuestionRow.asked_at < before) & QuestionRow.id.not_in(waiting.scalar_subquery())
    with database.transaction(durable=False) as session:
        old = list(session.scalars(select(QuestionRow.id).where(is_old).limit(PRUNE_BATCH)))
        for table in (FeedbackRow, ForwardRow):
            session.execute(delete(table).where(table.question.in_(old)))
        session.execute(delete(QuestionRow).where(QuestionRow.id.in_(old)))
        return len(old)


def _prune_thread_batch(database: Database, before: datetime) -> int:
    """Where somebody told the bot to stop: with the question gone, nothing is to be stopped there."""
    row = QuietThreadRow
    with database.transaction(durable=False) as session:
        old = session.execute(select(row.channel, row.thread_ts).where(row.stopped_at < before).limit(PRUNE_BATCH))
        return sum(
            count_changed_rows(session.execute(delete(row).where(row.channel == channel, row.thread_ts == ts)))
            for channel, ts in old.all()
        )
