"""Homes are built after the changes that they show, and a defect in one keeps nobody else waiting."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.composition import build_context
from bot.organisation import SAMPLE, read_organisation
from foundation.access import Access
from foundation.people import Person
from handlers.context import AppContext, HomeSection
from handlers.home.home import publish_outdated_homes
from storage.database import Database
from storage.store import Store, Transaction
from storage.tables.engine import DeliveryRow

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
ADA, BEN, WEI = "U01ADA", "U02BEN", "U03WEI"


@pytest.fixture
def store(tmp_path: Path, migrated_file: Path) -> Iterator[Store]:
    shutil.copy(migrated_file, tmp_path / "pmo.db")
    database = Database(f"sqlite:///{tmp_path / 'pmo.db'}")
    yield Store(database)
    database.close()


def make_ctx(store: Store, broken: str = "") -> AppContext:
    """Everybody's Home names them; that of `broken` can't be built."""

    def build(_: Transaction, __: AppContext, person: Person) -> list[dict[str, Any]]:
        if person.id == broken:
            raise ZeroDivisionError
        return [{"type": "divider", "block_id": person.id}]

    ctx = build_context(read_organisation(SAMPLE), store, lambda: pytest.fail("No handbook is needed."), lambda: NOW)
    return replace(ctx, home_sections=(HomeSection(Access.NOTHING, build),))


def change_homes(store: Store, *people: str) -> None:
    with store.transaction(NOW - timedelta(seconds=1)) as tx:
        for person in people:
            tx.homes.mark_opened(person)
        tx.homes.mark_outdated(people)


def list_published(store: Store) -> set[str]:
    with store.database.read_only() as session:
        return set(session.scalars(select(DeliveryRow.channel).where(DeliveryRow.person.is_not(None))))


def test_outdated_homes_are_published_once(store: Store) -> None:
    change_homes(store, ADA, BEN)
    ctx = make_ctx(store)
    assert publish_outdated_homes(ctx, NOW) == NOW
    assert publish_outdated_homes(ctx, NOW) is None
    assert list_published(store) == {ADA, BEN}


def test_home_that_cannot_be_built_keeps_no_other_waiting(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    change_homes(store, ADA, BEN, WEI)
    publish_outdated_homes(make_ctx(store, broken=BEN), NOW)
    assert list_published(store) == {ADA, WEI}
    assert "ZeroDivisionError" in caplog.text
    publish_outdated_homes(make_ctx(store), NOW + timedelta(minutes=1))
    assert list_published(store) == {ADA, BEN, WEI}
