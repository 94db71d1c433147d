"""The sample organisation on a Monday in November, with a few requests and absences, in a database file."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from bot.composition import build_context
from bot.handbook_provider import open_handbook
from bot.organisation import SAMPLE, read_organisation
from bot.sample_data import seed_sample_data
from bot.strategy_import import choose_strategy
from foundation.errors import UserError
from foundation.record_kinds import RecordKind
from handlers.context import AppContext
from handlers.questions.answerers import Reply
from handlers.questions.questions import answer_direct_message
from handlers.requests.notifications import announce_request
from handlers.slack import payloads
from handlers.slack.blocks.plain_text import read_message_text
from handlers.slack.calls import DeferredCall
from servicedesk.records import RequestVerb
from servicedesk.requests import apply_verb, draft_request
from storage.database import Database
from storage.engine.inbox import NewArrival
from storage.engine.lease import Lease
from storage.migrate import migrate_database
from storage.store import Store
from strategy.records import Absence
from tests.servicedesk.cast import ADA, BEN, DANA, DELIVERY, EMEKA, WEI, framework, health_check

NOVEMBER = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
ASKERS = {
    "ada": "U01ADA",
    "ben": "U02BEN",
    "wei": "U03WEI",
    "dana": "U04DANA",
    "emeka": "U05EMEKA",
    "farah": "U06FARAH",
}
ABSENCES = (
    Absence("U06FARAH", date(2026, 11, 23), date(2026, 11, 27), "U02BEN"),
    Absence("U03WEI", date(2026, 12, 21), date(2027, 1, 3)),
)


@dataclass(frozen=True, slots=True)
class Heard:
    """What a person reads as the answer, and what kind of record it is; no reply if it was refused."""

    text: str
    reply: Reply | None

    @property
    def record(self) -> RecordKind | None:
        return self.reply.record if self.reply else None


@dataclass(slots=True)
class SampleOffice:
    """Asks as people do in direct messages, each question in a conversation of its own."""

    ctx: AppContext
    asked: int = 0

    def ask(self, question: str, asker: str = "ada", *, before: tuple[str, ...] = ()) -> Heard:
        self.asked += 1
        channel = f"D{self.asked}"
        for earlier in before:
            self._send(earlier, ASKERS[asker], channel)
        return self._send(question, ASKERS[asker], channel)

    def _send(self, text: str, user: str, channel: str) -> Heard:
        call = self._claim_call(text, user, channel)
        try:
            reply = answer_direct_message(call)
        except UserError as error:
            with call.transaction():
                return Heard(error.message, None)
        assert reply is not None
        return Heard(read_message_text(reply.message, self.ctx.people), reply)

    def _claim_call(self, text: str, user: str, channel: str) -> DeferredCall:
        self.asked += 1
        key = f"{channel}:{self.asked}"
        body = payloads.build_direct_message(channel, user, text, key)
        self.ctx.store.inbox.write([NewArrival(key, "event:message", body, self.ctx.now())])
        [arrival] = self.ctx.store.inbox.claim("test", self.ctx.now(), 1, Lease())
        return DeferredCall(arrival.payload, self.ctx, arrival)


@contextmanager
def open_sample_office(data: Path) -> Iterator[SampleOffice]:
    """`data` is a folder with the imported handbook."""
    database = Database(f"sqlite:///{data / 'pmo.db'}")
    migrate_database(database)
    store = Store(database)
    organisation = replace(read_organisation(SAMPLE), absences=ABSENCES)
    choose_strategy(store, organisation, NOVEMBER)
    provider = open_handbook(store, organisation, data / "model", NOVEMBER)
    ctx = build_context(organisation, store, provider, lambda: NOVEMBER)
    seed_sample_data(ctx)
    _add_requests(ctx)
    yield SampleOffice(ctx)
    database.close()


def _add_requests(ctx: AppContext) -> None:
    """Ada's waits for triage, Ben's for acceptance, Emeka's for Dana's approval, and Ada's second is late at Wei's."""
    check = health_check(project="smart-metering", title="Check the meter roll-out")
    review = health_check(project="contact-centre", title="Check the new desk")
    tank = health_check(project="storm-overflows", title="Risks of filling the tank")
    claim = [(RequestVerb.ACCEPT, WEI, {}), (RequestVerb.CLAIM, WEI, {})]
    _add_request(ctx, 1, ADA, datetime(2026, 11, 20, 10, tzinfo=UTC), "health-check", check, [])
    _add_request(
        ctx,
        2,
        BEN,
        datetime(2026, 11, 16, 10, tzinfo=UTC),
        "health-check",
        review,
        [*claim, (RequestVerb.DELIVER, WEI, DELIVERY)],
    )
    _add_request(
        ctx,
        3,
        EMEKA,
        datetime(2026, 11, 19, 10, tzinfo=UTC),
        "framework-development",
        framework(approver=DANA.id),
        [(RequestVerb.ACCEPT, WEI, {})],
    )
    _add_request(ctx, 4, ADA, datetime(2026, 9, 14, 10, tzinfo=UTC), "health-check", tank, claim)


def _add_request(
    ctx: AppContext,
    number: int,
    requester: Any,
    at: datetime,
    service: str,
    values: Mapping[str, object],
    steps: list[tuple[RequestVerb, Any, dict[str, Any]]],
) -> None:
    changes = [draft_request(number, f"form-{number}", service, requester, values, at, ctx.desk)]
    for verb, actor, given in [(RequestVerb.SUBMIT, requester, {}), *steps]:
        changes.append(apply_verb(changes[-1].request, verb, actor, at, ctx.desk, **given))
    with ctx.store.transaction(at) as tx:
        assert tx.requests.take_next_number() == number
        announce_request(tx, ctx, tx.requests.add(changes))
