"""Puts a pseudonym in the place of somebody's id and name, in every table and in the bot's own messages in Slack.

It goes row by row in small transactions while the bot runs, so it can be interrupted at any moment and continued: each
transaction leaves its rows complete, and the pseudonym's number stays reserved until the end. An edit of a message is
asked for in the transaction that changes the stored message. Then everything is searched again, because a process may
have written an old name from memory meanwhile.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Table, delete, func, select, update
from sqlalchemy.orm import Session

from storage.database import Database
from storage.engine.outbox import Outbox
from storage.personal_data.identity import Identity
from storage.personal_data.messages import edit_in_slack, settle_own_delivery
from storage.personal_data.rows import ReviewItem, RowChange, attribute_texts, rewrite_row
from storage.personal_data.search import BATCH, Key, find_keys, get_key, list_personal_tables, match_key, read_rows
from storage.strategy_changes import count_change
from storage.tables.erasures import ErasureRow
from storage.tables.requests import RequestEntryRow

MOST_ROUNDS = 5
_REMEMBERED = ("measurements", "updates")


@dataclass(slots=True)
class Erased:
    """Rows that were changed, by table; messages to be edited in Slack; what others wrote, which stays as it is.

    `busy` is how many rows were just being worked on and have to be looked at again; `pseudonym` is the new ID.
    """

    rows: Counter[str] = field(default_factory=Counter)
    edits: int = 0
    busy: int = 0
    pseudonym: str = ""
    to_review: list[ReviewItem] = field(default_factory=list)


def preview_erasure(database: Database, person: str, name: str) -> Erased:
    """What erasing them would do. Changes nothing."""
    found = Erased()
    with database.read_only() as session:
        identity = Identity(person, name, _find_number(session, person))
        for table in list_personal_tables():
            for row in read_rows(session, table, find_keys(session, table, identity)):
                change = _rewrite(session, table, identity, row)
                _count(found, table, change)
                if change.values and not change.is_deleted and table.name == "deliveries":
                    found.edits += edit_in_slack(session, None, identity, row, change.values)
    return found


def erase_person(
    database: Database, person: str, name: str, now: datetime, advance: Callable[[int, int], None] = lambda *_: None
) -> Erased:
    """Erase them. An interrupted erasure of the same person is continued. `advance` is called with (done, total)."""
    identity = _start(database, person, name, now)
    total = Erased()
    for _ in range(MOST_ROUNDS):
        round_ = _erase_once(database, identity, now, advance)
        total = replace(
            round_, rows=total.rows + round_.rows, edits=total.edits + round_.edits, to_review=round_.to_review
        )
        if not round_.rows:
            break
    total.pseudonym = identity.pseudonym
    if not total.busy:
        _finish(database, identity.number, now)
    return total


def find_begun_name(database: Database, person: str) -> str | None:
    """The name under which an erasure was begun that isn't complete; None if there is none."""
    with database.read_only() as session:
        return session.scalar(select(ErasureRow.name).where(ErasureRow.person == person))


def _erase_once(database: Database, identity: Identity, now: datetime, advance: Callable[[int, int], None]) -> Erased:
    found, tables = Erased(), list_personal_tables()
    for number, table in enumerate(tables):
        advance(number, len(tables))
        with database.read_only() as session:
            keys = find_keys(session, table, identity)
        for start in range(0, len(keys), BATCH):
            with database.transaction() as session:
                _erase_batch(session, table, identity, keys[start : start + BATCH], now, found)
    return found


def _erase_batch(
    session: Session, table: Table, identity: Identity, keys: list[Key], now: datetime, found: Erased
) -> None:
    for row in read_rows(session, table, keys, locked=True):
        change = _rewrite(session, table, identity, row)
        if table.name == "deliveries" and not change.is_busy:
            change.values |= settle_own_delivery(identity, row, now)
        if not change.is_deleted and change.values:
            _avoid_conflict(session, table, row, change)
        _save(session, table, get_key(table, row), change)
        _count(found, table, change)
        if change.values and not change.is_deleted and table.name == "deliveries":
            found.edits += edit_in_slack(session, Outbox(session, now), identity, row, change.values)


def _rewrite(session: Session, table: Table, identity: Identity, row: Mapping[str, Any]) -> RowChange:
    key = ":".join(map(str, get_key(table, row)))
    return rewrite_row(identity, table.name, row, key, _attribute(session, table, identity, row))


def _attribute(session: Session, table: Table, identity: Identity, row: Mapping[str, Any]) -> dict[str, str]:
    if table.name != "requests":
        return {}
    query = select(RequestEntryRow.actor, RequestEntryRow.comment, RequestEntryRow.data)
    entries = session.execute(query.where(RequestEntryRow.number == row["number"])).mappings()
    return attribute_texts(identity, [dict(one) for one in entries])


def _avoid_conflict(session: Session, table: Table, row: Mapping[str, Any], change: RowChange) -> None:
    """A person who came back after an erasure that was interrupted: what has the pseudonym already counts."""
    key = get_key(table, {**row, **change.values})
    if key != get_key(table, row):
        change.is_deleted = session.execute(select(*table.primary_key).where(match_key(table, key))).first() is not None
    for name in change.values.keys() & {"key"}:
        taken = select(table.c.key).where(table.c.key == change.values[name])
        if session.execute(taken).first() is not None:
            change.values[name] = f"{change.values[name]}:{':'.join(map(str, get_key(table, row)))}"


def _save(session: Session, table: Table, key: Key, change: RowChange) -> None:
    if change.is_deleted:
        session.execute(delete(table).where(match_key(table, key)))
    elif change.values:
        if table.name in _REMEMBERED:  # processes see by the number that what they remember is out of date
            change.values["sequence"] = count_change(session)
        session.execute(update(table).where(match_key(table, key)).values(change.values))


def _count(found: Erased, table: Table, change: RowChange) -> None:
    found.rows[table.name] += bool(change.values or change.is_deleted)
    found.rows = +found.rows
    found.busy += change.is_busy
    found.to_review += change.to_review


def _find_number(session: Session, person: str) -> int:
    number = session.scalar(select(ErasureRow.number).where(ErasureRow.person == person))
    return number or (session.scalar(select(func.max(ErasureRow.number))) or 0) + 1


def _start(database: Database, person: str, name: str, now: datetime) -> Identity:
    with database.transaction() as session:
        number = _find_number(session, person)
        row = session.get(ErasureRow, number)
        if row is None:
            session.add(ErasureRow(number=number, person=person, name=name, started_at=now, finished_at=None))
            return Identity(person, name, number)
        row.name = name or row.name
        return Identity(person, row.name or "", number)


def _finish(database: Database, number: int, now: datetime) -> None:
    with database.transaction() as session:
        done = update(ErasureRow).where(ErasureRow.number == number)
        session.execute(done.values(person=None, name=None, finished_at=now))
