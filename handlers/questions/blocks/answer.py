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

NOT_FOUND = "The handbook does not say."
MOST_PLACES = 3
MOST_SUGGESTIONS = 5


@dataclass(frozen=True, slots=True)
class AnswerNames:
    """What the message needs beside the answer: the services that can be requested, by key, and who is who."""

    services: Mapping[str, str]
    people: People


def build_answer_message(answer: Answer, question_id: str, names: AnswerNames) -> Message:
    """The message for one answer."""
    build = {Outcome.ANSWERED: _answered, Outcome.NOT_FOUND: _not_found, Outcome.CLARIFY: _clarify}[answer.status]
    return build(answer, question_id, names)


def format_place(page: str, section: str) -> str:
    """Page › section. A section's path may begin with the page's title already."""
    return section if section.startswith(page) and section else f"{page} › {section}" if section else page


def build_service_buttons(answer: Answer, names: AnswerNames) -> list[Block]:
    """A button for each service that the pages lead to; the value is the service's key."""
    known = [key for key in answer.services if key in names.services][:3]
    return [button(f"Request: {names.services[key]}", f"request.open.{key}", key) for key in known]


def build_ask_pmo_button(question_id: str) -> Block:
    return button("Ask the PMO", "question.forward", question_id)


def format_question_block_id(question_id: str) -> str:
    """The block_id of buttons that lead on from a question, so that whatever they open knows which it was."""
    return f"asked:{question_id}"


def build_suggestion_buttons(questions: tuple[str, ...]) -> list[Block]:
    """Questions to be asked with one click."""
    return [
        button(question, f"question.suggested.{number}", shorten(question, 2000))
        for number, question in enumerate(questions[:MOST_SUGGESTIONS])
    ]


def _answered(answer: Answer, question_id: str, names: AnswerNames) -> Message:
    cited = _distinct(answer.citations)
    read_with = f"Read with “{escape(shorten(answer.follows[0], 150))}”" if answer.follows else ""
    blocks = [
        *([context(read_with)] if read_with else []),
        render_plain_text(answer.text),
        *(_source(one) for one in cited),
    ]
    if offered := build_service_buttons(answer, names):
        blocks.append(actions(offered, format_question_block_id(question_id)))
    sources = "; ".join(format_place(one.page, one.section) + _edition(one) for one in cited)
    return build_message(
        f"{escape(answer.text)}\nFrom the handbook: {escape(sources)}", [*blocks, _feedback(question_id)]
    )


def _not_found(answer: Answer, question_id: str, names: AnswerNames) -> Message:
    nearest = _distinct(answer.nearest)
    owners = [names.people.get(one.owner).name if one.owner else "" for one in nearest]
    elsewhere = f" It sounds like a question for {answer.refer_to}." if answer.refer_to else ""
    near = " The nearest sections in it:" if nearest else ""
    blocks = [section(f"*{NOT_FOUND}*{escape(elsewhere)}{near}")]
    blocks += [_source(one, owner) for one, owner in zip(nearest, owners, strict=True)]
    blocks.append(
        actions([build_ask_pmo_button(question_id) | {"style": "primary"}], format_question_block_id(question_id))
    )
    lines = [
        format_place(one.page, one.section) + (f" (owner: {owner})" if owner else "")
        for one, owner in zip(nearest, owners, strict=True)
    ]
    told = f"{near} {'; '.join(lines)}." if lines else ""
    return build_message(f"{NOT_FOUND}{escape(elsewhere + told)} You can ask the PMO.", blocks)


def _clarify(answer: Answer, question_id: str, names: AnswerNames) -> Message:
    words = escape(answer.text or "What would you like to know? Choose one, or ask in a few more words.")
    choices = [*build_suggestion_buttons(answer.suggestions), build_ask_pmo_button(question_id)]
    told = "; ".join(escape(one) for one in answer.suggestions[:MOST_SUGGESTIONS])
    return build_message(f"{words} {told}", [section(words), actions(choices, format_question_block_id(question_id))])


def _distinct(citations: tuple[Citation, ...]) -> list[Citation]:
    """The first few, each section once."""
    return list({(one.page_id, one.anchor): one for one in reversed(citations)}.values())[::-1][:MOST_PLACES]


def _source(citation: Citation, owner: str = "") -> Block:
    """One place in the handbook, readable with one click."""
    about = [f"edition {citation.edition}"] if citation.edition else []
    about += [f"owner {owner}"] if owner else []
    words = f"📖 {escape(format_place(citation.page, citation.section))}" + (
        f" · {escape(' · '.join(about))}" if about else ""
    )
    key = json.dumps([citation.page_id, citation.anchor, citation.edition])
    fits = len(key) <= 2000
    return section(words, **({"accessory": button("Read the section", "question.read", key)} if fits else {}))


def _edition(citation: Citation) -> str:
    return f", edition {citation.edition}" if citation.edition else ""


def _feedback(question_id: str) -> Block:
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
