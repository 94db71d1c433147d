"""Fills a database with a sample company's years."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from pydantic_core import to_json, to_jsonable_python
from sqlalchemy import TextClause, insert, inspect, text, update

from benchmarks.scale.company import LEADERS, MANAGERS, NOW, STAFF, list_measured_values, write_strategy_file
from benchmarks.scale.histories import Copy, History, copy_facts, copy_history, make_histories
from knowledge.answers import Answer, Outcome
from servicedesk.desk import Desk
from servicedesk.records import Request
from servicedesk.reminders import SentNotices, find_next_reminder
from storage.database import Database
from storage.request_facts import to_fact_row
from storage.requests import to_entry_row, to_request_row
from storage.store import Store
from storage.tables.base import Base
from storage.tables.engine import DeliveryRow
from storage.tables.questions import ForwardRow, QuestionRow
from storage.tables.requests import (
    RatingRow,
    RequestCardRow,
    RequestDeskRow,
    RequestEntryRow,
    RequestFactRow,
    RequestRow,
)
from storage.tables.strategy import MeasurementRow
from storage.tables.updates import UpdateRow
from strategy.files import parse_strategy

BATCH = 2_000
WEEKS = {10_000: 52, 100_000: 208, 1_000_000: 520}
UPDATED_WEEKS = 13
FEWEST_WEEKS = 6


@dataclass(frozen=True, slots=True)
class Size:
    """How much is stored. `is_large` is about the strategy."""

    requests: int
    questions: int
    is_large: bool

    @property
    def weeks(self) -> int:
        """The weeks over which the requests are spread."""
        return WEEKS.get(self.requests, FEWEST_WEEKS)


def fill_database(store: Store, desk: Desk, size: Size) -> None:
    """Store the strategy with values and updates, requests with logs, cards and ratings, and questions."""
    _fill_strategy(store, size)
    _fill_requests(store.database, desk, size)
    _insert(store.database, QuestionRow, (_make_question(number) for number in range(size.questions)))
    _insert(store.database, ForwardRow, (_make_forward(number) for number in range(0, size.questions, 20)))
    with store.transaction(NOW) as tx:
        for person in (*STAFF, *LEADERS[:20], *MANAGERS[:300]):
            tx.homes.mark_opened(person)
    if not store.database.is_sqlite:  # PostgreSQL does so by itself in time, and for SQLite nobody does
        with store.database.transaction() as session:
            session.connection().exec_driver_sql("ANALYZE")


def _fill_strategy(store: Store, size: Size) -> None:
    text = write_strategy_file(size.is_large)
    plan = parse_strategy(text, name="sample.yaml")
    with store.transaction(NOW) as tx:
        tx.strategy.import_version(text, plan, "sample.yaml", NOW)
    _insert(store.database, MeasurementRow, (_make_value(*one) for one in list_measured_values(size.is_large)))
    _insert(store.database, UpdateRow, _list_updates(len(plan.objectives), len(plan.projects)))


def _make_value(metric: str, on: date, value: Decimal, author: str) -> dict[str, Any]:
    return {
        "metric": metric,
        "measured_on": on,
        "revision": 1,
        "value": str(value),
        "author": author,
        "recorded_at": NOW,
        "sequence": 0,
    }


def _list_updates(objectives: int, projects: int) -> Iterator[dict[str, Any]]:
    subjects = [("objective", number) for number in range(objectives)]
    subjects += [("project", number) for number in range(projects)]
    for kind, number in subjects:
        for week in range(1, UPDATED_WEEKS + 1):
            slot = NOW.replace(hour=9) - timedelta(weeks=week)
            yield {
                "kind": kind,
                "subject": f"{kind}-{number}",
                "slot": slot,
                "revision": 1,
                "author": MANAGERS[number % len(MANAGERS)],
                "at": slot + timedelta(hours=1),
                "rag": "amber" if number % 9 == 0 else "green",
                "summary": "A sample update.",
                "achieved": "",
                "next_steps": "",
                "blocker": "",
                "ask": "Two more sample vans" if number % 50 == 0 else "",
                "confidence": 7,
            }


def _fill_requests(database: Database, desk: Desk, size: Size) -> None:
    histories = make_histories()
    numbers = range(1, size.requests + 1)
    for start in range(0, size.requests, BATCH):
        copied = numbers[start : start + BATCH]
        batch = [copy_history(_choose(histories, one), one, _find_weeks(one, size)) for one in copied]
        _insert(database, RequestRow, (_make_request_row(one.request, desk) for one in batch))
        _insert(database, RequestFactRow, (row for one in batch for row in _make_facts(histories, one, size)))
        _insert(database, RequestEntryRow, (to_entry_row(entry) for one in batch for entry in one.entries))
        cards = [card for one in batch for card in _make_cards(one.request)]
        _insert(database, RequestCardRow, (card for card, _ in cards))
        _insert(database, DeliveryRow, (delivery for _, delivery in cards))
        _insert(database, RatingRow, (row for one in batch for row in _make_rating(one.request)))
    _insert(database, RequestDeskRow, [{"id": 1, "last": 0, "counted_by": None}])
    with database.transaction() as session:
        session.execute(update(RequestDeskRow).values(last=size.requests))


def _choose(histories: Sequence[History], number: int) -> History:
    return histories[number % len(histories)]


def _find_weeks(number: int, size: Size) -> int:
    """How many weeks ago the request with this number was made."""
    return size.weeks - (number - 1) * size.weeks // size.requests


def _make_request_row(request: Request, desk: Desk) -> dict[str, Any]:
    due = find_next_reminder(request, SentNotices({}, frozenset()), desk)
    return to_request_row(request) | {"due_at": due.at if due else None, "figures_version": request.version}


def _make_facts(histories: Sequence[History], copied: Copy, size: Size) -> Iterator[dict[str, Any]]:
    number = copied.request.number
    facts = copy_facts(_choose(histories, number), len(copied.entries), _find_weeks(number, size))
    return (to_fact_row(number, fact) for fact in facts)


def _make_cards(request: Request) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    for place in ("triage", request.requester, *([request.assignee] if request.assignee else [])):
        delivery, at = uuid.uuid4().hex, request.created_at
        yield (
            {"number": request.number, "place": place, "delivery": delivery},
            {
                "id": delivery,
                "key": None,
                "kind": "post",
                "channel": "C03TRIAGE" if place == "triage" else place,
                "conversation": f"{place}:",
                "arguments": {},
                "priority": 2,
                "status": "done",
                "created_at": at,
                "due_at": None,
                "blocks_later": True,
                "attempts": 1,
                "done_at": at,
                "posted_channel": "C03TRIAGE" if place == "triage" else f"D{place[1:]}",
                "posted_ts": f"{at.timestamp():.0f}.{request.number:06}",
                "emptied": True,
            },
        )


def _make_rating(request: Request) -> Iterator[dict[str, Any]]:
    if request.ended_at and request.number % 2 == 0:
        yield {
            "number": request.number,
            "person": request.requester,
            "score": request.number % 5 + 1,
            "comment": None,
            "at": request.ended_at,
        }


def _make_question(number: int) -> dict[str, Any]:
    status = (Outcome.ANSWERED, Outcome.ANSWERED, Outcome.ANSWERED, Outcome.NOT_FOUND)[number % 4]
    return {
        "id": f"sample{number}",
        "asked_by": MANAGERS[number % len(MANAGERS)],
        "asked_at": NOW - timedelta(minutes=5 * number),
        "channel": f"C8SAMPLE{number % 300:03}",
        "thread_ts": f"{number}.000001",
        "is_private": False,
        "text": f"How is sample matter {number % 5000} done?",
        "gist": f"done matter sample {number % 5000}",
        "status": status,
        "confidence": 0.5,
        "answer": to_jsonable_python(Answer(status, "", 0.5)),
    }


def _make_forward(number: int) -> dict[str, Any]:
    is_open = number < 200
    return {
        "question": f"sample{number}",
        "forwarded_by": MANAGERS[number % len(MANAGERS)],
        "forwarded_at": NOW - timedelta(minutes=5 * number),
        "card": uuid.uuid4().hex,
        "answered_by": None if is_open else STAFF[number % len(STAFF)],
        "answered_at": None if is_open else NOW - timedelta(minutes=4 * number),
        "answer": None if is_open else "A sample answer.",
    }


def _insert(database: Database, table: type[Base], rows: Any) -> None:
    waiting: list[dict[str, Any]] = []
    for row in rows:
        waiting.append(row)
        if len(waiting) == BATCH:
            _insert_batch(database, table, waiting)
            waiting.clear()
    if waiting:
        _insert_batch(database, table, waiting)


def _insert_batch(database: Database, table: type[Base], rows: Sequence[dict[str, Any]]) -> None:
    with database.transaction(durable=False) as session:
        if database.is_sqlite:
            session.execute(insert(table), rows)
        else:  # its driver inserts row by row, which takes ten times as long
            session.execute(_build_insert_from_json(table, rows[0]), {"rows": _dump_rows(table, rows)})


def _build_insert_from_json(table: type[Base], row: Mapping[str, Any]) -> TextClause:
    """For PostgreSQL; `rows` is a parameter."""
    name, columns = table.__tablename__, ", ".join(_name_columns(table, row))
    found = f"SELECT {columns} FROM json_populate_recordset(NULL::{name}, CAST(:rows AS json))"  # noqa: S608 (our names)
    return text(f"INSERT INTO {name} ({columns}) {found}")


def _dump_rows(table: type[Base], rows: Sequence[Mapping[str, Any]]) -> str:
    names = _name_columns(table, rows[0])
    return to_json([dict(zip(names, row.values(), strict=True)) for row in rows]).decode()


def _name_columns(table: type[Base], row: Mapping[str, Any]) -> list[str]:
    """The columns behind the attributes, in the order of the row."""
    attributes = inspect(table).column_attrs
    return [attributes[name].columns[0].name for name in row]
