"""The members of user groups survive restarts, and every process sees when they change."""

from datetime import timedelta

import pytest

from storage.database import Database
from storage.store import Store
from tests.storage.cast import ADA, BEN, NOW

WEI = "U03WEI"
PMO, LEADS = "S01PMO", "S02LEADS"
SOON = NOW + timedelta(minutes=15)


@pytest.fixture
def store(database: Database) -> Store:
    made = Store(database)
    with made.transaction(NOW) as tx:
        assert tx.user_groups.claim_due([PMO, LEADS], NOW, SOON) == [PMO, LEADS]
    return made


def save(store: Store, group: str, *people: str) -> None:
    with store.transaction(NOW) as tx:
        tx.user_groups.save_members(group, people, NOW)


def introduce(store: Store, person: str, name: str, *, is_colleague: bool = True) -> None:
    with store.transaction(NOW) as tx:
        tx.user_groups.save_person(person, name, is_colleague, NOW)


def versions(store: Store) -> dict[str, int]:
    with store.read_only(NOW) as tx:
        return tx.user_groups.read_versions([PMO, LEADS])


def names(store: Store) -> dict[str, dict[str, str]]:
    with store.read_only(NOW) as tx:
        return tx.user_groups.read_names([PMO, LEADS])


def test_one_process_refreshes_a_group_when_it_is_due(store: Store) -> None:
    with store.transaction(NOW) as tx:
        assert tx.user_groups.claim_due([PMO, LEADS], NOW, SOON) == []
        assert not tx.user_groups.is_any_due([PMO, LEADS], NOW)
        assert tx.user_groups.is_any_due([PMO, LEADS, "S03NEW"], NOW)
        assert tx.user_groups.is_any_due([PMO, LEADS], SOON)
        tx.user_groups.mark_due([PMO], NOW)
        assert tx.user_groups.claim_due([PMO, LEADS], NOW, SOON) == [PMO]
        assert tx.user_groups.claim_due([PMO, LEADS], SOON, SOON) == [PMO, LEADS]


def test_only_colleagues_whom_slack_has_named_count(store: Store) -> None:
    save(store, PMO, ADA, BEN, WEI)
    assert names(store) == {PMO: {}}
    introduce(store, ADA, "Ada Okafor")
    introduce(store, BEN, "Ben", is_colleague=False)
    assert names(store) == {PMO: {ADA: "Ada Okafor"}}


def test_version_changes_with_the_members_only(store: Store) -> None:
    assert versions(store) == {}
    save(store, PMO, ADA)
    introduce(store, ADA, "Ada")
    before = versions(store)
    assert set(before) == {PMO}
    save(store, PMO, ADA)
    introduce(store, ADA, "Ada")
    assert versions(store) == before
    introduce(store, ADA, "Ada Okafor")
    save(store, PMO, BEN)
    assert versions(store)[PMO] == before[PMO] + 2


def test_people_are_looked_up_once_and_again_later(store: Store) -> None:
    save(store, PMO, ADA, BEN)
    introduce(store, BEN, "Ben")
    with store.read_only(NOW) as tx:
        assert tx.user_groups.list_people_to_look_up([PMO], NOW, 5) == [ADA]
        assert tx.user_groups.list_people_to_look_up([PMO], SOON, 5) == [ADA, BEN]
        assert tx.user_groups.list_people_to_look_up([PMO], SOON, 1) == [ADA]
        assert tx.user_groups.list_people_to_look_up([LEADS], SOON, 5) == []


def test_problem_is_new_once(store: Store) -> None:
    with store.transaction(NOW) as tx:
        assert tx.user_groups.save_problem(PMO, "no_such_subteam")
        assert not tx.user_groups.save_problem(PMO, "no_such_subteam")
        assert tx.user_groups.read_problems([PMO, LEADS]) == {PMO: "no_such_subteam"}
        assert tx.user_groups.save_problem(PMO, "")
        assert tx.user_groups.read_problems([PMO, LEADS]) == {}


def test_groups_that_nobody_uses_are_deleted_in_the_end(store: Store) -> None:
    save(store, PMO, ADA)
    save(store, LEADS, BEN)
    introduce(store, ADA, "Ada")
    introduce(store, BEN, "Ben")
    with store.transaction(NOW) as tx:
        tx.user_groups.forget_unused([PMO], NOW)
    assert names(store) == {PMO: {ADA: "Ada"}, LEADS: {BEN: "Ben"}}
    with store.transaction(NOW) as tx:
        tx.user_groups.forget_unused([PMO], SOON + timedelta(days=30))
        assert tx.user_groups.list_known_people() == {ADA}
    assert names(store) == {PMO: {ADA: "Ada"}}
