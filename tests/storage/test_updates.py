"""An update is stored once for each subject and slot; a correction replaces it and loses nothing."""

from dataclasses import replace
from datetime import timedelta

import pytest

from foundation.errors import Conflict, NotFound
from storage.database import Database
from storage.store import Store
from strategy.records import ProgressUpdate, Rag, Subject, SubjectKind
from tests.storage.cast import ADA, BEN, NOW

LEAKAGE = Subject(SubjectKind.OBJECTIVE, "less-leakage")
UPDATE = ProgressUpdate(
    subject=LEAKAGE,
    slot=NOW + timedelta(days=3),
    author=BEN,
    at=NOW,
    rag=Rag.AMBER,
    summary="The night crews are short & tired.",
    achieved="Six bursts mended.",
    next_steps="Two more crews.",
    blocker="No vans.",
    ask="Two vans from the depot.",
    confidence=7,
)


def add(store: Store, *updates: ProgressUpdate) -> None:
    with store.transaction(NOW) as tx:
        for one in updates:
            tx.updates.add(one)


def test_update_is_read_back_unchanged(database: Database) -> None:
    store = Store(database)
    add(store, UPDATE)
    with store.read_only(NOW) as tx:
        assert tx.updates.get(LEAKAGE, UPDATE.slot) == UPDATE
        assert tx.updates.list_for_subject(LEAKAGE) == (UPDATE,)


def test_one_slot_takes_one_update(database: Database) -> None:
    store = Store(database)
    add(store, UPDATE)
    with pytest.raises(Conflict, match="Someone else has just written this update"):
        add(store, replace(UPDATE, summary="Another."))


def test_correction_replaces_the_earlier_revision(database: Database) -> None:
    store = Store(database)
    corrected = replace(UPDATE, rag=Rag.GREEN, revision=2, at=NOW + timedelta(hours=1))
    add(store, UPDATE, corrected)
    with store.read_only(NOW) as tx:
        assert tx.updates.list_for_subject(LEAKAGE) == (corrected,)
        assert tx.updates.list_since(NOW) == (corrected,)


def test_updates_since_a_moment_are_found(database: Database) -> None:
    store = Store(database)
    later = replace(UPDATE, slot=UPDATE.slot + timedelta(days=7), at=NOW + timedelta(days=7))
    other = replace(later, subject=Subject(SubjectKind.PROJECT, "less-leakage"))
    add(store, UPDATE, later, other)
    with store.read_only(NOW) as tx:
        assert set(tx.updates.list_since(NOW + timedelta(days=1))) == {later, other}


def test_first_acknowledgement_is_stored(database: Database) -> None:
    store = Store(database)
    add(store, UPDATE)
    seen = replace(UPDATE, acknowledged_by=ADA, acknowledged_at=NOW)
    with store.transaction(NOW) as tx:
        assert tx.updates.acknowledge(seen)
        assert not tx.updates.acknowledge(replace(seen, acknowledged_by=BEN))
    with store.read_only(NOW) as tx:
        assert tx.updates.get(LEAKAGE, UPDATE.slot) == seen


def test_corrected_update_is_not_acknowledged(database: Database) -> None:
    store = Store(database)
    add(store, UPDATE, replace(UPDATE, revision=2))
    with store.transaction(NOW) as tx:
        tx.updates.acknowledge(replace(UPDATE, acknowledged_by=ADA, acknowledged_at=NOW))
    with store.read_only(NOW) as tx:
        assert tx.updates.get(LEAKAGE, UPDATE.slot).acknowledged_by is None


def test_update_posts_are_remembered(database: Database) -> None:
    store = Store(database)
    add(store, UPDATE)
    with store.transaction(NOW) as tx:
        tx.updates.remember_post(UPDATE, "C04PROGRESS", "one")
        tx.updates.remember_post(UPDATE, BEN, "two")
        tx.updates.remember_post(UPDATE, BEN, "three")
    with store.read_only(NOW) as tx:
        assert tx.updates.read_posts(UPDATE) == {"C04PROGRESS": "one", BEN: "three"}


def test_missing_update_is_explained(database: Database) -> None:
    with pytest.raises(NotFound, match="no longer have that update"), Store(database).read_only(NOW) as tx:
        tx.updates.get(LEAKAGE, NOW)
