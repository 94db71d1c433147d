"""Questions: from a mention, a direct message, /pmo or the App Home to an answer from the handbook, and what people
thought of it."""

import json
import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from foundation.errors import NotFound, Refused
from foundation.people import Person
from handlers.context import House
from handlers.home import help  # noqa: A004
from handlers.home.home import refresh_home
from handlers.questions import (
    gaps,
    intents,
)
from handlers.questions.blocks.answer import Names, answer_message, ask_the_pmo, asked_block
from handlers.questions.blocks.handbook_section import section_modal
from handlers.questions.blocks.history import asked_modal, questions_section
from handlers.questions.live_status import standing
from handlers.requests.actions import wrote_under_card
from handlers.slack import payloads
from handlers.slack.blocks.builders import Block, actions, cut, escape, message, section
from handlers.slack.payloads import Asked, Place
from handlers.slack.replies import aside, reply
from handlers.slack.routes import Routes, Visit
from knowledge.answers import Answer, Outcome
from knowledge.follow_ups import leans
from knowledge.sections import find_section
from storage.engine.inbox import Arrival
from storage.questions import Where
from storage.store import Transaction

_SMALL_TALK = re.compile(
    r"\W*(?:(?:help(?: me)?|hello|hi|hey|good (?:morning|afternoon|evening)|thanks|thank you|thx|cheers|great|ok|okay)"
    r"(?:\W+(?:please|there|all|a lot|very much|so much|you))?)?\W*",
    re.IGNORECASE,
)
SHOWN_AT_HOME = 5
SHOWN = Answer(Outcome.ANSWERED, "You were shown how it stood at that moment.", 1.0)
REMEMBERED_FOR = timedelta(hours=1)  # what was asked before that is another conversation

Told = Callable[[Arrival, House, Place], None]
SUBCOMMANDS: Mapping[str, Told] = {"": help.told, "help": help.told, "gaps": gaps.told}


def register(routes: Routes) -> None:
    routes.event("app_mention", mentioned, when=_by_a_person)
    routes.event("message", mentioned, when=_direct)
    routes.command("/pmo", commanded)
    routes.action("question.ask", asked_at_home)
    routes.action("question.suggested.*", suggested)
    routes.action("question.feedback", rated)
    routes.action_now("question.read", read)
    routes.action_now("question.show", shown)


def mentioned(arrival: Arrival, house: House) -> None:
    """Somebody mentioned the bot or wrote to it."""
    asked = payloads.question(arrival.payload)
    if not payloads.is_addressed(arrival.payload) and wrote_under_card(arrival, house, asked):
        return
    if _SMALL_TALK.fullmatch(asked.text):
        help.told(arrival, house, asked.place)
    else:
        _answer(arrival, house, asked)


def commanded(arrival: Arrival, house: House) -> None:
    """/pmo <question>, /pmo ask <question>, or one of the subcommands."""
    asked = payloads.question(arrival.payload)
    told = SUBCOMMANDS.get(asked.text.lower())
    if told:
        told(arrival, house, asked.place)
        return
    if asked.text.startswith("-"):
        option = escape(cut(asked.text.split()[0], 40))
        raise Refused(f"There is no option “{option}”. Type `/pmo help` to see what there is.")
    text = re.sub(r"^ask\b\s*", "", asked.text, flags=re.IGNORECASE)
    _answer(arrival, house, Asked(text, asked.place))


def suggested(arrival: Arrival, house: House) -> None:
    """Somebody clicked on a question."""
    _answer(arrival, house, Asked(payloads.action_value(arrival.payload), payloads.place(arrival.payload)))


def asked_at_home(arrival: Arrival, house: House) -> None:
    """Somebody typed a question in the App Home. It is answered in their direct messages."""
    suggested(arrival, house)


def rated(arrival: Arrival, house: House) -> None:
    """Somebody pressed Helpful or Not helpful."""
    verdict, _, question_id = payloads.action_value(arrival.payload).partition(":")
    place = payloads.place(arrival.payload)
    with house.store.finishing(arrival, house.now()) as tx:
        tx.questions.rate(question_id, place.user, verdict == "yes", house.now())
        if verdict == "yes":
            tx_words = message("Thank you. That tells the PMO which pages do their work.")
        else:
            words = "Thank you for saying so. Would you like a person of the PMO to answer?"
            tx_words = message(words, [section(words), actions([ask_the_pmo(question_id)], asked_block(question_id))])
        aside(tx, place, tx_words)


async def read(visit: Visit) -> None:
    """Somebody wants to read a whole section."""
    page_id, anchor, edition = json.loads(payloads.action_value(visit.body))
    page = visit.house.library().handbook.get(page_id)
    found = find_section(page, anchor) if page else None
    if page is None or found is None:
        raise NotFound("This section is no longer in the handbook. Ask again to see what stands there now.")
    owner = visit.house.people.get(page.owner).name if page.owner else ""
    await visit.open(section_modal(page, found.heading, found.markdown, owner, edition))


async def shown(visit: Visit) -> None:
    """Somebody wants to see again what they asked."""

    def find() -> Block:
        with visit.house.store.reading(visit.house.now()) as tx:
            asked = tx.questions.get(payloads.action_value(visit.body))
        if asked is None or asked.where.person != visit.person.id:
            raise NotFound("This question is not kept any more. Please ask again.")
        return asked_modal(asked, visit.house.people)

    await visit.open(await visit.look(find))


def home_section(tx: Transaction, house: House, person: Person) -> list[Block]:
    """What the person may ask, and what they asked."""
    return questions_section(tx.questions.latest(person.id, SHOWN_AT_HOME), house.people)


def _answer(arrival: Arrival, house: House, asked: Asked) -> None:
    if not _told_how_it_stands(arrival, house, asked):
        _answer_from_handbook(arrival, house, asked)


def _told_how_it_stands(arrival: Arrival, house: House, asked: Asked) -> bool:
    """Whether the question was about something of today, which only the asker is told: others may not know of it."""
    if not intents.may_be(asked.text):
        return False
    with house.store.reading(house.now()) as tx:
        words = standing(tx, house, house.people.get(asked.place.user), asked.text)
    if words:
        with house.store.finishing(arrival, house.now()) as tx:
            _record(tx, arrival, asked, SHOWN)
            reply(tx, asked.place, words)
            refresh_home(tx, house, asked.place.user)
    return bool(words)


def _answer_from_handbook(arrival: Arrival, house: House, asked: Asked) -> None:
    place = asked.place
    answer = house.library().ask(asked.text, _before(arrival, house, asked))
    words = answer_message(answer, _question_id(arrival), names(house))
    with house.store.finishing(arrival, house.now()) as tx:
        _record(tx, arrival, asked, answer)
        reply(tx, place, words, public=not place.only_me)
        refresh_home(tx, house, place.user)


def _record(tx: Transaction, arrival: Arrival, asked: Asked, answer: Answer) -> None:
    place = asked.place
    where = Where(place.user, place.channel or "", place.thread_ts, place.only_me)
    tx.questions.record(_question_id(arrival), where, asked.text, answer, arrival.received_at)


def _question_id(arrival: Arrival) -> str:
    return f"Q{arrival.id}"


def _before(arrival: Arrival, house: House, asked: Asked) -> tuple[str, ...]:
    """What was asked just before in this conversation, where the question may lean on it."""
    if not leans(asked.text):
        return ()
    place = asked.place
    thread = None if place.opens_thread else place.thread_ts
    where = Where(place.user, place.channel or "", thread, place.only_me)
    with house.store.reading(house.now()) as tx:
        return tx.questions.before(where, arrival.received_at - REMEMBERED_FOR)


def names(house: House) -> Names:
    return Names({service.key: service.name for service in house.desk.catalogue.services}, house.people)


def _by_a_person(body: Mapping[str, Any]) -> bool:
    """A person's own new words; what bots say, edits and the other notices of Slack are no questions."""
    event = body["event"]
    return bool(event.get("user")) and not any(event.get(name) for name in ("subtype", "bot_id", "edited"))


def _direct(body: Mapping[str, Any]) -> bool:
    return body["event"].get("channel_type") == "im" and _by_a_person(body)
