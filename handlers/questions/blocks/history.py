"""The questions of one person: in the App Home, and each in a window."""

from collections.abc import Sequence

from foundation.people import People
from handlers.questions.blocks.answer import format_place
from handlers.slack.blocks.builders import (
    Block,
    build_modal,
    button,
    context,
    escape,
    header,
    input_block,
    section,
    shorten,
)
from handlers.slack.blocks.rich_text import quote_text, render_plain_text, rich_line, rich_text, text_run
from knowledge.answers import Outcome
from storage.questions import AskedQuestion

_STATUS = {
    Outcome.ANSWERED: "answered from the handbook",
    Outcome.NOT_FOUND: "the handbook does not say",
    Outcome.CLARIFY: "could mean several things",
}


def build_history_blocks(asked: Sequence[AskedQuestion], people: People) -> list[Block]:
    """A box to ask in, and what the person asked last, newest first."""
    blocks = [header("Ask the handbook"), _box(asked[0].id if asked else "first")]
    if asked:
        blocks.append(section("*Your last questions*"))
    for one in asked:
        words_ = f"{escape(shorten(one.text, 150))}\n{escape(_status(one, people))}, {_day(one)}"
        blocks.append(section(words_, accessory=button("Show", "question.show", one.id)))
    return blocks


def build_question_modal(asked: AskedQuestion, people: People) -> Block:
    """The question, what the handbook said and what a person said."""
    blocks = [rich_text(quote_text(asked.text)), render_plain_text(asked.answer)]
    if asked.cited:
        places = "; ".join(dict.fromkeys(format_place(page, section) for page, section in asked.cited))
        blocks.append(context(f"From the handbook: {escape(places)}"))
    if asked.forward and asked.forward.answer:
        name = people.get(asked.forward.answered_by or "").name
        blocks += [
            rich_text(rich_line(text_run(name, "bold"), text_run(" of the PMO answered:"))),
            render_plain_text(asked.forward.answer),
        ]
    blocks.append(context(f"{escape(_status(asked, people))}, {_day(asked)}"))
    return build_modal("Your question", blocks)


def _box(key: str) -> Block:
    """The field is a new one after every question, so that Slack empties it."""
    field = {
        "type": "plain_text_input",
        "action_id": "question.ask",
        "placeholder": {"type": "plain_text", "text": "For example: who approves a change request?"},
        "dispatch_action_config": {"trigger_actions_on": ["on_enter_pressed"]},
    }
    hint = {"type": "plain_text", "text": "Press Enter. The answer comes in Messages, and only you see it."}
    return input_block(f"ask:{key}", "Your question", field, dispatch_action=True, hint=hint)


def _status(asked: AskedQuestion, people: People) -> str:
    if asked.forward and asked.forward.answered_by:
        return f"answered by {people.get(asked.forward.answered_by).name}"
    if asked.forward:
        return "with the PMO"
    return _STATUS[asked.status]


def _day(asked: AskedQuestion) -> str:
    """In the reader's own time zone."""
    return f"<!date^{int(asked.asked_at.timestamp())}^{{date_short_pretty}} at {{time}}|{asked.asked_at:%-d %B %Y}>"
