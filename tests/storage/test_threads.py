"""In which threads somebody may follow up without mentioning the bot."""

from datetime import timedelta

import pytest

from knowledge.answers import Answer, Outcome
from storage.database import Database
from storage.engine.inbox import Inbox, NewArrival
from storage.questions import QuestionPlace
from storage.store import Store, Transaction
from tests.storage.cast import ADA, ASK, BEN, LEASE, NOW, ONE

THREAD = "10.1"
ANSWER = Answer(Outcome.ANSWERED, "Ten days.", 1.0)


@pytest.fixture
def store(database: Database) -> Store:
    return Store(database)


def ask(tx: Transaction, question: str, who: str, minutes: int, *, is_private: bool = False) -> None:
    where = QuestionPlace(who, ASK, THREAD, is_private)
    tx.questions.record(question, where, "How long?", ANSWER, NOW + timedelta(minutes=minutes))


def test_first_asker_counts(store: Store) -> None:
    with store.transaction(NOW) as tx:
        ask(tx, "Q2", BEN, 2)
        ask(tx, "Q1", ADA, 1)
        ask(tx, "Q0", BEN, 0, is_private=True)
        assert tx.threads.find_asker(ASK, THREAD) == ADA
        assert tx.threads.find_asker(ASK, "10.2") is None


def test_stopped_thread_has_no_asker(store: Store) -> None:
    with store.transaction(NOW) as tx:
        ask(tx, "Q1", ADA, 1)
        tx.threads.stop(ASK, THREAD, ADA, NOW)
        tx.threads.stop(ASK, THREAD, ADA, NOW)
        assert tx.threads.find_asker(ASK, THREAD) is None


def test_question_that_waits_for_its_answer_opens_the_thread(database: Database, store: Store) -> None:
    inbox = Inbox(database)
    inbox.write([NewArrival("Ev1", "event:app_mention", {}, NOW, f"{ASK}:{THREAD}")])
    with store.read_only(NOW) as tx:
        assert tx.threads.is_being_answered(ASK, THREAD)
        assert not tx.threads.is_being_answered(ASK, "10.2")
    [arrival] = inbox.claim(ONE, NOW, 1, LEASE)
    with store.arrival_transaction(arrival, NOW):
        pass
    with store.read_only(NOW) as tx:
        assert not tx.threads.is_being_answered(ASK, THREAD)
