"""Questions: from a mention, a direct message, /pmo or the App Home to an answer from the handbook, and what people
thought of it."""

import json
import re
from collections.abc import Mapping
from datetime import timedelta

from foundation.errors import NotFound, UserError
from foundation.people import Person
from handlers.context import AppContext
from handlers.home.help import send_help
from handlers.home.home import refresh_home
from handlers.questions import intents
from handlers.questions.blocks.answer import Names, answer_message, ask_the_pmo, asked_block
from handlers.questions.blocks.handbook_section import section_modal
from handlers.questions.blocks.history import asked_modal, questions_section
from handlers.questions.gaps import list_gaps
from handlers.questions.live_status import standing
from handlers.requests.actions import wrote_under_card
from handlers.slack import payloads
from handlers.slack.blocks.builders import Block, actions, build_message, escape, section, shorten
from handlers.slack.calls import DeferredCall, ImmediateCall
from handlers.slack.payloads import TypedQuestion
from handlers.slack.replies import reply_ephemeral, send_reply
from handlers.slack.routes import DeferredHandler, Routes
from knowledge.answers import Answer, Outcome
from knowledge.follow_ups import leans
from knowledge.sections import find_section
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

SUBCOMMANDS: Mapping[str, DeferredHandler] = {"": send_help, "help": send_help, "gaps": list_gaps}


def register(routes: Routes) -> None:
    routes.defer_event("app_mention", answer_message_event, when=payloads.is_typed_by_person)
    routes.defer_event("message", answer_message_event, when=payloads.is_typed_in_direct_message)
    routes.defer_command("/pmo", answer_command)
    routes.defer_action("question.ask", answer_home_question)
    routes.defer_action("question.suggested.*", answer_suggested_question)
    routes.defer_action("question.feedback", rate_answer)
    routes.handle_action("question.read", open_handbook_section)
    routes.handle_action("question.show", open_past_question)


def answer_message_event(call: DeferredCall) -> None:
    """Somebody mentioned the bot or wrote to it."""
    asked = payloads.read_question(call.payload)
    if not payloads.is_addressed(call.payload) and wrote_under_card(call, asked):
        return
    if _SMALL_TALK.fullmatch(asked.text):
        send_help(call)
    else:
        _answer(call, asked)


def answer_command(call: DeferredCall) -> None:
    """/pmo <question>, /pmo ask <question>, or one of the subcommands."""
    asked = payloads.read_question(call.payload)
    if subcommand := SUBCOMMANDS.get(asked.text.lower()):
        subcommand(call)
        return
    if asked.text.startswith("-"):
        option = escape(shorten(asked.text.split()[0], 40))
        raise UserError(f"There is no option “{option}”. Type `/pmo help` to see what there is.")
    text = re.sub(r"^ask\b\s*", "", asked.text, flags=re.IGNORECASE)
    _answer(call, TypedQuestion(text, asked.place))


def answer_suggested_question(call: DeferredCall) -> None:
    """Somebody clicked on a question."""
    _answer(call, TypedQuestion(call.value, call.place))


def answer_home_question(call: DeferredCall) -> None:
    """Somebody typed a question in the App Home. It is answered in their direct messages."""
    answer_suggested_question(call)


def rate_answer(call: DeferredCall) -> None:
    """Somebody pressed Helpful or Not helpful."""
    verdict, _, question_id = call.value.partition(":")
    place = call.place
    with call.transaction() as tx:
        tx.questions.rate(question_id, place.user, verdict == "yes", tx.now)
        if verdict == "yes":
            tx_words = build_message("Thank you. That tells the PMO which pages do their work.")
        else:
            words = "Thank you for saying so. Would you like a person of the PMO to answer?"
            tx_words = build_message(
                words, [section(words), actions([ask_the_pmo(question_id)], asked_block(question_id))]
            )
        reply_ephemeral(tx, place, tx_words)


async def open_handbook_section(call: ImmediateCall) -> None:
    """Somebody wants to read a whole section."""
    page_id, anchor, edition = json.loads(call.value)
    page = call.ctx.library().handbook.get(page_id)
    found = find_section(page, anchor) if page else None
    if page is None or found is None:
        raise NotFound("This section is no longer in the handbook. Ask again to see what stands there now.")
    owner = call.ctx.people.get(page.owner).name if page.owner else ""
    await call.open_modal(section_modal(page, found.heading, found.markdown, owner, edition))


async def open_past_question(call: ImmediateCall) -> None:
    """Somebody wants to see again what they asked."""
    asked = await call.read(lambda tx: tx.questions.get(call.value))
    if asked is None or asked.where.person != call.person.id:
        raise NotFound("I no longer have that question. Please ask it again.")
    await call.open_modal(asked_modal(asked, call.ctx.people))


def home_section(tx: Transaction, ctx: AppContext, person: Person) -> list[Block]:
    """What the person may ask, and what they asked."""
    return questions_section(tx.questions.latest(person.id, SHOWN_AT_HOME), ctx.people)


def _answer(call: DeferredCall, asked: TypedQuestion) -> None:
    if not _told_how_it_stands(call, asked):
        _answer_from_handbook(call, asked)


def _told_how_it_stands(call: DeferredCall, asked: TypedQuestion) -> bool:
    """Whether the question was about something of today, which only the asker is told: others may not know of it."""
    if not intents.may_be(asked.text):
        return False
    with call.ctx.store.read_only(call.ctx.now()) as tx:
        words = standing(tx, call.ctx, call.ctx.people.get(asked.place.user), asked.text)
    if words:
        with call.transaction() as tx:
            _record(tx, call, asked, SHOWN)
            send_reply(tx, asked.place, words)
            refresh_home(tx, call.ctx, asked.place.user)
    return bool(words)


def _answer_from_handbook(call: DeferredCall, asked: TypedQuestion) -> None:
    place = asked.place
    answer = call.ctx.library().ask(asked.text, _before(call, asked))
    words = answer_message(answer, _question_id(call), names(call.ctx))
    with call.transaction() as tx:
        _record(tx, call, asked, answer)
        send_reply(tx, place, words, public=not place.is_private)
        refresh_home(tx, call.ctx, place.user)


def _record(tx: Transaction, call: DeferredCall, asked: TypedQuestion, answer: Answer) -> None:
    place = asked.place
    where = Where(place.user, place.channel or "", place.thread_ts, place.is_private)
    tx.questions.record(_question_id(call), where, asked.text, answer, call.arrival.received_at)


def _question_id(call: DeferredCall) -> str:
    return f"Q{call.arrival.id}"


def _before(call: DeferredCall, asked: TypedQuestion) -> tuple[str, ...]:
    """What was asked just before in this conversation, where the question may lean on it."""
    if not leans(asked.text):
        return ()
    place = asked.place
    thread = None if place.opens_thread else place.thread_ts
    where = Where(place.user, place.channel or "", thread, place.is_private)
    with call.ctx.store.read_only(call.ctx.now()) as tx:
        return tx.questions.before(where, call.arrival.received_at - REMEMBERED_FOR)


def names(ctx: AppContext) -> Names:
    return Names({service.key: service.name for service in ctx.desk.catalogue.services}, ctx.people)
