"""An answer from the handbook as a message."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from foundation.people import People
from handlers.slack.blocks.builders import (
    Block,
    Message,
    actions,
    build_message,
    button,
    context,
    escape,
    section,
    shorten,
)
from handlers.slack.blocks.rich_text import render_plain_text
from knowledge.answers import Answer, Citation, Outcome

NOT_FOUND = "The handbook doesn't say."
MOST_PLACES = 3
MOST_SUGGESTIONS = 5


@dataclass(frozen=True, slots=True)
class AnswerNames:
    """Names that the message needs: of services, by key, and of people."""

    services: Mapping[str, str]
    people: People


def build_answer_message(answer: Answer, question_id: str, names: AnswerNames) -> Message:
    """The message for one answer."""
    build = {
        Outcome.ANSWERED: _build_answered,
        Outcome.CLOSEST: _build_not_found,
        Outcome.NOT_FOUND: _build_not_found,
        Outcome.CLARIFY: _build_clarification,
    }[answer.status]
    return build(answer, question_id, names)


def format_place(page: str, section: str) -> str:
    """“Page › section”. The section's path may start with the page's title already."""
    return section if section.startswith(page) and section else f"{page} › {section}" if section else page


def build_service_buttons(answer: Answer, names: AnswerNames) -> list[Block]:
    """A button for each service that the pages offer; its value is the service's key."""
    known = [key for key in answer.services if key in names.services][:3]
    return [button(f"Request: {names.services[key]}", f"request.open.{key}", key) for key in known]


def build_ask_pmo_button(question_id: str) -> Block:
    return button("Ask the PMO", "question.forward", question_id)


def format_question_block_id(question_id: str) -> str:
    """The block_id of buttons under an answer, so that the form they open knows the question."""
    return f"asked:{question_id}"


def build_suggestion_buttons(questions: tuple[str, ...]) -> list[Block]:
    """Buttons that each ask a question."""
    return [
        button(question, f"question.suggested.{number}", shorten(question, 2000))
        for number, question in enumerate(questions[:MOST_SUGGESTIONS])
    ]


def _build_answered(answer: Answer, question_id: str, names: AnswerNames) -> Message:
    cited = _take_distinct(answer.citations)
    follow_up = [context(f"Following up on “{escape(shorten(answer.follows[0], 150))}”")] if answer.follows else []
    blocks = [*follow_up, render_plain_text(answer.text), *(_build_source(one) for one in cited)]
    if offered := build_service_buttons(answer, names):
        blocks.append(actions(offered, format_question_block_id(question_id)))
    sources = "; ".join(format_place(one.page, one.section) + _format_edition(one) for one in cited)
    text = f"{escape(answer.text)}\nFrom the handbook: {escape(sources)}"
    return build_message(text, [*blocks, _build_feedback(question_id)])


def _build_not_found(answer: Answer, question_id: str, names: AnswerNames) -> Message:
    nearest = [(one, names.people.get(one.owner).name if one.owner else "") for one in _take_distinct(answer.nearest)]
    refer_to = f" It sounds like a question for {answer.refer_to}." if answer.refer_to else ""
    closest = " These sections come closest:" if nearest else ""
    ask = build_ask_pmo_button(question_id) | {"style": "primary"}
    blocks = [
        section(f"*{NOT_FOUND}*{escape(refer_to)}{closest}"),
        *(_build_source(one, owner) for one, owner in nearest),
        actions([ask], format_question_block_id(question_id)),
    ]
    places = [format_place(one.page, one.section) + (f" (owner: {owner})" if owner else "") for one, owner in nearest]
    listed = f"{closest} {'; '.join(places)}." if places else ""
    return build_message(f"{NOT_FOUND}{escape(refer_to + listed)} You can ask the PMO.", blocks)


def _build_clarification(answer: Answer, question_id: str, names: AnswerNames) -> Message:
    text = escape(answer.text or "What would you like to know? Choose a question, or ask in a few more words.")
    choices = [*build_suggestion_buttons(answer.suggestions), build_ask_pmo_button(question_id)]
    listed = "; ".join(escape(one) for one in answer.suggestions[:MOST_SUGGESTIONS])
    return build_message(f"{text} {listed}", [section(text), actions(choices, format_question_block_id(question_id))])


def _take_distinct(citations: tuple[Citation, ...]) -> list[Citation]:
    """The first few citations, each section once."""
    return list({(one.page_id, one.anchor): one for one in reversed(citations)}.values())[::-1][:MOST_PLACES]


def _build_source(citation: Citation, owner: str = "") -> Block:
    """A place in the handbook, with a button to read it."""
    facts = [f"edition {citation.edition}"] if citation.edition else []
    facts += [f"owner {owner}"] if owner else []
    text = f"📖 {escape(' · '.join([format_place(citation.page, citation.section), *facts]))}"
    key = json.dumps([citation.page_id, citation.anchor, citation.edition])
    if len(key) > 2000:  # Slack takes no longer value
        return section(text)
    return section(text, accessory=button("Read the section", "question.read", key))


def _format_edition(citation: Citation) -> str:
    return f", edition {citation.edition}" if citation.edition else ""


def _build_feedback(question_id: str) -> Block:
    def choice(label: str, value: str) -> Block:
        return {"text": {"type": "plain_text", "text": label}, "value": f"{value}:{question_id}"}

    return {
        "type": "context_actions",
        "elements": [
            {
                "type": "feedback_buttons",
                "action_id": "question.feedback",
                "positive_button": choice("Helpful", "yes"),
                "negative_button": choice("Not helpful", "no"),
            }
        ],
    }
