"""Old questions go with everything about them; those that somebody still has to answer stay."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from knowledge.answers import Answer, Outcome
from storage.database import Database
from storage.engine import claims
from storage.engine.inbox import Inbox
from storage.questions import QuestionPlace
from storage.retention import prune_questions
from storage.store import Store, Transaction
from storage.tables.questions import FeedbackRow, ForwardRow, QuestionRow
from storage.tables.threads import QuietThreadRow
from tests.storage.cast import ADA, BEN, LEASE, NOW, ONE, arrival, later

ANSWER = Answer(Outcome.NOT_FOUND, "I don't know.", 0.0)


def ask(tx: Transaction, question: str, days_ago: int) -> None:
    at = NOW - timedelta(days=days_ago)
    tx.questions.record(question, QuestionPlace(ADA), "Who decides?", ANSWER, at)
    tx.questions.rate(question, ADA, True, at)


def test_old_questions_are_deleted_unless_they_wait(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.retention.PRUNE_BATCH", 2)
    assert claims.PRUNE_BATCH > 2
    with Store(database).transaction(NOW) as tx:
        for number in range(5):
            ask(tx, f"old{number}", 31)
        ask(tx, "waiting", 31)
        ask(tx, "answered", 31)
        ask(tx, "new", 29)
        for question in ("waiting", "answered"):
            tx.questions.forward(question, ADA, f"card-{question}", NOW)
        tx.questions.answer("answered", BEN, "The board.", NOW)
        for ts, days in (("1", 31), ("2", 29)):
            tx.threads.stop("C07ASK", ts, ADA, NOW - timedelta(days=days))
    assert prune_questions(database, NOW - timedelta(days=30)) == 6
    with database.read_only() as session:
        for column in (QuestionRow.id, FeedbackRow.question):
            assert sorted(session.scalars(select(column))) == ["new", "waiting"]
        assert list(session.scalars(select(ForwardRow.question))) == ["waiting"]
        assert list(session.scalars(select(QuietThreadRow.thread_ts))) == ["2"]


def test_failed_events_stay_until_they_are_to_go(database: Database) -> None:
    inbox = Inbox(database)
    inbox.write([arrival("one"), arrival("two")])
    [failed] = inbox.claim(ONE, NOW, 1, LEASE)
    inbox.give_up(failed, "defect", NOW)
    assert inbox.prune(later(60)) == 0
    assert inbox.prune(later(-60), failed=True) == 0
    assert inbox.prune(later(60), failed=True) == 1
