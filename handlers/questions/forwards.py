"""Questions passed on to the PMO: a person answers what the handbook does not."""

from foundation.errors import Conflict, Invalid, NotAllowed, NotFound
from foundation.people import Person, Role
from handlers.context import House
from handlers.home.home import refresh_homes
from handlers.questions.blocks.forward import (
    LONGEST_ANSWER,
    answer_modal,
    answered_card,
    open_card,
    persons_answer,
    waiting_section,
)
from handlers.slack import payloads
from handlers.slack.blocks.builders import Block, message
from handlers.slack.replies import aside
from handlers.slack.routes import Body, Routes, Visit
from storage.engine.inbox import Arrival
from storage.questions import Asked
from storage.store import Transaction

SHOWN_AT_HOME = 5


def register(routes: Routes) -> None:
    routes.action("question.forward", forwarded)
    routes.action_now("question.answer", opened)
    routes.submission("question.answer", answered, check)


def forwarded(arrival: Arrival, house: House) -> None:
    """Somebody wants a person to answer: the PMO's channel gets the question, once; whoever clicked gets a word."""
    place, question_id = payloads.place(arrival.payload), payloads.action_value(arrival.payload)
    with house.store.finishing(arrival, house.now()) as tx:
        asked = _found(tx, question_id)
        card = tx.outbox.post(house.channels.triage, open_card(asked, place.user), key=f"forward:{question_id}")
        is_new = tx.questions.forward(question_id, place.user, card, house.now())
        aside(tx, place, message(_word(asked, is_new)))
        if is_new:
            refresh_homes(tx, house, [asked.where.person, *_pmo(house)])


async def opened(visit: Visit) -> None:
    """Somebody of the PMO wants to answer."""

    def find() -> Asked:
        with visit.house.store.reading(visit.house.now()) as tx:
            return _answerable(tx, payloads.action_value(visit.body), visit.person)

    asked = await visit.look(find)
    await visit.open(answer_modal(asked, visit.house.people.get(asked.where.person).name))


def check(body: Body, house: House) -> None:
    """What is told under the field of the open form."""
    text = str(payloads.submitted(body).get("answer") or "").strip()
    if not text:
        raise Invalid({"answer": "Write an answer. It is sent as you write it."})
    if len(text) > LONGEST_ANSWER:
        raise Invalid(
            {"answer": f"This has {len(text):,} characters; {LONGEST_ANSWER:,} fit. Shorten it, or link to a document."}
        )
    with house.store.reading(house.now()) as tx:
        _answerable(tx, payloads.carried(body), house.people.get(payloads.place(body).user))


def answered(arrival: Arrival, house: House) -> None:
    """The asker gets the answer where they asked, the card says that it is done."""
    question_id, person = payloads.carried(arrival.payload), house.people.get(payloads.place(arrival.payload).user)
    text = str(payloads.submitted(arrival.payload)["answer"]).strip()
    with house.store.finishing(arrival, house.now()) as tx:
        asked = _answerable(tx, question_id, person)
        tx.questions.answer(question_id, person.id, text, house.now())
        words = persons_answer(asked, person.name, text)
        if asked.where.private:
            tx.outbox.post(asked.where.person, words)
        else:
            tx.outbox.post(asked.where.channel, words, thread_ts=asked.where.thread_ts)
        if asked.forward:
            tx.outbox.edit(asked.forward.card, answered_card(asked, person.name, text))
        refresh_homes(tx, house, [asked.where.person, *_pmo(house)])


def home_section(tx: Transaction, house: House, person: Person) -> list[Block]:
    """The questions that wait for the PMO, for those who can answer them."""
    if not person.is_pmo:
        return []
    waiting = tx.questions.waiting(SHOWN_AT_HOME + 1)
    return waiting_section(waiting[:SHOWN_AT_HOME], len(waiting) > SHOWN_AT_HOME)


def _pmo(house: House) -> list[str]:
    return [person.id for person in house.people.with_role(Role.PMO_STAFF, Role.PMO_LEAD)]


def _found(tx: Transaction, question_id: str) -> Asked:
    asked = tx.questions.get(question_id)
    if asked is None:
        raise NotFound("This question is not kept any more. Please ask again.")
    return asked


def _answerable(tx: Transaction, question_id: str, person: Person) -> Asked:
    if not person.is_pmo:
        raise NotAllowed("Only people of the PMO answer questions here. You can reply in the thread instead.")
    asked = _found(tx, question_id)
    if asked.forward and asked.forward.answered_by:
        raise Conflict("Somebody else has answered this question already. Nothing was sent.")
    return asked


def _word(asked: Asked, is_new: bool) -> str:
    if asked.forward and asked.forward.answered_by:
        return "The PMO has answered this question already."
    where = "in your direct messages" if asked.where.private else "here"
    begin = "Your question is with the PMO." if is_new else "The PMO has this question already."
    return f"{begin} Somebody will answer {where}."
