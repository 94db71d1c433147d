"""Homes are built after the change that they show, once for several changes, and only for people who look at them."""

from datetime import timedelta

from sqlalchemy import select

from storage.database import Database
from storage.homes import COALESCE, LOOKED_AT, SLOWEST_BUILD
from storage.store import Store
from storage.tables.homes import HomeRow
from tests.storage.cast import ADA, BEN, NOW


def open_home(store: Store, *people: str, **later: float) -> None:
    with store.transaction(NOW + timedelta(**later)) as tx:
        for person in people:
            tx.homes.finish(person, tx.homes.mark_opened(person))


def change(store: Store, *people: str, **later: float) -> None:
    with store.transaction(NOW + timedelta(**later)) as tx:
        tx.homes.mark_outdated(people)


def claim(store: Store, **later: float) -> list[str]:
    with store.transaction(NOW + timedelta(**later)) as tx:
        return list(tx.homes.claim_outdated(10))


def test_change_makes_homes_due_of_those_who_look_at_them(database: Database) -> None:
    store = Store(database)
    open_home(store, ADA)
    change(store, ADA, BEN, seconds=60)
    assert claim(store, seconds=60) == []
    assert claim(store, seconds=61) == [ADA]


def test_home_that_nobody_has_opened_for_long_is_not_built(database: Database) -> None:
    store = Store(database)
    open_home(store, ADA)
    change(store, ADA, seconds=LOOKED_AT.total_seconds() + 1)
    with store.read_only(NOW) as tx:
        assert tx.homes.find_next_due() is None


def test_many_changes_make_one_home_and_cannot_put_it_off(database: Database) -> None:
    store = Store(database)
    open_home(store, ADA)
    for tenth in range(10):
        change(store, ADA, seconds=60 + tenth / 10)
    with store.read_only(NOW) as tx:
        assert tx.homes.find_next_due() == NOW + timedelta(seconds=60) + COALESCE


def test_home_that_was_outdated_while_it_was_built_is_built_again(database: Database) -> None:
    store = Store(database)
    open_home(store, ADA)
    change(store, ADA, seconds=60)
    with store.transaction(NOW + timedelta(seconds=61)) as tx:
        claims = tx.homes.claim_outdated(10)
    change(store, ADA, seconds=61.5)
    with store.transaction(NOW + timedelta(seconds=62)) as tx:
        assert not tx.homes.finish(ADA, claims[ADA])
    assert claim(store, seconds=62) == [ADA]


def test_home_is_built_again_if_its_process_died(database: Database) -> None:
    store = Store(database)
    open_home(store, ADA)
    change(store, ADA, seconds=60)
    assert claim(store, seconds=61) == [ADA]
    assert claim(store, seconds=62) == []
    assert claim(store, seconds=61 + SLOWEST_BUILD.total_seconds()) == [ADA]


def test_finished_home_is_not_due_any_more(database: Database) -> None:
    store = Store(database)
    open_home(store, ADA)
    change(store, ADA, seconds=60)
    with store.transaction(NOW + timedelta(seconds=61)) as tx:
        assert tx.homes.finish(ADA, tx.homes.claim_outdated(10)[ADA])
        assert tx.session.scalar(select(HomeRow.due_at)) is None


def test_home_that_changes_while_it_is_being_opened_is_built_again(database: Database) -> None:
    store = Store(database)
    with store.transaction(NOW) as tx:
        opening = tx.homes.mark_opened(ADA)
    change(store, ADA, seconds=0.01)
    with store.transaction(NOW + timedelta(seconds=0.02)) as tx:
        assert not tx.homes.finish(ADA, opening)
    assert claim(store, seconds=1) == [ADA]


def test_home_is_built_again_if_the_process_died_that_opened_it(database: Database) -> None:
    store = Store(database)
    with store.transaction(NOW) as tx:
        tx.homes.mark_opened(ADA)
    assert claim(store, seconds=1) == []
    assert claim(store, seconds=SLOWEST_BUILD.total_seconds()) == [ADA]
