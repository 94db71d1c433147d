"""Learning from the PMO which section answers a question."""

import asyncio
import json
from dataclasses import replace

from foundation.access import Access
from foundation.errors import InvalidInput, NotFound
from foundation.people import Person
from handlers.context import AppContext
from handlers.questions.answerers import format_question_id
from handlers.questions.blocks.learning import (
    LearnedItem,
    build_choose_form,
    build_learned_list,
    build_learned_message,
    build_removed_message,
    build_section_options,
    build_teach_message,
    read_form_metadata,
)
from handlers.slack import payloads
from handlers.slack.blocks.builders import Message
from handlers.slack.calls import BlockingCall, DeferredCall, ImmediateCall
from handlers.slack.payloads import TypedQuestion
from handlers.slack.replies import reply_ephemeral, send_reply
from handlers.slack.routes import Routes
from knowledge.answers import Answer, Outcome
from knowledge.follow_ups import join_with_previous
from knowledge.learned_questions import LearnedQuestion, choose_learned_text
from knowledge.permissions import can_teach, check_can_read_question, check_can_teach
from knowledge.sections import SectionPlace, find_place, search_sections
from storage.questions import AskedQuestion
from storage.store import Transaction

OFFERED = 5
MOST_FOUND = 30
MOST_LISTED = 20
GONE = "I no longer have that question. Please ask it again."


def register(routes: Routes) -> None:
    routes.defer_action("learned.add.*", learn_from_button, needs=Access.EVERYTHING)
    routes.handle_action("learned.choose", open_choose_form, needs=Access.EVERYTHING)
    routes.handle_options("learned.section", offer_sections, needs=Access.EVERYTHING)
    routes.defer_submission("learned.choose", learn_from_form, check_chosen_section, needs=Access.EVERYTHING)
    routes.defer_action("learned.remove", remove_learned_question, needs=Access.EVERYTHING)
    routes.defer_action("learned.restore", restore_learned_question, needs=Access.EVERYTHING)


def learn_from_button(call: DeferredCall) -> None:
    """Somebody clicked one of the closest sections."""
    question_id, page_id, anchor = json.loads(call.value)
    _learn(call, question_id, _get_place(call.ctx, page_id, anchor))


async def open_choose_form(call: ImmediateCall) -> None:
    """Somebody clicked Choose a section."""
    asked = await call.read(lambda tx: _get_teachable(tx, call.value, call.person))
    text = choose_learned_text(asked.text, asked.follows)
    places = await asyncio.to_thread(_find_closest, call.ctx, text)
    await call.open_modal(build_choose_form(asked.id, text, places))


async def offer_sections(call: ImmediateCall) -> None:
    """The sections that match what was typed."""
    check_can_teach(call.person)
    typed = payloads.read_typed_option(call.payload)
    places = await asyncio.to_thread(search_sections, typed, call.ctx.library().index, MOST_FOUND)
    await call.ack(options=build_section_options(places))


def check_chosen_section(call: BlockingCall) -> SectionPlace:
    """The section that was chosen in the form.

    Raises:
        InvalidInput: none was chosen, or two were.
        UserError: the person may not do this, or question or section don't exist any more.
    """
    question_id, offered = read_form_metadata(call.metadata)
    call.read(lambda tx: _get_teachable(tx, question_id, call.person))
    nearest, other = (str(call.submitted.get(name) or "") for name in ("nearest", "other"))
    if bool(nearest) == bool(other):
        problem = "Choose only one section: clear this field." if other else "Choose a section."
        raise InvalidInput({"other": problem})
    page_id, anchor = json.loads(other) if other else offered[int(nearest)]
    return _get_place(call.ctx, page_id, anchor)


def learn_from_form(call: DeferredCall) -> None:
    """Somebody submitted the form."""
    question_id, _ = read_form_metadata(call.metadata)
    _learn(call, question_id, check_chosen_section(call))


def remove_learned_question(call: DeferredCall) -> None:
    """Somebody clicked Undo or Remove."""
    check_can_teach(call.person)
    with call.transaction() as tx:
        was_current = tx.learned_questions.remove(call.value, call.person.id, tx.now)
        message = build_removed_message(_get_learned(tx, call.value), was_current=was_current)
        reply_ephemeral(tx, call.place, message)


def restore_learned_question(call: DeferredCall) -> None:
    """Somebody clicked Undo after removing."""
    check_can_teach(call.person)
    learned = call.read(lambda tx: _get_learned(tx, call.value))
    place = _get_place(call.ctx, learned.page_id, learned.anchor)
    with call.transaction() as tx:
        is_new = tx.learned_questions.restore(learned.id, call.person.id, tx.now)
        reply_ephemeral(tx, call.place, build_learned_message(learned, place, is_new=is_new))


def list_learned_questions(call: DeferredCall) -> None:
    """/pmo learned: what the sections have learned, with who and when."""
    check_can_teach(call.person)
    count, latest = call.read(lambda tx: (tx.learned_questions.count(), tx.learned_questions.list_latest(MOST_LISTED)))
    with call.transaction() as tx:
        items = [
            _describe_learned(call.ctx, replace(one, learned_at=one.learned_at.astimezone(tx.zone))) for one in latest
        ]
        send_reply(tx, call.place, build_learned_list(items, count))


def offer_closest_sections(tx: Transaction, call: DeferredCall, asked: TypedQuestion, answer: Answer) -> None:
    """Let somebody from the PMO say which of the closest sections answers their question. Nobody else sees it."""
    if answer.status is Outcome.CLOSEST and can_teach(call.person):
        places = [SectionPlace(one.page_id, one.anchor, one.page, one.section) for one in answer.nearest]
        message = build_teach_message(format_question_id(call), asked.text, places)
        reply_ephemeral(tx, asked.place, message)


def build_teach_offer(call: DeferredCall, question_id: str) -> Message | None:
    """For somebody from the PMO who rates an answer as not helpful; None for others."""
    asked = call.read(lambda tx: tx.questions.get(question_id))
    if asked is None or not can_teach(call.person):
        return None
    text = join_with_previous(asked.text, asked.follows) or asked.text
    return build_teach_message(question_id, text, _find_closest(call.ctx, text))


def _find_closest(ctx: AppContext, text: str) -> tuple[SectionPlace, ...]:
    """The sections closest to a question. It takes a while, so it isn't for an open transaction."""
    return search_sections(text, ctx.library().index, OFFERED)


def _learn(call: DeferredCall, question_id: str, place: SectionPlace) -> None:
    """Add the question to the section, once, and confirm it."""
    with call.transaction() as tx:
        asked = _get_teachable(tx, question_id, call.person)
        text = choose_learned_text(asked.text, asked.follows)
        learned_id, is_new = tx.learned_questions.add(place.page_id, place.anchor, text, call.person.id, tx.now)
        message = build_learned_message(_get_learned(tx, learned_id), place, is_new=is_new)
        reply_ephemeral(tx, call.place, message)


def _get_teachable(tx: Transaction, question_id: str, person: Person) -> AskedQuestion:
    """The question, if the person may say what answers it."""
    check_can_teach(person)
    asked = tx.questions.get(question_id)
    if asked is None:
        raise NotFound(GONE)
    check_can_read_question(person, asked.place.asker, is_quotable=asked.is_quotable)
    return asked


def _get_learned(tx: Transaction, learned_id: str) -> LearnedQuestion:
    learned = tx.learned_questions.get(learned_id)
    if learned is None:
        raise NotFound("I no longer have that question. Type `/pmo learned` to see what there is.")
    return learned


def _get_place(ctx: AppContext, page_id: str, anchor: str) -> SectionPlace:
    place = find_place(ctx.library().handbook, page_id, anchor)
    if place is None:
        raise NotFound("This section is no longer in the handbook. Choose another one.")
    return place


def _describe_learned(ctx: AppContext, learned: LearnedQuestion) -> LearnedItem:
    place = find_place(ctx.library().handbook, learned.page_id, learned.anchor)
    return LearnedItem(learned, ctx.people.get(learned.learned_by).name, place)
