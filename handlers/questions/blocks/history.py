"""A person's questions: in the App Home, and each in a modal."""

from collections.abc import Sequence

from foundation.people import People
from handlers.questions.blocks.places import format_place
from handlers.slack.blocks.builders import (
    Block,
    build_modal,
    button,
    context,
    escape,
    format_time,
    header,
    input_block,
    section,
    shorten,
)
from handlers.slack.blocks.rich_text import quote_text, render_plain_text, rich_line, rich_text, text_run
from knowledge.answers import Outcome
from storage.questions import AskedQuestion

_STATUS = {
    Outcome.ANSWERED: "answered",
    Outcome.CLOSEST: "closest sections",
    Outcome.NOT_FOUND: "the handbook doesn't say",
    Outcome.CLARIFY: "could mean several things",
}


def build_history_blocks(asked: Sequence[AskedQuestion], people: People) -> list[Block]:
    """A field to ask in, and the person's recent questions, newest first."""
    blocks = [header("Ask the handbook"), _build_field(asked[0].id if asked else "first")]
    if asked:
        blocks.append(section("*Your recent questions*"))
    for one in asked:
        text = (
            f"{escape(shorten(one.text, 150))}\n{escape(_describe_status(one, people))} · {format_time(one.asked_at)}"
        )
        blocks.append(section(text, accessory=button("Show", "question.show", one.id)))
    return blocks


def build_question_modal(asked: AskedQuestion, people: People) -> Block:
    """The question, the handbook's answer and a person's answer."""
    blocks = [rich_text(quote_text(asked.text)), render_plain_text(asked.answer)]
    if asked.cited:
        places = "; ".join(dict.fromkeys(format_place(page, section) for page, section in asked.cited))
        label = "Closest in the handbook" if asked.status is Outcome.CLOSEST else "From the handbook"
        blocks.append(context(f"{label}: {escape(places)}"))
    if asked.forward and asked.forward.answer:
        name = people.get(asked.forward.answered_by or "").name
        blocks += [
            rich_text(rich_line(text_run(name, "bold"), text_run(" from the PMO answered:"))),
            render_plain_text(asked.forward.answer),
        ]
    blocks.append(context(f"{escape(_describe_status(asked, people))} · {format_time(asked.asked_at)}"))
    return build_modal("Your question", blocks)


def _build_field(key: str) -> Block:
    """The field gets a new id after every question, so that Slack empties it."""
    field = {
        "type": "plain_text_input",
        "action_id": "question.ask",
        "placeholder": {"type": "plain_text", "text": "For example: Who approves a change request?"},
        "dispatch_action_config": {"trigger_actions_on": ["on_enter_pressed"]},
    }
    hint = {"type": "plain_text", "text": "Press Enter to ask. The answer appears in Messages, and only you see it."}
    return input_block(f"ask:{key}", "Your question", field, dispatch_action=True, hint=hint)


def _describe_status(asked: AskedQuestion, people: People) -> str:
    """What came of the question, such as “answered by Wei Chen”."""
    if asked.forward and asked.forward.answered_by:
        return f"answered by {people.get(asked.forward.answered_by).name}"
    if asked.forward:
        return "with the PMO"
    if asked.status is Outcome.ANSWERED and asked.cited:
        return "answered from the handbook"
    return _STATUS[asked.status]
