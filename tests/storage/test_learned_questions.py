"""Learned questions: each once, removable, and noticed like a new handbook."""

from datetime import UTC, datetime, timedelta

import pytest

from knowledge.handbook import Handbook, Page
from storage.database import Database
from storage.store import Store
from tests.storage.engine.test_side_by_side import side_by_side

NINE = datetime(2026, 9, 14, 9, 0, tzinfo=UTC)
PAGE = Page("locks", "Locks", "locks.md", "# Locks\n\nA lock.\n\n## Fees\n\nFive crowns.\n", digest="1")


@pytest.fixture
def store(database: Database) -> Store:
    store = Store(database)
    with store.transaction(NINE) as tx:
        tx.handbook.replace(Handbook((PAGE,)), "pages", NINE)
    return store


def add(store: Store, text: str, person: str = "U03WEI", at: datetime = NINE, anchor: str = "fees") -> tuple[str, bool]:
    with store.transaction(at) as tx:
        return tx.learned_questions.add("locks", anchor, text, person, at)


def read_version(store: Store) -> int:
    with store.read_only(NINE) as tx:
        current = tx.handbook.get_current()
    assert current is not None
    return current.version


def test_question_is_added_once_whoever_adds_it(store: Store) -> None:
    learned_id, is_new = add(store, "How much?")
    assert is_new
    before = read_version(store)
    assert add(store, "how  much?", "U05EMEKA", NINE + timedelta(hours=1)) == (learned_id, False)
    assert read_version(store) == before
    with store.read_only(NINE) as tx:
        [only] = tx.learned_questions.list_latest(10)
    assert (only.text, only.learned_by, only.learned_at) == ("How much?", "U03WEI", NINE)


def test_two_people_at_once_add_it_once(store: Store, address: str) -> None:
    outcomes: list[bool] = []
    before = read_version(store)
    side_by_side(address, lambda own, owner: outcomes.append(add(Store(own), "How much?", owner)[1]))
    assert sorted(outcomes) == [False, False, True]
    assert read_version(store) == before + 1


def test_every_change_counts_even_at_once(store: Store, address: str) -> None:
    before = read_version(store)
    side_by_side(address, lambda own, owner: add(Store(own), f"How much, {owner}?", owner))
    assert read_version(store) == before + 3


def test_removing_and_restoring_are_undone_once(store: Store) -> None:
    learned_id, _ = add(store, "How much?")
    with store.transaction(NINE) as tx:
        assert tx.learned_questions.remove(learned_id, "U05EMEKA", NINE)
        assert not tx.learned_questions.remove(learned_id, "U05EMEKA", NINE)
        assert tx.learned_questions.list_latest(10) == []
        assert tx.learned_questions.count() == 0
        assert tx.learned_questions.restore(learned_id, "U05EMEKA", NINE)
        assert not tx.learned_questions.restore(learned_id, "U05EMEKA", NINE)
    assert add(store, "How much?") == (learned_id, False)


def test_removed_question_can_be_added_again_by_another_person(store: Store) -> None:
    learned_id, _ = add(store, "How much?")
    with store.transaction(NINE) as tx:
        tx.learned_questions.remove(learned_id, "U03WEI", NINE)
    assert add(store, "How much?", "U05EMEKA", NINE + timedelta(days=1)) == (learned_id, True)
    with store.read_only(NINE) as tx:
        found = tx.learned_questions.get(learned_id)
    assert found is not None
    assert (found.learned_by, found.learned_at) == ("U05EMEKA", NINE + timedelta(days=1))


def test_newest_questions_come_first(store: Store) -> None:
    for hours in range(3):
        add(store, f"Question {hours}?", at=NINE + timedelta(hours=hours))
    with store.read_only(NINE) as tx:
        assert [one.text for one in tx.learned_questions.list_latest(2)] == ["Question 2?", "Question 1?"]
        assert tx.learned_questions.count() == 3


def test_current_questions_are_grouped_by_section(store: Store) -> None:
    add(store, "How much?")
    learned_id, _ = add(store, "How long?")
    add(store, "How deep?", anchor="gone")
    with store.transaction(NINE) as tx:
        tx.learned_questions.remove(learned_id, "U03WEI", NINE)
    with store.read_only(NINE) as tx:
        assert tx.learned_questions.group_by_section() == {
            ("locks", "fees"): ["How much?"],
            ("locks", "gone"): ["How deep?"],
        }


def test_next_import_keeps_learned_questions(store: Store) -> None:
    add(store, "How much?")
    with store.transaction(NINE) as tx:
        assert not tx.handbook.replace(Handbook((PAGE,)), "pages", NINE)
        other = Page("locks", "Locks", "locks.md", "# Locks\n\nA lock.\n", digest="2")
        assert tx.handbook.replace(Handbook((other,)), "pages", NINE)
        assert tx.learned_questions.count() == 1
