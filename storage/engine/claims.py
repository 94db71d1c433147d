"""What inbox and outbox do alike with rows that are leased to a process: change, release and prune them."""

from collections.abc import Callable
from datetime import datetime
from functools import cache
from typing import Any, Protocol

from sqlalchemy import ColumnElement, CursorResult, Table, bindparam, update
from sqlalchemy.orm import Session

from storage.tables.engine import ArrivalRow, DeliveryRow

PRUNE_BATCH = 500  # rows in one transaction; more would keep other writers waiting


class Claim(Protocol):
    """A row as it was claimed. Every claim counts `attempt` up, so owner and attempt name one claim and no other."""

    @property
    def id(self) -> int | str: ...

    @property
    def owner(self) -> str: ...

    @property
    def attempt(self) -> int: ...


def update_if_held(session: Session, table: Table, claim: Claim, **values: Any) -> bool:
    """Compare-and-set: change the row only if this claim still holds it. Returns whether it did.

    `values` are named by column.
    """
    # A process that was stopped may wake up after its lease has ended and the row was claimed again, even by itself.
    # The attempt tells the two claims apart, so a late result can't overwrite a newer one.
    held = {"held_id": claim.id, "held_by": claim.owner, "held_attempt": claim.attempt}
    # In Core, not the ORM: this runs for every arrival and delivery, and the ORM would look for rows to refresh.
    return (
        count_changed_rows(
            session.connection().execute(update(table).where(*_match_held(table)).values(**values), held)
        )
        == 1
    )


@cache
def _match_held(table: Table) -> tuple[ColumnElement[bool], ...]:
    return (
        table.c.id == bindparam("held_id"),
        table.c.status == "leased",
        table.c.owner == bindparam("held_by"),
        table.c.attempts == bindparam("held_attempt"),
    )


def release_leases(session: Session, rows: type[ArrivalRow] | type[DeliveryRow], due_at: datetime) -> int:
    """End all leases; what was leased is due at `due_at`. Returns how many there were."""
    # Only for a process that has the database to itself. Any other owner may be alive and in the middle of a call.
    leased = update(rows).where(rows.due_at.is_not(None), rows.status == "leased")
    return count_changed_rows(session.execute(leased.values(status="waiting", due_at=due_at, owner=None)))


def prune_in_batches(prune_batch: Callable[[], int]) -> int:
    """Call `prune_batch`, a transaction of at most PRUNE_BATCH rows each, until none are left; returns the sum."""
    # One large DELETE would hold SQLite's only write lock for seconds, while Slack waits three for an acknowledgement.
    # Between small ones, arrivals get their turn.
    total = 0
    while pruned := prune_batch():
        total += pruned
    return total


def count_changed_rows(result: Any) -> int:
    """How many rows an UPDATE or DELETE changed."""
    assert isinstance(result, CursorResult)  # noqa: S101 (narrows the type; an update has a row count)
    return result.rowcount
