"""A delivery knows which arrival it answers, whichever process sends it and however often."""

import pytest

from storage.database import Database
from storage.engine.inbox import Arrival, NewArrival
from storage.store import Store
from tests.storage.cast import ASK, LEASE, NOW, ONE, build_text, later, sender_of


@pytest.fixture
def store(database: Database) -> Store:
    return Store(database)


def claim_arrival(store: Store, key: str) -> Arrival:
    store.inbox.write([NewArrival(key, "event:message", {}, NOW)])
    [arrival] = store.inbox.claim(ONE, NOW, 1, LEASE)
    return arrival


def test_delivery_of_an_arrival_names_it(store: Store) -> None:
    with store.arrival_transaction(claim_arrival(store, "event:Ev1"), NOW) as tx:
        tx.outbox.post(ASK, build_text("answer"))
    sender = sender_of(store.database)
    [delivery] = sender.claim(ONE, NOW, 1).deliveries
    assert delivery.arrival == "event:Ev1"
    sender.retry_in_order(delivery, "503", later(1))
    [again] = sender.claim("host:2", later(1), 1).deliveries
    assert again.arrival == "event:Ev1"


def test_what_is_posted_by_time_names_none(store: Store) -> None:
    with store.transaction(NOW) as tx:
        tx.outbox.post(ASK, build_text("digest"))
    [delivery] = sender_of(store.database).claim(ONE, NOW, 1).deliveries
    assert delivery.arrival is None


def test_replaced_view_names_the_latest_arrival(store: Store) -> None:
    for key in ("event:Ev1", "event:Ev2"):
        with store.arrival_transaction(claim_arrival(store, key), NOW) as tx:
            tx.outbox.publish_home("U01ADA", {"blocks": [{"type": "divider", "block_id": key}]})
    [delivery] = sender_of(store.database).claim(ONE, NOW, 10).deliveries
    assert delivery.arrival == "event:Ev2"
