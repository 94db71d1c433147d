"""An answer from the handbook as a message."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from foundation.people import People
from handlers.questions.blocks.answer_buttons import (
    MOST_SUGGESTIONS,
    build_ask_pmo_button,
    build_feedback_row,
    build_service_buttons,
    build_suggestion_buttons,
    format_question_block_id,
)
from handlers.questions.blocks.places import build_place, build_read_button, describe_place, take_distinct
from handlers.questions.blocks.quotation import build_quotation
from handlers.questions.blocks.unsure import (
    build_closest,
    build_not_found,
    summarize_closest,
    summarize_not_found,
)
from handlers.questions.wording.catalogue import localize_text
from handlers.slack.blocks.builders import Block, Message, actions, build_message, context, escape, section, shorten
from handlers.slack.blocks.tables import replace_tables
from knowledge.answers import Answer, Outcome
from knowledge.questions import write_as_sentence

MOST_PARTS = 3
ROOM = 8_000  # characters for all quotations; Slack takes about 13,200 in a message
MOST_SEE_ALSO = 2
UNCLEAR = "What would you like to know? Choose a question, or ask in a few more words."
CAN_ASK = "You can ask the PMO."


@dataclass(frozen=True, slots=True)
class AnswerNames:
    """Names that the message needs: of services, by key, and of people. `can_request`: may the asker use services?"""

    services: Mapping[str, str]
    people: People
    can_request: bool = True


def build_answer_message(answer: Answer, question_id: str, names: AnswerNames) -> Message:
    """The message for one answer, or for the answers to several questions in one."""
    parts = answer.parts[:MOST_PARTS] or (answer,)
    room = ROOM // len(parts)
    blocks = [block for part in parts for block in (*_build_title(part), *_build_body(part, names, room))]
    text = "\n".join(_summarize_part(part, names) for part in parts)
    rows = [*_build_notes(answer), *blocks, *_build_buttons(answer, parts, question_id, names)]
    return build_message(text, replace_tables(rows, keep=1))


def _build_notes(answer: Answer) -> list[Block]:
    """How the question was understood, if that isn't how it was typed."""
    notes = []
    if answer.follows:
        notes.append(localize_text("Following up on “{question}”", question=escape(shorten(answer.follows[0], 150))))
    if answer.spelling:
        words = f"*{escape(shorten(', '.join(answer.spelling), 150))}*"
        notes.append(localize_text("Showing results for {words}", words=words))
    return [context(*notes)] if notes else []


def _build_title(part: Answer) -> list[Block]:
    return [section(f"*{escape(shorten(write_as_sentence(part.question), 200))}*")] if part.question else []


def _build_body(part: Answer, names: AnswerNames, room: int) -> list[Block]:
    """One answer without its buttons; quotations take at most `room` characters."""
    match part.status:
        case Outcome.ANSWERED:
            return [*build_quotation(part, room), *(build_place(one) for one in take_distinct(part.citations))]
        case Outcome.CLOSEST:
            return build_closest(part)
        case Outcome.NOT_FOUND:
            return build_not_found(part, names.people)
        case Outcome.CLARIFY:
            return [section(escape(localize_text(part.text or UNCLEAR)))]


def _build_buttons(answer: Answer, parts: Iterable[Answer], question_id: str, names: AnswerNames) -> list[Block]:
    """One row of buttons for all parts, and one to rate the answer if there is any."""
    outcomes = {part.status for part in parts}
    answered = [part for part in parts if part.status is Outcome.ANSWERED]
    offered = [key for part in answered for key in part.services]
    services = build_service_buttons(offered, names.services) if names.can_request else []
    buttons = [*services, *_build_see_also(answer)]
    buttons += build_suggestion_buttons(_list_suggestions(parts))
    if names.can_request and outcomes != {Outcome.ANSWERED}:
        is_main = Outcome.NOT_FOUND in outcomes
        buttons.append(build_ask_pmo_button(question_id) | ({"style": "primary"} if is_main else {}))
    row = [actions(buttons, format_question_block_id(question_id))] if buttons else []
    return [*row, build_feedback_row(question_id)] if answered else row


def _build_see_also(answer: Answer) -> list[Block]:
    """Buttons to read other sections that are close to a sure answer."""
    if answer.status is not Outcome.ANSWERED or answer.parts:
        return []
    cited = {(one.page_id, one.anchor) for one in answer.citations}
    others = [one for one in take_distinct(answer.nearest) if (one.page_id, one.anchor) not in cited]
    labelled = [(one, one.section.rsplit(" › ", 1)[-1] or one.page) for one in others[:MOST_SEE_ALSO]]
    found = [
        build_read_button(one, localize_text("See also: {section}", section=name), number)
        for number, (one, name) in enumerate(labelled, 1)
    ]
    return [one for one in found if one]


def _list_suggestions(parts: Iterable[Answer]) -> tuple[str, ...]:
    unclear = [part for part in parts if part.status is Outcome.CLARIFY]
    return tuple(dict.fromkeys(one for part in unclear for one in part.suggestions))


def _summarize_part(part: Answer, names: AnswerNames) -> str:
    """One answer as notifications and screen readers give it."""
    title = f"{write_as_sentence(part.question)}\n" if part.question else ""
    return escape(f"{title}{_summarize_body(part, names)}")


def _offer_person(names: AnswerNames) -> str:
    return f" {localize_text(CAN_ASK)}" if names.can_request else ""


def _summarize_body(part: Answer, names: AnswerNames) -> str:
    match part.status:
        case Outcome.ANSWERED:
            sources = "; ".join(describe_place(one).replace(" · ", ", ") for one in take_distinct(part.citations))
            return f"{part.text}\n{localize_text('From the handbook: {places}', places=sources)}"
        case Outcome.CLOSEST:
            return f"{summarize_closest(part)}{_offer_person(names)}"
        case Outcome.NOT_FOUND:
            return f"{summarize_not_found(part, names.people)}{_offer_person(names)}"
        case Outcome.CLARIFY:
            return f"{localize_text(part.text or UNCLEAR)} {'; '.join(part.suggestions[:MOST_SUGGESTIONS])}"
