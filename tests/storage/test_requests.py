"""A request and its log are stored together, of two simultaneous changes one wins, and notices are recorded once."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from foundation.errors import Conflict, NotFound
from foundation.people import People, Person, Role
from servicedesk.calendar import make_calendar
from servicedesk.catalogue import read_catalogue
from servicedesk.clock import Alert
from servicedesk.desk import Desk
from servicedesk.records import OPEN_STATES, ClockName, Request, RequestChange, RequestState, RequestVerb
from servicedesk.requests import apply_verb, draft_request
from servicedesk.satisfaction import Rating
from storage.database import Database
from storage.store import Store
from tests.storage.cast import ADA, BEN, NOW

WEI = Person("U03WEI", "Wei Chen", frozenset({Role.PMO_STAFF}))
CALENDAR = make_calendar("UTC", {"monday": ["09:00-17:00"]})
DESK = Desk(read_catalogue(), CALENDAR, People([WEI]))
FORM = {
    "title": "Is Reservoir West in trouble?",
    "project": "not-listed",
    "detail": "The forecast slipped twice.",
    "trigger": "concern",
    "stage": "delivery",
    "budget_band": "medium",
    "own_rag": "amber",
    "sponsor_informed": True,
}


@pytest.fixture
def store(database: Database) -> Store:
    return Store(database)


def make_changes(number: int, key: str = "form-1") -> list[RequestChange]:
    requester = Person(BEN, "Ben")
    draft = draft_request(number, key, "health-check", requester, FORM, NOW, DESK)
    return [draft, apply_verb(draft.request, RequestVerb.SUBMIT, requester, NOW, DESK)]


def add(store: Store, key: str = "form-1") -> Request:
    with store.transaction(NOW) as tx:
        return tx.requests.add(make_changes(tx.requests.take_next_number(), key))


def test_request_is_read_back_unchanged(store: Store) -> None:
    request = add(store)
    with store.read_only(NOW) as tx:
        assert tx.requests.get(1) == request
        assert [entry.verb for entry in tx.requests.read_log(1)] == [RequestVerb.DRAFT, RequestVerb.SUBMIT]
        with pytest.raises(NotFound):
            tx.requests.get(2)


def test_same_submission_is_stored_once(store: Store) -> None:
    first = add(store)
    assert add(store) == first
    assert add(store, "form-2").number == 3  # the number of the second attempt is lost


def test_second_of_two_changes_is_refused(store: Store) -> None:
    request = add(store)
    accept = apply_verb(request, RequestVerb.ACCEPT, WEI, NOW, DESK)
    decline = apply_verb(request, RequestVerb.DECLINE, WEI, NOW, DESK, reason="Another team does this.")
    with store.transaction(NOW) as tx:
        tx.requests.save(accept)
    with pytest.raises(Conflict, match="Someone else has just changed PMO-1"), store.transaction(NOW) as tx:
        tx.requests.save(decline)
    with store.read_only(NOW) as tx:
        assert tx.requests.get(1).state is RequestState.QUEUED
        assert len(tx.requests.read_log(1)) == 3


def test_requests_are_listed_by_state_requester_and_card(store: Store) -> None:
    add(store)
    with store.transaction(NOW) as tx:
        tx.requests.remember_card(1, ADA, "delivery-1")
    with store.read_only(NOW) as tx:
        assert [one.number for one in tx.requests.list_in_states(OPEN_STATES)] == [1]
        assert [one.number for one in tx.requests.list_by_requester(BEN, OPEN_STATES, 9)] == [1]
        assert [one.number for one in tx.requests.list_involving(ADA, OPEN_STATES, 9)] == [1]
        assert tx.requests.list_involving(BEN, OPEN_STATES, 9) == []
        assert tx.requests.read_cards(1) == {ADA: "delivery-1"}


def test_recount_never_undoes_a_newer_change(store: Store) -> None:
    request = add(store)
    with store.transaction(NOW) as tx:
        tx.requests.save(apply_verb(request, RequestVerb.ACCEPT, WEI, NOW, DESK))
        assert not tx.request_times.save_recounted(request)
    with store.read_only(NOW) as tx:
        assert tx.requests.get(1).state is RequestState.QUEUED


def test_due_requests_are_claimed_in_order(store: Store) -> None:
    add(store)
    add(store, "form-2")
    with store.transaction(NOW) as tx:
        tx.request_times.set_due_time(1, NOW)
        tx.request_times.set_due_time(2, NOW - timedelta(hours=1))
        assert tx.request_times.read_next_due() == NOW - timedelta(hours=1)
        claimed = tx.request_times.claim_due(NOW)
        assert claimed is not None
        assert claimed.number == 2
        tx.request_times.set_due_time(2, None)
        assert tx.request_times.claim_due(NOW - timedelta(seconds=1)) is None


def test_claimed_request_is_skipped_by_others(address: str, store: Store) -> None:
    if address.startswith("sqlite"):
        pytest.skip("SQLite has one writer at a time.")
    add(store)
    add(store, "form-2")
    with store.transaction(NOW) as tx:
        tx.request_times.set_due_time(1, NOW)
        tx.request_times.set_due_time(2, NOW)
    second_process = Database(address)
    with store.transaction(NOW) as one, Store(second_process).transaction(NOW) as other:
        claims = [tx.request_times.claim_due(NOW) for tx in (one, other)]
    second_process.close()
    assert [claim.number for claim in claims if claim] == [1, 2]


def test_each_notice_is_recorded_once(store: Store) -> None:
    add(store)
    review = date(2026, 9, 21)
    with store.transaction(NOW) as tx:
        assert tx.request_times.record_alert(1, ClockName.TRIAGE, Alert.NEAR, NOW)
        assert not tx.request_times.record_alert(1, ClockName.TRIAGE, Alert.NEAR, NOW)
        assert tx.request_times.record_alert(1, ClockName.DELIVERY, Alert.NEAR, NOW)
        assert tx.request_times.record_review(1, review, NOW)
        assert not tx.request_times.record_review(1, review, NOW)
        sent = tx.request_times.read_sent_notices(1)
    assert sent.get_alerts(ClockName.TRIAGE) == {Alert.NEAR}
    assert sent.reviews == {review}


def test_later_rating_replaces_the_earlier(store: Store) -> None:
    add(store)
    rating = Rating(1, BEN, 2, None, NOW)
    with store.transaction(NOW) as tx:
        tx.ratings.save(rating)
        tx.ratings.save(replace(rating, score=5, comment="Now it works."))
    with store.read_only(NOW) as tx:
        assert tx.ratings.get(1) == replace(rating, score=5, comment="Now it works.")
        assert tx.ratings.list_between(NOW, NOW + timedelta(seconds=1)) == [tx.ratings.get(1)]
