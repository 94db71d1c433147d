"""Who answers a question: small talk, the records, the handbook, or the records and the handbook together."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial

from foundation.access import Access
from foundation.errors import UserError
from foundation.record_kinds import RecordKind
from handlers.questions.blocks.answer import AnswerNames, build_answer_message
from handlers.questions.blocks.records import merge_messages
from handlers.questions.records.finder import FoundRecords, find_record_of_kind, find_records
from handlers.questions.small_talk.nearest import find_nearest_small_talk
from handlers.questions.small_talk.replies import build_small_talk_reply, read_small_talk
from handlers.questions.wording.catalogue import localize_text, use_language
from handlers.slack.blocks.builders import Message, build_message, context
from handlers.slack.calls import DeferredCall
from handlers.slack.gate import explain_no_access
from handlers.slack.payloads import TypedQuestion
from knowledge.answers import Answer, Outcome
from knowledge.languages.detection import detect_language
from knowledge.languages.dictionary import Language
from knowledge.languages.translation import read_foreign_question
from servicedesk.permissions import can_request
from storage.questions import QuestionPlace
from storage.store import Transaction

FOLLOW_UP_TIME = timedelta(hours=1)  # after that, a question opens another conversation
LIVE_ANSWER = Answer(Outcome.ANSWERED, "I showed you the status at that time.", 1.0)


@dataclass(frozen=True, slots=True)
class Reply:
    """What the asker gets. `answer` goes into the record of questions; small talk doesn't.

    `record` is the kind of record that a live answer shows; `more_records` are those of the second and third question
    in one message. They decide who may read it (see `handlers.questions.publishing`). `is_withheld`: it says only that
    the records that were asked for aren't for the asker.
    """

    message: Message
    answer: Answer | None = LIVE_ANSWER
    record: RecordKind | None = None
    more_records: tuple[RecordKind, ...] = ()
    is_withheld: bool = False

    @property
    def outcome(self) -> str:
        """How the question was answered, for the figures of how many were."""
        if self.is_withheld:
            return "withheld"
        if self.record:
            return "records"
        return self.answer.status.value if self.answer else "small_talk"


def find_reply(call: DeferredCall, asked: TypedQuestion) -> Reply:
    """The records that the question asks for, then what the handbook says about the rest of it.

    Raises:
        UserError: the question can't be answered as it is, for a reason that the message gives.
    """
    if said := read_small_talk(call.ctx, asked.text):
        return Reply(build_small_talk_reply(call.ctx, call.person, said), answer=None)
    with use_language(detect_language(asked.text)):
        found = call.read(lambda tx: _find_records(tx, call, asked))
        if found.answers:
            return _build_live_reply(call, asked, found)
        reply = answer_chat(call, asked) or answer_from_handbook(call, asked)
        if found.is_withheld:
            return _explain_withheld(call, reply)
        return _show_meant_record(call, asked, reply) or reply


def answer_chat(call: DeferredCall, asked: TypedQuestion) -> Reply | None:
    """A few words, if the message is small talk by its meaning and not by its words."""
    foreign = read_foreign_question(asked.text)
    said = find_nearest_small_talk(foreign.english, call.ctx.library())
    if said is None:
        return None
    said = replace(said, language=foreign.language)
    return Reply(build_small_talk_reply(call.ctx, call.person, said), answer=None)


def format_question_id(call: DeferredCall) -> str:
    """What identifies a question in the record of questions, and on the buttons under its answer."""
    return f"Q{call.arrival.id}"


def answer_from_handbook(call: DeferredCall, asked: TypedQuestion, before: Sequence[str] = ()) -> Reply:
    """The handbook's own words, or that it doesn't say. `before` is what the same message asked first.

    Raises:
        UserError: the question is empty or far too long.
    """
    previous = before or call.read(lambda tx: _find_previous(tx, call, asked))
    answer = _ask_library(call, asked.text, previous)
    services = {service.key: service.name for service in call.ctx.desk.catalogue.services}
    names = AnswerNames(services, call.ctx.people, can_request=can_request(call.person))
    message = build_answer_message(answer, format_question_id(call), names)
    return Reply(message, answer)


def _find_records(
    tx: Transaction, call: DeferredCall, asked: TypedQuestion, kind: RecordKind | None = None
) -> FoundRecords:
    """The records that the question asks for; with a kind, only one of that kind."""

    def find_previous() -> Sequence[str]:
        return [read_foreign_question(one).english for one in _find_previous(tx, call, asked)]

    foreign = read_foreign_question(asked.text)
    if kind:
        return find_record_of_kind(tx, call.ctx, call.person, foreign.english, kind, find_previous)
    is_rough = foreign.language is not Language.ENGLISH
    return find_records(tx, call.ctx, call.person, foreign.english, find_previous, is_rough=is_rough)


def _show_meant_record(call: DeferredCall, asked: TypedQuestion, reply: Reply) -> Reply | None:
    """The record that a language model takes the question to ask for, if the asker may see it."""
    if reply.answer is None or reply.answer.record is None:
        return None
    found = call.read(partial(_find_records, call=call, asked=asked, kind=reply.answer.record))
    return _build_live_reply(call, asked, found) if found.answers else None


def _explain_withheld(call: DeferredCall, reply: Reply) -> Reply:
    """That records aren't for the asker, above what the handbook says if it answers the question."""
    note = explain_no_access(call.person, Access.EVERYTHING, call.ctx.people)
    if reply.answer and reply.answer.status is Outcome.ANSWERED:
        text, blocks = reply.message["text"], reply.message["blocks"]
        return replace(reply, message=build_message(f"{note}\n{text}", [context(note), *blocks]))
    return Reply(build_message(note), answer=None, is_withheld=True)


def _ask_library(call: DeferredCall, text: str, previous: Sequence[str]) -> Answer:
    try:
        return call.ctx.library().ask(text, previous, call.ctx.selector)
    except UserError as error:
        raise UserError(localize_text(str(error))) from error


def _build_live_reply(call: DeferredCall, asked: TypedQuestion, found: FoundRecords) -> Reply:
    """The records in one message and, if the question asks more, the handbook's answer below them."""
    kinds, messages = zip(*found.answers, strict=True)
    reply = Reply(merge_messages(messages), record=kinds[0], more_records=kinds[1:])
    if not found.rest:
        return reply
    method = answer_from_handbook(call, TypedQuestion(" ".join(found.rest), asked.place), found.answered)
    return replace(reply, message=merge_messages([reply.message, method.message]), answer=method.answer)


def _find_previous(tx: Transaction, call: DeferredCall, asked: TypedQuestion) -> Sequence[str]:
    """The questions just before this one in the same conversation, newest first."""
    place, since = asked.place, call.arrival.received_at - FOLLOW_UP_TIME
    if place.is_direct and place.opens_thread:  # in the agent view, a new conversation
        return ()
    thread = None if place.opens_thread else place.thread_ts
    here = QuestionPlace(place.user, place.channel or "", thread, place.is_private)
    return tx.questions.find_previous(here, since)
