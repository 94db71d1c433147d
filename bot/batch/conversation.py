"""Holds a conversation with the bot as direct messages do, without Slack, and reads what the person would get."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.batch.rows import BatchRow
from foundation.access import Access
from foundation.errors import UserError
from foundation.people import Person
from handlers.context import AppContext
from handlers.questions.answerers import Reply
from handlers.questions.blocks.places import take_distinct
from handlers.questions.questions import answer_direct_message
from handlers.slack import payloads
from handlers.slack.blocks.builders import build_message
from handlers.slack.blocks.plain_text import join_messages
from handlers.slack.calls import DeferredCall
from handlers.slack.errors import UNEXPECTED_ERROR, log_unexpected_error
from handlers.slack.gate import check_access
from handlers.slack.replies import send_reply
from knowledge.answers import Outcome
from storage.engine.inbox import Arrival, NewArrival
from storage.engine.lease import Lease

OWNER = "batch"
ROUTE = "event:message"
BETWEEN_MESSAGES = timedelta(seconds=20)
SMALL_TALK, LIVE, REFUSED = "small_talk", "live", "refused"


@dataclass(frozen=True, slots=True)
class BatchResult:
    """What came of a row's question. `text` is all that the asker would read."""

    id: Any
    status: str
    text: str
    citations: Sequence[dict[str, str]]


def hold_conversation(ctx: AppContext, number: int, row: BatchRow, asker: Person) -> BatchResult:
    """Ask what came before, then the question, in a conversation of its own."""
    channel, messages = f"DBATCH{number}", [*row.before, row.question]
    sent_before = 0
    for place, text in enumerate(messages):
        sent_before = _count_sent(ctx, channel)
        since = ctx.now() - BETWEEN_MESSAGES * (len(messages) - 1 - place)
        reply = _ask(ctx, _claim_message(ctx, channel, asker, text, since))
    with ctx.store.read_only(ctx.now()) as tx:
        read = join_messages(tx.outbox.list_waiting(channel)[sent_before:], ctx.people)
    return BatchResult(row.id, _describe_status(reply), read, _list_citations(reply))


def _claim_message(ctx: AppContext, channel: str, asker: Person, text: str, at: datetime) -> Arrival:
    """The message, stored and claimed as the bot does it."""
    key = f"{channel}:{at.isoformat()}"
    body = payloads.build_direct_message(channel, asker.id, text, key)
    ctx.store.inbox.write([NewArrival(key, ROUTE, body, at)])
    [arrival] = ctx.store.inbox.claim(OWNER, ctx.now(), 1, Lease())
    return arrival


def _ask(ctx: AppContext, arrival: Arrival) -> Reply | None:
    """The reply; None if the question was refused, for a reason that the asker reads."""
    call = DeferredCall(arrival.payload, ctx, arrival)
    try:
        check_access(call.person, Access.HANDBOOK, ctx.people)
        return answer_direct_message(call)
    except UserError as error:
        _explain_refusal(call, error.message)
    except Exception:
        _explain_refusal(call, UNEXPECTED_ERROR.format(log_unexpected_error(f"in {ROUTE}")))
    return None


def _explain_refusal(call: DeferredCall, text: str) -> None:
    with call.transaction() as tx:
        send_reply(tx, call.place, build_message(text))


def _count_sent(ctx: AppContext, channel: str) -> int:
    with ctx.store.read_only(ctx.now()) as tx:
        return len(tx.outbox.list_waiting(channel))


def _describe_status(reply: Reply | None) -> str:
    if reply is None:
        return REFUSED
    if reply.record:
        return LIVE
    return reply.answer.status.value if reply.answer else SMALL_TALK


def _list_citations(reply: Reply | None) -> list[dict[str, str]]:
    """The places whose words the asker reads."""
    answer = reply.answer if reply else None
    if answer is None or answer.status is Outcome.NOT_FOUND:
        return []
    places = take_distinct(answer.nearest) if answer.status is Outcome.CLOSEST else answer.citations
    return [{"source": one.source, "section": one.section, "quote": one.quote} for one in places]
