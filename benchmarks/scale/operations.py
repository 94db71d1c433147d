"""What is measured: each operation as its user starts it, through the handler, with everything it stores and posts."""

import itertools
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from benchmarks.scale.company import LEADERS, MANAGERS, NOW, STAFF
from benchmarks.scale.histories import FORM
from handlers.context import AppContext
from handlers.home.home import show_home
from handlers.questions.records.finder import find_records
from handlers.requests.actions import act_on_request
from handlers.requests.forms import submit_request
from handlers.requests.lists import answer_list_command
from handlers.slack.calls import DeferredCall
from handlers.strategy.tree import show_strategy
from storage.engine.inbox import NewArrival
from storage.engine.lease import Lease
from storage.tables.requests import RequestRow

Run = Callable[[], object]
Prepare = Callable[[AppContext], Iterator[Run]]


@dataclass(frozen=True, slots=True)
class Operation:
    """`prepare` yields it again and again, each time for somebody else; `most_ms` and `most_queries` are the target."""

    name: str
    prepare: Prepare
    most_ms: float
    most_queries: int | None = None


_serial = itertools.count()


def _call(ctx: AppContext, handler: Callable[[DeferredCall], object], payload: Mapping[str, Any]) -> Run:
    """Put the payload in the inbox, claim it, and return what the worker then does."""
    key = f"benchmark:{uuid.uuid4().hex}"
    ctx.store.inbox.write([NewArrival(key, "benchmark", dict(payload), NOW)])
    (arrival,) = ctx.store.inbox.claim("benchmark", NOW, 1, Lease())
    return lambda: handler(DeferredCall(arrival.payload, ctx, arrival))


def _command(command: str, text: str, people: list[str], handler: Callable[[DeferredCall], object]) -> Prepare:
    def prepare(ctx: AppContext) -> Iterator[Run]:
        for person in itertools.cycle(people):
            payload = {"command": command, "text": text, "user_id": person, "channel_id": "C8SAMPLE001"}
            yield _call(ctx, handler, payload | {"response_url": "https://hooks.slack.com/sample"})

    return prepare


def _submit(ctx: AppContext) -> Iterator[Run]:
    for person in itertools.cycle(MANAGERS):
        values = {key: {"value": _enter(value)} for key, value in (FORM | {"project": "project-7"}).items()}
        view = {"id": f"V{next(_serial)}", "private_metadata": "health-check", "state": {"values": values}}
        yield _call(ctx, submit_request, {"type": "view_submission", "user": {"id": person}, "view": view})


def _enter(value: object) -> dict[str, Any]:
    if isinstance(value, bool):
        return {"type": "static_select", "selected_option": {"value": "yes" if value else "no"}}
    return {"type": "plain_text_input", "value": value}


def _accept(ctx: AppContext) -> Iterator[Run]:
    with ctx.store.read_only(NOW) as tx:
        new = select(RequestRow.number).where(RequestRow.state == "submitted").order_by(RequestRow.number)
        numbers = list(tx.session.scalars(new.limit(200)))
    for number, person in zip(numbers, itertools.cycle(STAFF), strict=False):
        action = {"action_id": "request.accept", "value": str(number)}
        yield _call(ctx, act_on_request, {"type": "block_actions", "user": {"id": person}, "actions": [action]})


def _open_home(people: list[str]) -> Prepare:
    def prepare(ctx: AppContext) -> Iterator[Run]:
        for person in itertools.cycle(people):
            event = {"type": "app_home_opened", "user": person, "channel": f"D{person[1:]}", "tab": "home"}
            yield _call(ctx, show_home, {"event_id": f"Ev{next(_serial)}", "event": event})

    return prepare


def _ask_status(ctx: AppContext) -> Iterator[Run]:
    for number, person in enumerate(itertools.cycle(MANAGERS)):
        known = ctx.people.get(person)

        def ask(text: str = f"How is Sample project {number % 100} doing?", who: Any = known) -> None:
            with ctx.store.read_only(NOW) as tx:
                assert find_records(tx, ctx, who, text, lambda: ()).answers

        yield ask


OPERATIONS = (
    Operation("submit a request, with cards", _submit, 60, 25),
    Operation("accept a request, with cards", _accept, 60, 25),
    Operation("Home of a requester", _open_home(MANAGERS), 40),
    Operation("Home of PMO staff", _open_home(STAFF), 40),
    Operation("Home of a leader", _open_home(LEADERS), 40),
    Operation("/pmo-requests: own list", _command("/pmo-requests", "", MANAGERS, answer_list_command), 40),
    Operation("/pmo-requests queue", _command("/pmo-requests", "queue", STAFF, answer_list_command), 40),
    Operation("/pmo-requests open", _command("/pmo-requests", "open", STAFF, answer_list_command), 40),
    Operation("/pmo-requests figures", _command("/pmo-requests", "figures", STAFF, answer_list_command), 150),
    Operation("digest, previewed", _command("/pmo-strategy", "digest", LEADERS, show_strategy), 400),
    Operation("/pmo-strategy: the tree", _command("/pmo-strategy", "", MANAGERS, show_strategy), 150),
    Operation("a status question", _ask_status, 40),
)


def read_clock() -> datetime:
    """The bot's clock in the benchmark: it stands a second after NOW."""
    return NOW + timedelta(seconds=1)
