"""Questions passed on to the PMO: a person answers what the handbook doesn't."""

from collections.abc import Collection

from foundation.access import Access
from foundation.errors import Conflict, InvalidInput, NotFound
from foundation.people import Person
from foundation.text import clean_text
from handlers.context import AppContext
from handlers.questions.blocks.forward import (
    LONGEST_ANSWER,
    build_answer_form,
    build_answered_card,
    build_forward_card,
    build_persons_answer,
    build_waiting_blocks,
)
from handlers.questions.wording.catalogue import localize_text, use_language
from handlers.slack.blocks.builders import Block, build_message
from handlers.slack.calls import BlockingCall, DeferredCall, ImmediateCall
from handlers.slack.pmo_notices import explain_unposted
from handlers.slack.replies import reply_ephemeral
from handlers.slack.routes import Routes
from knowledge.languages.detection import detect_language
from knowledge.permissions import can_answer_questions, check_can_answer_questions, find_question_answerers
from storage.questions import AskedQuestion
from storage.store import Transaction

SHOWN_AT_HOME = 5


def register(routes: Routes) -> None:
    routes.defer_action("question.forward", forward_question, needs=Access.REQUESTS)
    routes.handle_action("question.answer", open_answer_form, needs=Access.EVERYTHING)
    routes.defer_submission("question.answer", answer_forwarded_question, check_answer, needs=Access.EVERYTHING)


def forward_question(call: DeferredCall) -> None:
    """Somebody clicked Ask the PMO: post the question in the triage channel, once, and confirm it to them."""
    place, question_id = call.place, call.value
    with call.transaction() as tx:
        asked = _get_question(tx, question_id)
        # The key makes sure that there is one card per question, even if two people click at the same moment.
        card = tx.outbox.post(
            call.ctx.channels.triage, build_forward_card(asked, place.user), key=f"forward:{question_id}"
        )
        is_new = tx.questions.forward(question_id, place.user, card, tx.now)
        with use_language(detect_language(asked.text)):
            reply_ephemeral(tx, place, build_message(_confirm_forward(asked, is_new)))
        if is_new:
            _mark_homes(tx, call.ctx, asked)


def tell_forwarders(tx: Transaction, ctx: AppContext, failed: Collection[str]) -> None:
    """`failed` are deliveries that reached nobody: whoever passed on a question learns that its card is among them."""
    for card, person in tx.questions.find_forwarders(failed):
        text = f"{explain_unposted(ctx, 'Your question')} The PMO also sees it in its App Home."
        tx.outbox.post(person, build_message(text), key=f"unposted:{card}")


async def open_answer_form(call: ImmediateCall) -> None:
    """Somebody clicked Answer."""
    asked = await call.read(lambda tx: _get_answerable(tx, call.value, call.person))
    await call.open_modal(build_answer_form(asked, call.ctx.people.get(asked.place.asker).name))


def check_answer(call: BlockingCall) -> None:
    """Validate the answer while its form is open.

    Raises:
        InvalidInput: it is empty or too long.
        UserError: the person may not answer, or somebody else just did.
    """
    text = clean_text(str(call.submitted.get("answer") or ""))
    if not text:
        raise InvalidInput({"answer": "Write an answer."})
    if len(text) > LONGEST_ANSWER:
        raise InvalidInput(
            {
                "answer": f"Your answer has {len(text):,} characters, and the limit is {LONGEST_ANSWER:,}. "
                "Shorten it, or link to a document."
            }
        )
    call.read(lambda tx: _get_answerable(tx, call.metadata, call.person))


def answer_forwarded_question(call: DeferredCall) -> None:
    """Send the answer to where the question was asked, and update the card in the triage channel."""
    question_id, person = call.metadata, call.person
    text = clean_text(str(call.submitted["answer"]))
    is_private = _is_answered_privately(call, question_id)
    with call.transaction() as tx:
        asked = _get_answerable(tx, question_id, person)
        tx.questions.answer(question_id, person.id, text, tx.now)
        message = build_persons_answer(asked, person.name, text)
        if is_private:
            tx.outbox.post(asked.place.asker, message)
        else:
            asker = asked.place.asker
            tx.outbox.post(asked.place.channel, message, thread_ts=asked.place.thread_ts, person=asker)
        if asked.forward:
            tx.outbox.edit(asked.forward.card, build_answered_card(asked, person.name, text))
        _mark_homes(tx, call.ctx, asked)


def _is_answered_privately(call: DeferredCall, question_id: str) -> bool:
    """Whether only the asker gets the answer: they asked in private, or it isn't known who else is there."""
    place = call.read(lambda tx: _get_question(tx, question_id)).place
    return place.is_private or not place.channel or call.ctx.find_members(place.channel) is None


def build_waiting_section(tx: Transaction, ctx: AppContext, person: Person) -> list[Block]:
    """The part of the App Home with unanswered questions, for those who can answer them."""
    if not can_answer_questions(person):
        return []
    waiting = tx.questions.find_waiting(SHOWN_AT_HOME + 1)
    return build_waiting_blocks(waiting[:SHOWN_AT_HOME], len(waiting) > SHOWN_AT_HOME)


def _mark_homes(tx: Transaction, ctx: AppContext, asked: AskedQuestion) -> None:
    """The Homes that show the question change: the asker's and those of the PMO."""
    tx.homes.mark_outdated([asked.place.asker, *(person.id for person in find_question_answerers(ctx.people))])


def _get_question(tx: Transaction, question_id: str) -> AskedQuestion:
    asked = tx.questions.get(question_id)
    if asked is None:
        raise NotFound("I no longer have that question. Please ask it again.")
    return asked


def _get_answerable(tx: Transaction, question_id: str, person: Person) -> AskedQuestion:
    check_can_answer_questions(person)
    asked = _get_question(tx, question_id)
    if asked.is_answered:
        raise Conflict("Someone else has already answered this question. Your answer wasn't sent.")
    return asked


def _confirm_forward(asked: AskedQuestion, is_new: bool) -> str:
    if asked.is_answered:
        return localize_text("The PMO has already answered this question.")
    begin = "I've passed your question on to the PMO." if is_new else "The PMO already has this question."
    where = "Someone will answer in your direct messages." if asked.place.is_private else "Someone will answer here."
    return f"{localize_text(begin)} {localize_text(where)}"
