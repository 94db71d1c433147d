"""Figures of a period, from the stored facts: worked out by hand, and compared with the logs of any requests."""

import random
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert, update

from foundation.errors import UserError
from servicedesk.figure_facts import list_figure_facts
from servicedesk.figures import Figures, Share, Spread, compute_figures, find_age_limits
from servicedesk.history import replay_log
from servicedesk.lead_times import Holder
from servicedesk.permissions import find_allowed_verbs
from servicedesk.records import RequestLogEntry, RequestState, RequestVerb
from servicedesk.requests import apply_verb, draft_request
from servicedesk.transitions import SYSTEM
from storage.database import Database
from storage.requests import to_entry_row, to_request_row
from storage.store import Store
from storage.tables.requests import RequestEntryRow, RequestFactRow, RequestRow
from tests.samples import scale
from tests.servicedesk.cast import (
    ASKED_BACK,
    BEN,
    DELIVERY,
    DESK,
    EMEKA,
    EVERYBODY,
    LONDON,
    MONDAY,
    WEI,
    at,
    framework,
    health_check,
    write_log,
)
from tests.servicedesk.log_figures import compute_figures_from_logs
from tests.servicedesk.test_histories import SENSIBLE

HOUR = 3600
DAY = 8 * HOUR
MAY = (at(1, 1), at(1, 1, month=6))
Log = Sequence[RequestLogEntry]


def store_logs(database: Database, logs: Iterable[Log]) -> None:
    """Put the requests in the database, and count them."""
    with database.transaction() as session:
        for table in (RequestFactRow, RequestEntryRow, RequestRow):
            session.execute(delete(table))
        for log in logs:
            session.execute(insert(RequestRow).values(to_request_row(replay_log(log, LONDON))))
            session.execute(insert(RequestEntryRow), [to_entry_row(entry) for entry in log])
    count_requests(database)


def count_requests(database: Database) -> None:
    with Store(database).transaction(MONDAY) as tx:
        for number, version in tx.request_facts.list_uncounted(1000):
            facts = list_figure_facts(tx.requests.read_log(number), LONDON)
            tx.request_facts.replace(number, version, facts)


def read_figures(database: Database, start: datetime, end: datetime) -> Figures:
    with Store(database).read_only(MONDAY) as tx:
        facts = tx.request_facts.read_period(start, end, find_age_limits(end, LONDON))
    return compute_figures(facts, start, end, DESK.catalogue)


def three_requests() -> list[Log]:
    return [
        write_log(*ASKED_BACK),
        write_log(
            (RequestVerb.SUBMIT, BEN, at(4, 9), {}),
            (RequestVerb.ACCEPT, WEI, at(6, 9), {}),  # two days: too late
            (RequestVerb.CLAIM, WEI, at(6, 9), {}),
            (RequestVerb.DELIVER, WEI, at(7, 9), DELIVERY),
            (RequestVerb.REOPEN, BEN, at(8, 9), {"reason": "A page is missing"}),
            (RequestVerb.DELIVER, WEI, at(8, 13), DELIVERY),
            number=13,
        ),
        write_log((RequestVerb.SUBMIT, BEN, at(14, 9), {}), number=14),
        write_log((RequestVerb.SUBMIT, BEN, at(14, 9), {}), (RequestVerb.WITHDRAW, BEN, at(14, 10), {}), number=15),
    ]


def test_figures_summarise_a_month(database: Database) -> None:
    store_logs(database, three_requests())
    month = read_figures(database, *MAY)
    assert (month.submitted, month.triaged, month.delivered) == (4, 2, 2)
    assert month.to_triage == Spread(2, 4 * HOUR, 2 * DAY)
    assert month.to_deliver == Spread(2, DAY + 4 * HOUR, 4 * HOUR + 4 * HOUR + 4 * HOUR + DAY)
    assert month.triage_met == Share(1, 2)
    assert month.delivery_met == Share(2, 2)
    assert month.reopened == Share(1, 2)
    assert month.reopened.rate == Fraction(1, 2)
    assert month.held[Holder.HOLD] == DAY
    assert month.open_now == 1
    assert month.ages == (0, 0, 1, 0)
    assert month.hours_asked == 3 * 20


def test_past_figures_ignore_later_entries(database: Database) -> None:
    store_logs(database, three_requests())
    early = read_figures(database, at(1, 1), at(8, 8))
    cut = [[entry for entry in log if entry.at < at(8, 8)] for log in three_requests()]
    store_logs(database, [log for log in cut if log])
    assert early == read_figures(database, at(1, 1), at(8, 8))
    assert early.reopened == Share(0, 1)


def test_empty_period_has_no_rate_or_median(database: Database) -> None:
    nothing = read_figures(database, *MAY)
    assert nothing.to_triage == Spread(0, None, None)
    assert nothing.delivery_met.rate is None


def test_what_is_closed_without_a_delivery_is_not_delivered(database: Database) -> None:
    settled = {"to": RequestState.CLOSED, "reason": "Settled in the board"}
    log = write_log((RequestVerb.SUBMIT, BEN, at(14, 9), {}), (RequestVerb.OVERRIDE, EMEKA, at(14, 11), settled))
    store_logs(database, [log])
    assert read_figures(database, *MAY).delivered == 0


def test_request_that_changed_meanwhile_is_counted_again(database: Database) -> None:
    store_logs(database, three_requests())
    with Store(database).transaction(MONDAY) as tx:
        assert tx.request_facts.list_uncounted(10) == []
        tx.session.execute(update(RequestRow).where(RequestRow.number == 14).values(version=RequestRow.version + 1))
        assert [number for number, _ in tx.request_facts.list_uncounted(10)] == [14]
        tx.request_facts.replace(14, 1, [])
        assert [number for number, _ in tx.request_facts.list_uncounted(10)] == [14]


def live(chance: random.Random, number: int) -> Log:
    """The log of one request, to which people do whatever they may, with minutes to weeks in between."""
    now = MONDAY + timedelta(minutes=chance.randrange(40 * 24 * 60))
    service, form = chance.choice([("health-check", health_check()), ("framework-development", framework())])
    changes = [draft_request(number, f"form-{number}", service, BEN, form, now, DESK)]
    for _ in range(chance.randrange(2, 14)):
        now += timedelta(seconds=chance.choice([0, 1, chance.randrange(7200), chance.randrange(20 * 86400)]))
        request = changes[-1].request
        may = [
            (verb, actor)
            for actor in (*EVERYBODY, SYSTEM)
            for verb in find_allowed_verbs(request, actor)
            if verb not in (RequestVerb.WATCH, RequestVerb.UNWATCH)
        ]
        if not may:
            break
        verb, actor = chance.choice(may)
        given_input = SENSIBLE | {
            "review_on": now.date() + timedelta(days=9),
            "to": chance.choice([RequestState.SUBMITTED, RequestState.QUEUED, RequestState.CLOSED]),
        }
        with suppress(UserError):  # it isn't possible just now
            changes.append(apply_verb(request, verb, actor, now, DESK, **given_input))
    return [replace(one.entry) for one in changes if one.entry]


@settings(max_examples=scale(12))
@given(seed=st.integers(0, 10**9))
def test_figures_of_any_requests_follow_from_their_logs(database: Database, seed: int) -> None:
    chance = random.Random(seed)
    logs = [live(chance, number) for number in range(1, 13)]
    store_logs(database, logs)
    for _ in range(6):
        start = MONDAY + timedelta(hours=chance.randrange(100 * 24))
        end = chance.choice([start + timedelta(hours=chance.randrange(1, 60 * 24)), MONDAY + timedelta(days=400)])
        assert read_figures(database, start, end) == compute_figures_from_logs(logs, start, end, LONDON, DESK.catalogue)
