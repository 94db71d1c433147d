"""Questions passed on to the PMO: a person answers what the handbook does not."""

from foundation.errors import Conflict, InvalidInput, NotAllowed, NotFound
from foundation.people import Person, Role
from handlers.context import AppContext
from handlers.home.home import refresh_homes
from handlers.questions.blocks.forward import (
    LONGEST_ANSWER,
    build_answer_form,
    build_answered_card,
    build_forward_card,
    build_persons_answer,
    build_waiting_blocks,
)
from handlers.slack.blocks.builders import Block, build_message
from handlers.slack.calls import BlockingCall, DeferredCall, ImmediateCall
from handlers.slack.replies import reply_ephemeral
from handlers.slack.routes import Routes
from storage.questions import AskedQuestion
from storage.store import Transaction

SHOWN_AT_HOME = 5


def register(routes: Routes) -> None:
    routes.defer_action("question.forward", forward_question)
    routes.handle_action("question.answer", open_answer_form)
    routes.defer_submission("question.answer", answer_forwarded_question, check_answer)


def forward_question(call: DeferredCall) -> None:
    """Somebody wants a person to answer: the PMO's channel gets the question, once; whoever clicked gets a word."""
    place, question_id = call.place, call.value
    with call.transaction() as tx:
        asked = _found(tx, question_id)
        card = tx.outbox.post(
            call.ctx.channels.triage, build_forward_card(asked, place.user), key=f"forward:{question_id}"
        )
        is_new = tx.questions.forward(question_id, place.user, card, tx.now)
        reply_ephemeral(tx, place, build_message(_word(asked, is_new)))
        if is_new:
            refresh_homes(tx, call.ctx, [asked.place.asker, *_pmo(call.ctx)])


async def open_answer_form(call: ImmediateCall) -> None:
    """Somebody of the PMO wants to answer."""
    asked = await call.read(lambda tx: _answerable(tx, call.value, call.person))
    await call.open_modal(build_answer_form(asked, call.ctx.people.get(asked.place.asker).name))


def check_answer(call: BlockingCall) -> None:
    """What is told under the field of the open form."""
    text = str(call.submitted.get("answer") or "").strip()
    if not text:
        raise InvalidInput({"answer": "Write an answer. It is sent as you write it."})
    if len(text) > LONGEST_ANSWER:
        raise InvalidInput(
            {"answer": f"This has {len(text):,} characters; {LONGEST_ANSWER:,} fit. Shorten it, or link to a document."}
        )
    with call.ctx.store.read_only(call.ctx.now()) as tx:
        _answerable(tx, call.metadata, call.person)


def answer_forwarded_question(call: DeferredCall) -> None:
    """The asker gets the answer where they asked, the card says that it is done."""
    question_id, person = call.metadata, call.person
    text = str(call.submitted["answer"]).strip()
    with call.transaction() as tx:
        asked = _answerable(tx, question_id, person)
        tx.questions.answer(question_id, person.id, text, tx.now)
        words = build_persons_answer(asked, person.name, text)
        if asked.place.is_private:
            tx.outbox.post(asked.place.asker, words)
        else:
            tx.outbox.post(asked.place.channel, words, thread_ts=asked.place.thread_ts)
        if asked.forward:
            tx.outbox.edit(asked.forward.card, build_answered_card(asked, person.name, text))
        refresh_homes(tx, call.ctx, [asked.place.asker, *_pmo(call.ctx)])


def build_waiting_section(tx: Transaction, ctx: AppContext, person: Person) -> list[Block]:
    """The questions that wait for the PMO, for those who can answer them."""
    if not person.is_pmo:
        return []
    waiting = tx.questions.find_waiting(SHOWN_AT_HOME + 1)
    return build_waiting_blocks(waiting[:SHOWN_AT_HOME], len(waiting) > SHOWN_AT_HOME)


def _pmo(ctx: AppContext) -> list[str]:
    return [person.id for person in ctx.people.find_by_role(Role.PMO_STAFF, Role.PMO_LEAD)]


def _found(tx: Transaction, question_id: str) -> AskedQuestion:
    asked = tx.questions.get(question_id)
    if asked is None:
        raise NotFound("This question is not kept any more. Please ask again.")
    return asked


def _answerable(tx: Transaction, question_id: str, person: Person) -> AskedQuestion:
    if not person.is_pmo:
        raise NotAllowed("Only people of the PMO answer questions here. You can reply in the thread instead.")
    asked = _found(tx, question_id)
    if asked.forward and asked.forward.answered_by:
        raise Conflict("Somebody else has answered this question already. Nothing was sent.")
    return asked


def _word(asked: AskedQuestion, is_new: bool) -> str:
    if asked.forward and asked.forward.answered_by:
        return "The PMO has answered this question already."
    where = "in your direct messages" if asked.place.is_private else "here"
    begin = "Your question is with the PMO." if is_new else "The PMO has this question already."
    return f"{begin} Somebody will answer {where}."
