"""Who answers which intent. The first answerer that knows what a question names gives the answer."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from foundation.errors import NotFound
from foundation.people import Person
from foundation.record_kinds import RecordKind
from handlers.context import AppContext
from handlers.questions.blocks.answer import AnswerNames, build_answer_message
from handlers.questions.intents import (
    HandbookQuestion,
    Intent,
    MyRequests,
    MyServiceStatus,
    OpenRequests,
    RequestByNumber,
    StatusOf,
    SubjectsInState,
    ValueOf,
    parse_intent,
)
from handlers.questions.named import find_named_metric, find_named_subject
from handlers.questions.small_talk.nearest import find_nearest_small_talk
from handlers.questions.small_talk.replies import build_small_talk_reply, read_small_talk
from handlers.requests import lists
from handlers.requests.forms import find_service_key
from handlers.slack.blocks.builders import Message
from handlers.slack.calls import DeferredCall
from handlers.slack.payloads import TypedQuestion
from handlers.strategy import tree
from handlers.strategy.blocks.tree import build_metric_message
from knowledge.answers import Answer, Outcome
from knowledge.follow_ups import is_follow_up
from reporting.lines import format_metric
from servicedesk.permissions import can_see_queue
from servicedesk.records import OPEN_STATES
from storage.questions import QuestionPlace
from storage.store import Transaction
from strategy.records import Strategy
from strategy.status import compute_metric_status
from strategy.visibility import filter_visible

FOLLOW_UP_TIME = timedelta(hours=1)  # after that, a question opens another conversation
LIVE_ANSWER = Answer(Outcome.ANSWERED, "I showed you the status at that time.", 1.0)


@dataclass(frozen=True, slots=True)
class Reply:
    """What the asker gets. `answer` goes into the record of questions; small talk doesn't.

    Live data is for the asker alone, because others may not be allowed to see it: only `is_public` replies go to the
    whole conversation. `record` is the kind of record that a live answer shows.
    """

    message: Message
    answer: Answer | None = LIVE_ANSWER
    is_public: bool = False
    record: RecordKind | None = None


def find_reply(call: DeferredCall, asked: TypedQuestion) -> Reply:
    """The reply of the first answerer that has one.

    Raises:
        UserError: the question can't be answered as it is, for a reason that the message gives.
    """
    if said := read_small_talk(call.ctx, asked.text):
        return Reply(build_small_talk_reply(call.ctx, asked.place.user, said), answer=None)
    intent = parse_intent(asked.text)
    replies = (answer(call, asked, intent) for answer in ANSWERERS[type(intent)])
    return next(reply for reply in replies if reply)


def answer_chat(call: DeferredCall, asked: TypedQuestion, _: Intent) -> Reply | None:
    """A few words, if the message is small talk by its meaning and not by its words."""
    said = find_nearest_small_talk(asked.text, call.ctx.library())
    return Reply(build_small_talk_reply(call.ctx, asked.place.user, said), answer=None) if said else None


def format_question_id(call: DeferredCall) -> str:
    """What identifies a question in the record of questions, and on the buttons under its answer."""
    return f"Q{call.arrival.id}"


def show_request(call: DeferredCall, asked: TypedQuestion, intent: RequestByNumber) -> Reply:
    """One request.

    Raises:
        NotFound: it doesn't exist, or the asker may not see it.
    """
    return _show_requests(call, str(intent.number), RecordKind.REQUEST)


def show_own_requests(call: DeferredCall, asked: TypedQuestion, _: MyRequests) -> Reply:
    return _show_requests(call, "", RecordKind.OWN_REQUESTS)


def show_open_requests(call: DeferredCall, asked: TypedQuestion, _: OpenRequests) -> Reply:
    """Everybody's for those who may see the queue, their own for others."""
    if can_see_queue(call.person):
        return _show_requests(call, "open", RecordKind.OPEN_REQUESTS)
    return _show_requests(call, "", RecordKind.OWN_REQUESTS)


def show_own_service(call: DeferredCall, asked: TypedQuestion, intent: StatusOf | MyServiceStatus) -> Reply | None:
    """The asker's requests, if one of them is for the named service."""
    name = intent.service if isinstance(intent, MyServiceStatus) else intent.name
    if isinstance(intent, StatusOf) and not name.startswith("my "):
        return None
    try:
        key = find_service_key(call.ctx, name.removeprefix("my "))
    except NotFound:
        return None
    own = call.read(lambda tx: tx.requests.list_involving(call.person.id, OPEN_STATES, lists.MAX_INVOLVING))
    is_known = any(request.service == key for request in own)
    return _show_requests(call, "", RecordKind.OWN_REQUESTS) if is_known else None


def list_subjects_in_state(call: DeferredCall, asked: TypedQuestion, intent: SubjectsInState) -> Reply | None:
    """The objectives or projects in a state, as far as the asker may see them."""
    message = call.read(lambda tx: _describe_state(tx, call.ctx, call.person, intent))
    return Reply(message, record=RecordKind.STATES) if message else None


def show_subject_or_metric(call: DeferredCall, asked: TypedQuestion, intent: StatusOf | ValueOf) -> Reply | None:
    """The objective, project or metric that the question names, if the asker may see it."""
    message = call.read(lambda tx: _describe_named(tx, call.ctx, call.person, intent))
    return Reply(message, record=RecordKind.STATUS) if message else None


def answer_from_handbook(call: DeferredCall, asked: TypedQuestion, _: Intent) -> Reply:
    """The handbook's own words, or that it doesn't say.

    Raises:
        UserError: the question is empty or far too long.
    """
    previous = _find_previous(call, asked) if is_follow_up(asked.text) else ()
    answer = call.ctx.library().ask(asked.text, previous)
    services = {service.key: service.name for service in call.ctx.desk.catalogue.services}
    message = build_answer_message(answer, format_question_id(call), AnswerNames(services, call.ctx.people))
    return Reply(message, answer, is_public=not asked.place.is_private)


def _show_requests(call: DeferredCall, typed: str, record: RecordKind) -> Reply:
    """What `/pmo-requests` shows for these words."""
    answer = lists.choose_list(typed, call.person)
    return Reply(call.read(lambda tx: answer(tx, call.ctx, call.person)), record=record)


def _describe_state(tx: Transaction, ctx: AppContext, person: Person, intent: SubjectsInState) -> Message | None:
    if tx.strategy.get_current() is None:
        return None
    return tree.describe_by_status(tx, ctx, person, intent.kind, intent.state)


def _describe_named(tx: Transaction, ctx: AppContext, person: Person, intent: StatusOf | ValueOf) -> Message | None:
    strategy = tx.strategy.get_current()
    if strategy is None:
        return None
    seen = filter_visible(strategy, person)
    if isinstance(intent, ValueOf):
        return _describe_metric(tx, ctx, seen, intent.metric)
    subject = find_named_subject(seen, intent.name, is_certain=intent.is_certain)
    return tree.describe_subject(tx, ctx, person, subject) if subject else _describe_metric(tx, ctx, seen, intent.name)


def _describe_metric(tx: Transaction, ctx: AppContext, seen: Strategy, name: str) -> Message | None:
    metric = find_named_metric(seen, name)
    if metric is None:
        return None
    status = compute_metric_status(seen, metric, tx.now.date())
    return build_metric_message(format_metric(status, ctx.people), metric.objective)


def _find_previous(call: DeferredCall, asked: TypedQuestion) -> tuple[str, ...]:
    """The questions just before this one in the same conversation, newest first."""
    place, since = asked.place, call.arrival.received_at - FOLLOW_UP_TIME
    thread = None if place.opens_thread else place.thread_ts
    here = QuestionPlace(place.user, place.channel or "", thread, place.is_private)
    return call.read(lambda tx: tx.questions.find_previous(here, since))


Answerer = Callable[[DeferredCall, TypedQuestion, Any], Reply | None]

# For every intent the answerers in their order. The last one of each always has a reply.
ANSWERERS: Mapping[type[Intent], Sequence[Answerer]] = {
    RequestByNumber: (show_request,),
    MyRequests: (show_own_requests,),
    OpenRequests: (show_open_requests,),
    SubjectsInState: (list_subjects_in_state, answer_from_handbook),
    StatusOf: (show_own_service, show_subject_or_metric, answer_from_handbook),
    MyServiceStatus: (show_own_service, answer_from_handbook),
    ValueOf: (show_subject_or_metric, answer_from_handbook),
    HandbookQuestion: (answer_chat, answer_from_handbook),
}
