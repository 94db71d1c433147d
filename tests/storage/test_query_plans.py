"""Whatever people do often is found by an index: no statement of it reads the whole of a table that grows."""

import itertools
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, event

from benchmarks.scale.company import NOW, read_company
from benchmarks.scale.filling import Size, fill_database
from benchmarks.scale.operations import OPERATIONS, Operation, read_clock
from bot.composition import build_context
from handlers.context import AppContext
from handlers.home.home import publish_outdated_homes
from handlers.requests.figures import count_changed_requests
from handlers.requests.jobs import RequestReminders
from handlers.strategy.jobs import ScheduledPosts
from knowledge.handbook import Page
from knowledge.library import Library
from storage.database import Database
from storage.engine.deliveries import Deliveries, SendResult
from storage.engine.lease import Lease
from storage.engine.rate_limits import PostingLimits
from storage.questions import QuestionPlace
from storage.store import Store
from storage.tables import Base

# Objectives, schedules, pages and the like are read as a whole where that is wanted.
GROWING = {
    "arrivals",
    "deliveries",
    "feedback",
    "forwards",
    "homes",
    "questions",
    "ratings",
    "request_cards",
    "request_facts",
    "request_log",
    "request_notices",
    "requests",
    "updates",
}
PARTIAL_INDEXES = {
    index.name
    for table in Base.metadata.tables.values()
    for index in table.indexes
    if index.dialect_options["sqlite"]["where"] is not None
}  # of the few rows that are still to be done
PAGE = Page(id="risk", title="Risk", source="risk.md", text="# Risk\n\nScore a risk by impact and likelihood.")


@dataclass
class Company:
    """A sample company's bot, every statement that reached its database since it was filled, and how many."""

    ctx: AppContext
    statements: dict[str, Any] = field(default_factory=dict)
    count: int = 0

    @property
    def database(self) -> Database:
        return self.ctx.store.database

    def note(self, _: object, __: object, statement: str, parameters: Any, ___: object, is_many: bool) -> None:
        self.count += 1
        self.statements.setdefault(statement, parameters[0] if is_many else parameters)

    def count_queries(self, operation: Operation, times: int = 3) -> int:
        """The most statements that one of several runs took, each for somebody else, after a first one."""
        counts = []
        for run in itertools.islice(operation.prepare(self.ctx), times + 1):
            self.count = 0
            run()
            counts.append(self.count)
        return max(counts[1:])


@contextmanager
def open_company(url: str, requests: int) -> Iterator[Company]:
    organisation, database = read_company(), Database(url)
    store, library = Store(database, organisation.zone), Library.build([PAGE])
    fill_database(store, organisation.desk, Size(requests, requests, is_large=False))
    company = Company(build_context(organisation, store, lambda: library, read_clock))
    for engine in {database.engine, database.light_engine}:
        event.listen(engine, "before_cursor_execute", company.note)
    yield company
    database.close()


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def new_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Callable[[], str]:
    """Makes a migrated database of its own and returns its address."""
    if request.param == "postgresql":
        made: Callable[[], str] = request.getfixturevalue("new_postgresql")
        return made
    template = request.getfixturevalue("migrated_file")

    def copy_file() -> str:
        file = tmp_path_factory.mktemp("company") / "pmo.db"
        shutil.copy(template, file)
        return f"sqlite:///{file}"

    return copy_file


@pytest.fixture(scope="module")
def company(new_url: Callable[[], str]) -> Iterator[Company]:
    with open_company(new_url(), 600) as opened:
        yield opened


def work(company: Company) -> None:
    """Everything that people and the clock make the bot do often."""
    ctx = company.ctx
    for operation in OPERATIONS:
        company.count_queries(operation, 1)
    count_changed_requests(ctx)
    publish_outdated_homes(ctx, NOW + timedelta(minutes=1))
    ScheduledPosts(ctx)(NOW)
    RequestReminders(ctx)(NOW)
    deliveries = Deliveries(company.database, PostingLimits(), Lease(), lambda *_: ())
    claimed = deliveries.claim("test", NOW + timedelta(minutes=1), 50).deliveries
    deliveries.record_sent([SendResult(one, "C8SAMPLE001", "1.000001") for one in claimed], NOW)
    with ctx.store.read_only(NOW) as tx:
        tx.requests.find_by_card("U8STAFF001", "1.000001")
        tx.questions.find_latest("U8MANAGER0001", 5)
        tx.questions.count_forwarded("U8MANAGER0001")
        tx.questions.find_previous(QuestionPlace("U8MANAGER0001", "C8SAMPLE001"), NOW - timedelta(hours=1))


def test_no_statement_reads_the_whole_of_a_table_that_grows(company: Company) -> None:
    work(company)
    statements, company.statements = company.statements, {}
    assert len(statements) > 60
    explain = explain_sqlite if company.database.is_sqlite else explain_postgresql
    with company.database.engine.connect() as connection:
        found = {one: scanned for one, given in statements.items() if (scanned := explain(connection, one, given))}
    assert found == {}


def explain_sqlite(connection: Connection, statement: str, parameters: Any) -> set[str]:
    """The growing tables that SQLite would read as a whole."""
    if not statement.startswith(("SELECT", "UPDATE", "DELETE", "WITH")):
        return set()
    lines = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
    scans = [re.match(r"SCAN (\w+?)(?:_\d+)?(?: USING (?:COVERING )?INDEX (\w+))?$", row[-1]) for row in lines]
    return {one[1] for one in scans if one and one[1] in GROWING and one[2] not in PARTIAL_INDEXES}


def explain_postgresql(connection: Connection, statement: str, parameters: Any) -> set[str]:
    """The growing tables for which PostgreSQL has no index to use. (It would read small ones as a whole anyway.)"""
    if not statement.startswith(("SELECT", "UPDATE", "DELETE", "WITH")) or "pg_advisory" in statement:
        return set()
    connection.exec_driver_sql("SET enable_seqscan = off")
    lines = connection.exec_driver_sql(f"EXPLAIN {statement}", parameters)
    return {one[1] for row in lines if (one := re.search(r"Seq Scan on (\w+)", row[0])) and one[1] in GROWING}


def test_queries_do_not_depend_on_how_much_is_stored(company: Company, new_url: Callable[[], str]) -> None:
    small = {one.name: company.count_queries(one) for one in OPERATIONS}
    with open_company(new_url(), 1_200) as larger:
        large = {one.name: larger.count_queries(one) for one in OPERATIONS}
    more = {name: (small[name], count) for name, count in large.items() if count > small[name]}
    assert more == {}
    over = {one.name: large[one.name] for one in OPERATIONS if one.most_queries and large[one.name] > one.most_queries}
    assert over == {}
