"""Questions and their answers, wherever they are asked; reading more, and rating the answer."""

import json
import re
import time
from collections.abc import Mapping
from datetime import timedelta

from foundation import telemetry
from foundation.access import Access
from foundation.errors import NotFound, UserError
from foundation.people import Person
from handlers.context import AppContext
from handlers.home.help import send_help
from handlers.questions.answerers import Reply, find_reply, format_question_id
from handlers.questions.blocks.answer_buttons import build_ask_pmo_button, format_question_block_id
from handlers.questions.blocks.handbook_section import build_section_modal
from handlers.questions.blocks.history import build_history_blocks, build_question_modal
from handlers.questions.gaps import list_gaps
from handlers.questions.learning import build_teach_offer, list_learned_questions, offer_closest_sections
from handlers.questions.publishing import can_publish, check_can_ask, list_records
from handlers.questions.wording.catalogue import localize_text, use_language
from handlers.requests.actions import take_thread_reply
from handlers.slack import payloads
from handlers.slack.blocks.builders import Block, Message, actions, build_message, escape, section, shorten
from handlers.slack.blocks.notes import add_note
from handlers.slack.calls import DeferredCall, HandlerCall, ImmediateCall
from handlers.slack.files import check_has_words
from handlers.slack.message_events import read_sent_at
from handlers.slack.payloads import TypedQuestion
from handlers.slack.replies import reply_ephemeral, send_reply
from handlers.slack.routes import DeferredHandler, Routes
from knowledge.languages.detection import detect_language
from knowledge.sections import find_section
from servicedesk.permissions import can_request
from storage.questions import QuestionPlace
from storage.store import Transaction

SHOWN_AT_HOME = 5
APOLOGY_AFTER = timedelta(hours=1)

SUBCOMMANDS: Mapping[str, DeferredHandler] = {
    "": send_help,
    "help": send_help,
    "gaps": list_gaps,
    "learned": list_learned_questions,
}


def register(routes: Routes) -> None:
    routes.defer_command("/pmo", answer_command, needs=Access.HANDBOOK, heavy=asks_for_gaps)
    routes.defer_action("question.ask", answer_home_question, needs=Access.HANDBOOK)
    routes.defer_action("question.suggested.*", answer_suggested_question, needs=Access.HANDBOOK)
    routes.defer_action("question.feedback", rate_answer, needs=Access.HANDBOOK)
    routes.handle_action("question.read", open_handbook_section, needs=Access.HANDBOOK)
    routes.handle_action("question.read.*", open_handbook_section, needs=Access.HANDBOOK)
    routes.handle_action("question.show", open_past_question, needs=Access.HANDBOOK)


def answer_direct_message(call: DeferredCall) -> Reply | None:
    """Somebody wrote to the bot. Without a mention, what they write under a request's card belongs to the request.

    Returns the reply if it was a question.
    """
    asked = payloads.read_question(call.payload)
    if payloads.is_addressed(call.payload) or not take_thread_reply(call, asked):
        return answer_question(call, asked)
    return None


def asks_for_gaps(call: HandlerCall) -> bool:
    """Whether the answer takes long: every gap is asked again."""
    return call.command_text.lower() == "gaps"


def answer_command(call: DeferredCall) -> None:
    """/pmo <question>, /pmo ask <question> or a subcommand."""
    asked = payloads.read_question(call.payload)
    if subcommand := SUBCOMMANDS.get(asked.text.lower()):
        subcommand(call)
        return
    if asked.text.startswith("-"):
        option = escape(shorten(asked.text.split()[0], 40))
        raise UserError(f"There's no option “{option}”. Type `/pmo help` to see what you can type.")
    text = re.sub(r"^ask\b\s*", "", asked.text, flags=re.IGNORECASE)
    answer_question(call, TypedQuestion(text, asked.place))


def answer_suggested_question(call: DeferredCall) -> None:
    """Somebody clicked a suggested question."""
    answer_question(call, TypedQuestion(call.value, call.place))


def answer_home_question(call: DeferredCall) -> None:
    """Somebody typed a question in the App Home. The answer goes to their direct messages."""
    answer_suggested_question(call)


def rate_answer(call: DeferredCall) -> None:
    """Somebody clicked Helpful or Not helpful."""
    rating, _, question_id = call.value.partition(":")
    is_helpful = rating == "yes"
    offer = None if is_helpful else build_teach_offer(call, question_id)
    with call.transaction() as tx:
        tx.questions.rate(question_id, call.place.user, is_helpful, tx.now)
        asked = tx.questions.get(question_id)
        with use_language(detect_language(asked.text if asked else "")):
            can_ask_person = not is_helpful and can_request(call.person)
            message = offer or (_offer_person(question_id) if can_ask_person else _thank_for_rating())
            reply_ephemeral(tx, call.place, message)


async def open_handbook_section(call: ImmediateCall) -> None:
    """Somebody clicked Read the section."""
    page_id, anchor, edition = json.loads(call.value)
    page = call.ctx.library().handbook.get(page_id)
    found = find_section(page, anchor) if page else None
    if page is None or found is None:
        raise NotFound("This section is no longer in the handbook. Ask again to get the current text.")
    owner = call.ctx.people.get(page.owner).name if page.owner else ""
    await call.open_modal(build_section_modal(page, found.heading, found.markdown, owner, edition))


async def open_past_question(call: ImmediateCall) -> None:
    """Somebody clicked Show next to one of their questions."""
    asked = await call.read(lambda tx: tx.questions.get(call.value))
    if asked is None or asked.place.asker != call.person.id:
        raise NotFound("I no longer have that question. Please ask it again.")
    await call.open_modal(build_question_modal(asked, call.ctx.people))


def build_questions_section(tx: Transaction, ctx: AppContext, person: Person) -> list[Block]:
    """The part of the App Home to ask in, with the person's recent questions."""
    return build_history_blocks(tx.questions.find_latest(person.id, SHOWN_AT_HOME), ctx.people)


def answer_question(call: DeferredCall, asked: TypedQuestion) -> Reply:
    """Answer the asker where they are, and record the question. Returns the reply that was sent.

    Raises:
        UserError: the question can't be answered as it is, for a reason that the message gives.
    """
    began = time.perf_counter()
    check_has_words(asked)
    # Searching the handbook and asking Slack who is in the channel take a while. Both are done before the transaction
    # opens, so that a database with a single writer isn't blocked in the meantime.
    reply, place = find_reply(call, asked), asked.place
    check_can_ask(call.person, list_records(reply))
    is_public = can_publish(call, place, reply)
    with call.transaction() as tx:
        send_reply(tx, place, _add_notes(call, asked, reply), public=is_public)
        if reply.answer and not is_public:
            _note_private_answer(tx, asked)
        if reply.answer:
            where = QuestionPlace(place.user, place.channel or "", place.thread_ts, place.is_private)
            tx.questions.record(format_question_id(call), where, asked.text, reply.answer, call.arrival.received_at)
            offer_closest_sections(tx, call, asked, reply.answer)
            tx.homes.mark_outdated([place.user])
    telemetry.record_answer(reply.outcome, time.perf_counter() - began)
    return reply


def _add_notes(call: DeferredCall, asked: TypedQuestion, reply: Reply) -> Message:
    """The reply; it says if it comes very late, and that only the words were read of what had files attached."""
    message = reply.message
    with use_language(detect_language(asked.text)):
        if asked.files and reply.answer:
            message = add_note(message, localize_text("I can't open files, so I read only your words."))
        if _is_late(call):
            message = add_note(message, localize_text("Sorry for the delay: I couldn't answer sooner."), first=True)
    return message


def _is_late(call: DeferredCall) -> bool:
    """Whether it was asked so long ago that people wonder, as when Slack delivers after an outage of its own."""
    sent_at = read_sent_at(call.payload)
    return sent_at is not None and call.ctx.now() - sent_at > APOLOGY_AFTER


def _note_private_answer(tx: Transaction, asked: TypedQuestion) -> None:
    """Tell a thread that its question was answered, without the answer."""
    place = asked.place
    if place.channel and not place.is_private and not place.is_direct:
        with use_language(detect_language(asked.text)):
            note = build_message(localize_text("Answered privately."))
        tx.outbox.post(place.channel, note, thread_ts=place.thread_ts)


def _thank_for_rating() -> Message:
    return build_message(localize_text("Thanks! Your feedback shows the PMO which pages help."))


def _offer_person(question_id: str) -> Message:
    text = localize_text("Thanks for your feedback. Would you like someone from the PMO to answer?")
    ask = actions([build_ask_pmo_button(question_id)], format_question_block_id(question_id))
    return build_message(text, [section(text), ask])
