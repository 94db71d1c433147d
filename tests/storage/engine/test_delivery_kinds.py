"""Deliveries are stored by intent; what earlier versions stored, or still store beside us, is sent all the same."""

from typing import Any

import pytest
from alembic import command
from sqlalchemy import select, text, update

from storage.database import Database
from storage.engine.deliveries import Deliveries
from storage.engine.delivery_kinds import EARLIER_NAMES, DeliveryKind
from storage.engine.duplicates import REPAIRS
from storage.engine.outbox import BULK, EARLIER_BULK, EARLIER_PROMPT, PROMPT, Outbox, build_delivery_row
from storage.migrate import build_alembic_config, migrate_database
from storage.tables.engine import DeliveryRow
from storage.upsert import insert_new_rows
from tests.storage.cast import ADA, ASK, NOW, ONE, accept_post, build_text, later, sender_of


@pytest.fixture
def sender(database: Database) -> Deliveries:
    return sender_of(database)


def add_earlier_row(database: Database, method: str, **columns: Any) -> str:
    """A delivery as a process of the earlier version writes it."""
    row = build_delivery_row(DeliveryKind(method), build_text("hello"), NOW, channel=ASK)
    row |= {"method": method, "lane": EARLIER_PROMPT} | columns
    with database.transaction() as session:
        insert_new_rows(session, DeliveryRow, [row])
    return str(row["id"])


def read_stored(database: Database) -> list[tuple[str, int, str]]:
    with database.read_only() as session:
        query = text("SELECT method, lane, status FROM deliveries ORDER BY number")
        return [(row.method, row.lane, row.status) for row in session.execute(query)]


def downgrade(database: Database, revision: str) -> None:
    with database.engine.connect().execution_options(writes=True) as connection, connection.begin():
        command.downgrade(build_alembic_config(connection), revision)


def test_every_kind_has_a_repair() -> None:
    assert set(REPAIRS) == set(DeliveryKind)


def test_every_kind_had_an_earlier_name() -> None:
    assert set(EARLIER_NAMES.values()) == set(DeliveryKind)


@pytest.mark.parametrize("method", EARLIER_NAMES)
def test_migration_renames_what_waits(database: Database, sender: Deliveries, method: str) -> None:
    downgrade(database, "0002")
    add_earlier_row(database, method)
    add_earlier_row(database, method, lane=EARLIER_BULK, due_at=later(9))
    migrate_database(database)
    kind = EARLIER_NAMES[method]
    assert read_stored(database) == [(kind, PROMPT, "waiting"), (kind, BULK, "waiting")]
    [delivery] = sender.claim(ONE, NOW, 10).deliveries
    assert delivery.kind is kind


def test_migration_leaves_settled_posts_alone(database: Database) -> None:
    downgrade(database, "0002")
    add_earlier_row(database, "chat.postMessage", status="done", due_at=None)
    migrate_database(database)
    assert read_stored(database) == [("chat.postMessage", EARLIER_PROMPT, "done")]


def test_migration_leaves_leased_deliveries_to_their_owner(database: Database, sender: Deliveries) -> None:
    downgrade(database, "0002")
    delivery = add_earlier_row(database, "chat.postMessage", status="leased", owner="host:0", due_at=later(30))
    migrate_database(database)
    assert read_stored(database) == [("chat.postMessage", EARLIER_PROMPT, "leased")]
    assert sender.claim(ONE, later(29), 10).deliveries == ()
    [claimed] = sender.claim(ONE, later(30), 10).deliveries
    assert (claimed.id, claimed.kind) == (delivery, DeliveryKind.POST)


def test_downgrade_gives_earlier_names_back(database: Database) -> None:
    with database.transaction() as session:
        Outbox(session, NOW).post(ASK, build_text("hello"), bulk=True)
    downgrade(database, "0002")
    assert read_stored(database) == [("chat.postMessage", EARLIER_BULK, "waiting")]


@pytest.mark.parametrize("method", EARLIER_NAMES)
def test_rows_of_a_process_still_running_are_claimed(database: Database, sender: Deliveries, method: str) -> None:
    delivery = add_earlier_row(database, method)
    [claimed] = sender.claim(ONE, NOW, 10).deliveries
    assert (claimed.id, claimed.kind) == (delivery, EARLIER_NAMES[method])


def test_new_rows_are_invisible_to_earlier_processes(database: Database) -> None:
    with database.transaction() as session:
        outbox = Outbox(session, NOW)
        outbox.post(ASK, build_text("one"), bulk=True)
        outbox.edit(outbox.post(ASK, build_text("two")), build_text("three"))
        outbox.publish_home(ADA, {})
        claimable = select(DeliveryRow.id).where(DeliveryRow.priority.in_((EARLIER_PROMPT, EARLIER_BULK)))
        assert session.scalars(claimable).all() == []


def test_earlier_and_new_rows_keep_one_order(database: Database, sender: Deliveries) -> None:
    conversation = {"conversation": f"{ASK}:"}
    first = add_earlier_row(database, "chat.postMessage", **conversation)
    with database.transaction() as session:
        second = Outbox(session, NOW).post(ASK, build_text("second"))
    [claimed] = sender.claim(ONE, NOW, 10).deliveries
    assert claimed.id == first
    accept_post(sender, claimed, NOW)
    [claimed] = sender.claim(ONE, NOW, 10).deliveries
    assert claimed.id == second


def test_edit_replaces_one_that_an_earlier_process_left(database: Database, sender: Deliveries) -> None:
    card = add_earlier_row(database, "chat.postMessage")
    add_earlier_row(database, "chat.update", target=card, conversation=f"edit:{card}")
    with database.transaction() as session:
        Outbox(session, NOW).edit(card, build_text("newest"))
    accept_post(sender, *sender.claim(ONE, NOW, 10).deliveries, NOW)
    [edit] = sender.claim(ONE, NOW, 10).deliveries
    assert edit.arguments == build_text("newest")


def test_pruning_keeps_posts_of_earlier_processes(database: Database, sender: Deliveries) -> None:
    old = {"status": "done", "due_at": None, "done_at": NOW}
    add_earlier_row(database, "chat.postMessage", **old)
    add_earlier_row(database, "chat.update", **old)
    sender.prune(later(1))
    assert [method for method, _, _ in read_stored(database)] == ["chat.postMessage"]


def test_late_call_of_an_earlier_post_is_repaired(database: Database, sender: Deliveries) -> None:
    add_earlier_row(database, "chat.postMessage")
    [mine] = sender.claim(ONE, NOW, 10).deliveries
    with database.transaction() as session:
        session.execute(update(DeliveryRow).values(owner="host:2", attempts=2))
    accept_post(sender, mine, later(61), ts="1.000001")
    assert [method for method, _, _ in read_stored(database)] == ["chat.postMessage", "remove_duplicates"]
