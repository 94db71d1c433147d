"""Deliveries that failed permanently are reported once, and the backlog is counted."""

from datetime import datetime

import pytest

from storage.database import Database
from storage.engine.dead_letters import DeadLetters, measure_backlog
from storage.engine.deliveries import Deliveries
from storage.engine.inbox import Inbox
from storage.engine.outbox import Outbox
from tests.storage.cast import ADA, ASK, LEASE, NOW, ONE, TRIAGE, arrival, build_text, later, sender_of


@pytest.fixture
def sender(database: Database) -> Deliveries:
    return sender_of(database)


def die(database: Database, sender: Deliveries, channel: str, error: str, at: datetime = NOW) -> str:
    with database.transaction() as session:
        delivery = Outbox(session, at).post(channel, build_text("unheard"))
    for one in sender.claim(ONE, at, 10).deliveries:
        sender.give_up(one, error, at)
    return delivery


def read_unreported(database: Database) -> list[tuple[str | None, str]]:
    with database.read_only() as session:
        return [(letter.recipient, letter.error) for letter in DeadLetters(session, NOW).list_unreported()]


def test_failure_is_listed_until_reported(database: Database, sender: Deliveries) -> None:
    die(database, sender, ASK, "not_in_channel")
    die(database, sender, ADA, "user_disabled", later(1))
    assert read_unreported(database) == [(ASK, "not_in_channel"), (ADA, "user_disabled")]
    with database.transaction() as session:
        letters = DeadLetters(session, later(2))
        letters.mark_reported(letters.list_unreported(1))
    assert read_unreported(database) == [(ADA, "user_disabled")]


def test_dependent_failure_is_not_reported_again(database: Database, sender: Deliveries) -> None:
    with database.transaction() as session:
        card = Outbox(session, NOW).post(TRIAGE, build_text("card"))
        Outbox(session, NOW).edit(card, build_text("edited"))
    [post] = sender.claim(ONE, NOW, 10).deliveries
    sender.give_up(post, "channel_not_found", NOW)
    [edit] = sender.claim(ONE, NOW, 10).deliveries
    sender.give_up(edit, "its message was never posted", NOW, is_reported=True)
    assert read_unreported(database) == [(TRIAGE, "channel_not_found")]


def test_backlog_counts_waiting_and_failed_work(database: Database, sender: Deliveries) -> None:
    inbox = Inbox(database)
    inbox.write([arrival("Ev1"), arrival("Ev2", 5), arrival("Ev3", 6)])
    inbox.give_up(*inbox.claim(ONE, NOW, 1, LEASE), "no place", NOW)
    die(database, sender, ASK, "not_in_channel")
    with database.transaction() as session:
        Outbox(session, later(7)).post(ASK, build_text("waiting"))
        found = measure_backlog(session)
    assert (found.arrivals, found.oldest_arrival, found.dead_arrivals) == (2, later(5), 1)
    assert (found.deliveries, found.oldest_delivery, found.dead_deliveries) == (1, later(7), 1)


def test_idle_engine_has_no_backlog(database: Database) -> None:
    with database.read_only() as session:
        found = measure_backlog(session)
    assert (found.arrivals, found.oldest_arrival, found.deliveries, found.oldest_delivery) == (0, None, 0, None)
