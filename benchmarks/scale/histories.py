"""Sample requests with their logs: a few hundred histories made by the service desk's own rules, and copies of them.

A copy has another number and requester and happened whole weeks earlier. A history that would reach into the future is
cut at the present, so that the newest requests are open.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime, timedelta
from functools import cache, cached_property
from typing import Any, NamedTuple

from benchmarks.scale.company import MANAGERS, NOW, STAFF, read_company
from foundation.memo import Memo
from foundation.people import Person
from servicedesk.calendar import Calendar
from servicedesk.clock import Clock
from servicedesk.desk import Desk
from servicedesk.figure_facts import FigureFact, list_figure_facts
from servicedesk.records import ClockName, Request, RequestChange, RequestLogEntry, RequestState, RequestVerb
from servicedesk.requests import apply_verb, draft_request

HISTORIES = 400
FIRST_WEEK = datetime(2026, 11, 30, tzinfo=UTC)  # the Monday of the present week
DELIVERY = {
    "link": "https://example.org/sample",
    "checklist": ["rated", "actions", "ack_pmo", "ack_manager", "ack_sponsor"],
}
FORM = {
    "title": "Look at a sample project",
    "project": "not-listed",
    "detail": "Costs run ahead of the plan. This request is invented.",
    "trigger": "concern",
    "stage": "delivery",
    "budget_band": "large",
    "own_rag": "amber",
    "sponsor_informed": True,
}


@dataclass(frozen=True)
class History:
    """The changes of one request, oldest first, in the present week and after it."""

    changes: tuple[RequestChange, ...]
    calendar: Calendar

    @cached_property
    def entries(self) -> list[RequestLogEntry]:
        """The complete log."""
        return [one.entry for one in self.changes if one.entry]

    @cached_property
    def facts(self) -> Memo[int, list[FigureFact]]:
        """What figures count of it, by the length of its log."""
        return Memo(len(self.changes))


class Copy(NamedTuple):
    """A copy of a history: the request as it is now, and its log."""

    request: Request
    entries: list[RequestLogEntry]


@cache
def make_histories() -> list[History]:
    """HISTORIES different ones, the same in every run."""
    desk = read_company().desk
    chance = random.Random(7)
    return [_make_history(desk, chance) for _ in range(HISTORIES)]


def copy_history(history: History, number: int, weeks: int) -> Copy:
    """What had happened by NOW of the same history under another number, `weeks` weeks earlier."""
    earlier, requester, key = timedelta(weeks=weeks), MANAGERS[number % len(MANAGERS)], f"sample:{number}"
    entries = []
    for entry in history.entries:
        if entry.at - earlier >= NOW:
            break
        actor = requester if entry.actor == MANAGERS[0] else entry.actor
        data = {**entry.data, "key": key} if "key" in entry.data else entry.data
        entries.append(replace(entry, number=number, at=entry.at - earlier, actor=actor, data=data))
    request = _move(history.changes[len(entries) - 1].request, earlier)
    return Copy(replace(request, number=number, requester=requester, key=key), entries)


def _make_history(desk: Desk, chance: random.Random) -> History:
    requester = desk.people.get(MANAGERS[0])
    staff = [desk.people.get(one) for one in STAFF]
    triager, assignee = chance.choice(staff), chance.choice(staff)
    at = FIRST_WEEK + timedelta(minutes=chance.randrange(5 * 24 * 60))
    changes = [draft_request(1, "sample", "health-check", requester, FORM, at, desk)]

    def act(verb: RequestVerb, actor: Person, hours: float, **given: Any) -> None:
        nonlocal at
        at += timedelta(hours=chance.uniform(0.1, hours))
        changes.append(apply_verb(changes[-1].request, verb, actor, at, desk, **given))

    act(RequestVerb.SUBMIT, requester, 0.2)
    if chance.random() < 0.2:
        act(RequestVerb.ASK, triager, 30, comment="Which phase?")
        act(RequestVerb.ANSWER, requester, 60, comment="The second.")
    if chance.random() < 0.1:
        act(RequestVerb.DECLINE, triager, 60, reason="Another team does this.")
        return History(tuple(changes), desk.calendar)
    act(RequestVerb.ACCEPT, triager, 40)
    act(RequestVerb.ASSIGN, triager, 60, assignee=assignee.id)
    for _ in range(chance.randrange(3)):
        act(RequestVerb.COMMENT, assignee, 40, comment="A sample comment.")
    if chance.random() < 0.3:
        act(RequestVerb.QUESTION, assignee, 60, comment="Where is the register?")
        act(RequestVerb.REPLY, requester, 90, comment="Here.")
    act(RequestVerb.DELIVER, assignee, 300, **DELIVERY)
    if chance.random() < 0.1:
        act(RequestVerb.REOPEN, requester, 60, reason="A page is missing.")
        act(RequestVerb.DELIVER, assignee, 100, **DELIVERY)
    act(RequestVerb.ACCEPT_DELIVERY, requester, 100)
    assert changes[-1].request.state is RequestState.CLOSED
    return History(tuple(changes), desk.calendar)


def copy_facts(history: History, entries: int, weeks: int) -> Iterator[FigureFact]:
    """What figures count of a copy with so many entries in its log."""
    log, earlier = history.entries[:entries], timedelta(weeks=weeks)
    for fact in history.facts.get(entries, lambda: list_figure_facts(log, history.calendar)):
        until = fact.valid_until - earlier if fact.valid_until else None
        yield replace(fact, at=fact.at - earlier, valid_from=fact.valid_from - earlier, valid_until=until)


_TIMES = [one.name for one in fields(Request) if one.name.endswith("_at")]


def _move(request: Request, earlier: timedelta) -> Request:
    times = {name: at - earlier for name in _TIMES if (at := getattr(request, name))}
    clocks = {name.value: _move_clock(request.get_clock(name), earlier) for name in ClockName}
    return replace(request, **times, **clocks)


def _move_clock(clock: Clock | None, earlier: timedelta) -> Clock | None:
    return replace(clock, since=clock.since - earlier) if clock and clock.since else clock
