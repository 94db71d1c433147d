"""A question passed on to the PMO: the card in the triage channel, the form of the answer, the answer itself."""

import re
from collections.abc import Iterator, Sequence

from handlers.slack.blocks.builders import (
    Block,
    Message,
    actions,
    build_message,
    build_modal,
    button,
    context,
    escape,
    header,
    input_block,
    mention_user,
    section,
    shorten,
)
from handlers.slack.blocks.rich_text import quote_text, rich_line, rich_text, text_run, user_run
from knowledge.answers import Outcome
from storage.questions import AskedQuestion

LONGEST_ANSWER = 2500
_ADDRESS = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)\]]")


def build_forward_card(asked: AskedQuestion, by: str) -> Message:
    """What the triage channel sees. `by` is who passed the question on, when it was not the asker."""
    why = "and the handbook does not say" if asked.status is Outcome.NOT_FOUND else "and the handbook is not enough"
    helped = f" ({mention_user(by)} passed it on.)" if by != asked.place.asker else ""
    words_ = f"{mention_user(asked.place.asker)} asks, {why}:{helped}"
    answer = button("Answer", "question.answer", asked.id, style="primary")
    return build_message(f"{words_}\n{escape(asked.text)}", [section(words_), _quote(asked), actions([answer])])


def build_answered_card(asked: AskedQuestion, name: str, text: str) -> Message:
    """The same card when somebody has answered."""
    words_ = f"✅ {escape(name)} has answered {mention_user(asked.place.asker)}:"
    blocks = [section(words_), _quote(asked), rich_text(*_paragraphs(text))]
    return build_message(f"{words_}\n{escape(shorten(asked.text, 1000))}\n{escape(text)}", blocks)


def build_answer_form(asked: AskedQuestion, name: str) -> Block:
    field = {"type": "plain_text_input", "action_id": "text", "multiline": True, "max_length": LONGEST_ANSWER}
    where = "in their direct messages" if asked.place.is_private else "in the thread where it was asked"
    blocks = [
        section(f"{escape(name)} asked:"),
        _quote(asked),
        input_block("answer", "Your answer", field | {"focus_on_load": True}),
        context(f"It is sent {where}, with your name, and kept for whoever writes the handbook."),
    ]
    return build_modal(
        "Answer a question", blocks, submit="Send", callback_id="question.answer", private_metadata=asked.id
    )


def build_persons_answer(asked: AskedQuestion, name: str, text: str) -> Message:
    """What the asker gets."""
    asker = asked.place.asker
    intro = rich_line(
        user_run(asker), text_run(" "), text_run(name, "bold"), text_run(" of the PMO answers your question:")
    )
    fallback = (
        f"{mention_user(asker)} {escape(name)} of the PMO answers your question “{escape(shorten(asked.text, 300))}”: "
    )
    return build_message(
        fallback + escape(text), [rich_text(intro, quote_text(asked.text)), rich_text(*_paragraphs(text))]
    )


def build_waiting_blocks(waiting: Sequence[AskedQuestion], more: bool) -> list[Block]:
    """The part of the App Home for people of the PMO."""
    if not waiting:
        return []
    blocks = [header("Questions that wait for the PMO")]
    for asked in waiting:
        words_ = f"{mention_user(asked.place.asker)}: {escape(shorten(asked.text, 300))}"
        blocks.append(section(words_, accessory=button("Answer", "question.answer", asked.id)))
    return [*blocks, context("There are more in the triage channel.")] if more else blocks


def _quote(asked: AskedQuestion) -> Block:
    return rich_text(quote_text(asked.text))


def _paragraphs(text: str) -> list[Block]:
    """What a person wrote, line by line; web addresses can be clicked."""
    return [rich_line(*(_linked(one) if one.strip() else [text_run(" ")])) for one in text.split("\n")]


def _linked(text: str) -> Iterator[Block]:
    at = 0
    for found in _ADDRESS.finditer(text):
        if found.start() > at:
            yield text_run(text[at : found.start()])
        yield {"type": "link", "url": found.group()}
        at = found.end()
    if at < len(text):
        yield text_run(text[at:])
