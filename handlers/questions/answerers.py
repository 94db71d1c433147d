"""Who answers which intent. The first answerer that knows what a question names gives the answer."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from foundation.errors import NotFound
from foundation.people import Person
from handlers.context import AppContext
from handlers.home.help import build_help
from handlers.questions.blocks.answer import AnswerNames, build_answer_message
from handlers.questions.intents import (
    HandbookQuestion,
    Intent,
    MyRequests,
    MyServiceStatus,
    OpenRequests,
    RequestByNumber,
    SmallTalk,
    StatusOf,
    SubjectsInState,
    ValueOf,
    parse_intent,
)
from handlers.questions.named import find_named_metric, find_named_subject
from handlers.requests import lists
from handlers.requests.forms import find_service_key
from handlers.slack.blocks.builders import Message
from handlers.slack.payloads import Place
from handlers.strategy import tree
from knowledge.answers import Answer, Outcome
from knowledge.follow_ups import is_follow_up
from servicedesk.permissions import can_see_queue
from servicedesk.records import OPEN_STATES
from storage.questions import QuestionPlace
from storage.store import Transaction
from strategy.visibility import filter_visible

FOLLOW_UP_TIME = timedelta(hours=1)  # after that, a question opens another conversation
LIVE_ANSWER = Answer(Outcome.ANSWERED, "I showed you the status at that time.", 1.0)


@dataclass(frozen=True, slots=True)
class QuestionContext:
    """A question and what it takes to answer it. `id` names it in the record of questions."""

    tx: Transaction
    ctx: AppContext
    person: Person
    place: Place
    text: str
    id: str
    asked_at: datetime


@dataclass(frozen=True, slots=True)
class Reply:
    """What the asker gets. `answer` goes into the record of questions; small talk doesn't.

    Live data is for the asker alone, because others may not be allowed to see it: only `is_public` replies go to the
    whole conversation.
    """

    message: Message
    answer: Answer | None = LIVE_ANSWER
    is_public: bool = False


def find_reply(asked: QuestionContext) -> Reply:
    """The reply of the first answerer that has one.

    Raises:
        UserError: the question can't be answered as it is, for a reason that the message gives.
    """
    intent = parse_intent(asked.text)
    replies = (answer(asked, intent) for answer in ANSWERERS[type(intent)])
    return next(reply for reply in replies if reply)


def offer_help(asked: QuestionContext, _: SmallTalk) -> Reply:
    return Reply(build_help(asked.ctx, asked.place.user), answer=None)


def show_request(asked: QuestionContext, intent: RequestByNumber) -> Reply:
    """One request.

    Raises:
        NotFound: it doesn't exist, or the asker may not see it.
    """
    return _show_requests(asked, str(intent.number))


def show_own_requests(asked: QuestionContext, _: MyRequests) -> Reply:
    return _show_requests(asked, "")


def show_open_requests(asked: QuestionContext, _: OpenRequests) -> Reply:
    """Everybody's for the PMO, their own for others."""
    return _show_requests(asked, "open" if can_see_queue(asked.person) else "")


def show_own_service(asked: QuestionContext, intent: StatusOf | MyServiceStatus) -> Reply | None:
    """The asker's requests, if one of them is for the service that they call theirs."""
    name = intent.service if isinstance(intent, MyServiceStatus) else intent.name
    if isinstance(intent, StatusOf) and not name.startswith("my "):
        return None
    try:
        key = find_service_key(asked.ctx, name.removeprefix("my "))
    except NotFound:
        return None
    own = asked.tx.requests.list_involving(asked.person.id, OPEN_STATES, lists.MAX_INVOLVING)
    return _show_requests(asked, "") if any(request.service == key for request in own) else None


def list_subjects_in_state(asked: QuestionContext, intent: SubjectsInState) -> Reply | None:
    """The objectives or projects in a state, as far as the asker may see them."""
    if asked.tx.strategy.current() is None:
        return None
    return Reply(tree.describe_by_status(asked.tx, asked.ctx, asked.person, intent.kind, intent.state))


def show_subject(asked: QuestionContext, intent: StatusOf) -> Reply | None:
    """The objective or project that the question names, if the asker may see it."""
    strategy = asked.tx.strategy.current()
    if strategy is None:
        return None
    subject = find_named_subject(filter_visible(strategy, asked.person), intent.name, is_certain=intent.is_certain)
    return Reply(tree.describe_subject(asked.tx, asked.ctx, asked.person, subject)) if subject else None


def show_metric(asked: QuestionContext, intent: StatusOf | ValueOf) -> Reply | None:
    """The metric that the question names, if the asker may see it."""
    strategy = asked.tx.strategy.current()
    if strategy is None:
        return None
    name = intent.metric if isinstance(intent, ValueOf) else intent.name
    metric = find_named_metric(filter_visible(strategy, asked.person), name)
    return Reply(tree.describe_metric(asked.tx, asked.ctx, asked.person, metric)) if metric else None


def answer_from_handbook(asked: QuestionContext, _: Intent) -> Reply:
    """The handbook's own words, or that it doesn't say.

    Raises:
        UserError: the question is empty or far too long.
    """
    previous = _find_previous(asked) if is_follow_up(asked.text) else ()
    answer = asked.ctx.library().ask(asked.text, previous)
    services = {service.key: service.name for service in asked.ctx.desk.catalogue.services}
    message = build_answer_message(answer, asked.id, AnswerNames(services, asked.ctx.people))
    return Reply(message, answer, is_public=not asked.place.is_private)


def _show_requests(asked: QuestionContext, typed: str) -> Reply:
    """What `/pmo-requests` shows for these words."""
    return Reply(lists.choose_list(typed, asked.person)(asked.tx, asked.ctx, asked.person))


def _find_previous(asked: QuestionContext) -> tuple[str, ...]:
    """The questions just before this one in the same conversation, newest first."""
    place = asked.place
    thread = None if place.opens_thread else place.thread_ts
    where = QuestionPlace(place.user, place.channel or "", thread, place.is_private)
    return asked.tx.questions.find_previous(where, asked.asked_at - FOLLOW_UP_TIME)


Answerer = Callable[[QuestionContext, Any], Reply | None]

# For every intent the answerers in their order. The last one of each always has a reply.
ANSWERERS: Mapping[type[Intent], Sequence[Answerer]] = {
    SmallTalk: (offer_help,),
    RequestByNumber: (show_request,),
    MyRequests: (show_own_requests,),
    OpenRequests: (show_open_requests,),
    SubjectsInState: (list_subjects_in_state, answer_from_handbook),
    StatusOf: (show_own_service, show_subject, show_metric, answer_from_handbook),
    MyServiceStatus: (show_own_service, answer_from_handbook),
    ValueOf: (show_metric, answer_from_handbook),
    HandbookQuestion: (answer_from_handbook,),
}
