"""A question passed on to the PMO: the card in the triage channel, the form for the answer, the answer itself."""

import re
from collections.abc import Iterator, Sequence

from handlers.questions.wording.catalogue import localize_text, use_language
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
from knowledge.languages.detection import detect_language
from storage.questions import AskedQuestion

LONGEST_ANSWER = 2500
_WHY = {
    Outcome.NOT_FOUND: "that the handbook doesn't answer",
    Outcome.CLOSEST: "that the handbook may not answer",
}
_ADDRESS = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)\]]")


def build_forward_card(asked: AskedQuestion, forwarded_by: str) -> Message:
    """The card in the triage channel. `forwarded_by` is who passed the question on, often the asker."""
    why = _WHY.get(asked.status, "that needs more than the handbook says")
    passed_on = f" (passed on by {mention_user(forwarded_by)})" if forwarded_by != asked.place.asker else ""
    intro = f"{mention_user(asked.place.asker)} asked a question {why}{passed_on}:"
    answer = button("Answer", "question.answer", asked.id, style="primary")
    return build_message(f"{intro}\n{escape(asked.text)}", [section(intro), _quote_question(asked), actions([answer])])


def build_answered_card(asked: AskedQuestion, name: str, text: str) -> Message:
    """The same card once somebody has answered."""
    intro = f"✅ {escape(name)} answered {mention_user(asked.place.asker)}:"
    blocks = [section(intro), _quote_question(asked), rich_text(*_build_paragraphs(text))]
    return build_message(f"{intro}\n{escape(shorten(asked.text, 1000))}\n{escape(text)}", blocks)


def build_answer_form(asked: AskedQuestion, name: str) -> Block:
    field = {"type": "plain_text_input", "action_id": "text", "multiline": True, "max_length": LONGEST_ANSWER}
    where = "to their direct messages" if asked.place.is_private else "to the thread of the question"
    blocks = [
        section(f"{escape(name)} asked:"),
        _quote_question(asked),
        input_block("answer", "Your answer", field | {"focus_on_load": True}),
        context(f"Your answer goes {where}, with your name. The authors of the handbook see it, too."),
    ]
    return build_modal(
        "Answer a question", blocks, submit="Send", callback_id="question.answer", private_metadata=asked.id
    )


def build_persons_answer(asked: AskedQuestion, name: str, text: str) -> Message:
    """What the asker gets."""
    asker = asked.place.asker
    with use_language(detect_language(asked.text)):
        answered = localize_text("from the PMO answered your question")
    intro = rich_line(user_run(asker), text_run(" "), text_run(name, "bold"), text_run(f" {answered}:"))
    question = escape(shorten(asked.text, 300))
    fallback = f"{mention_user(asker)} {escape(name)} {answered} “{question}”: "
    return build_message(
        fallback + escape(text), [rich_text(intro, quote_text(asked.text)), rich_text(*_build_paragraphs(text))]
    )


def build_waiting_blocks(waiting: Sequence[AskedQuestion], more: bool) -> list[Block]:
    """Unanswered questions in the App Home, for those who can answer them."""
    if not waiting:
        return []
    blocks = [header("Questions for the PMO")]
    for asked in waiting:
        text = f"{mention_user(asked.place.asker)}: {escape(shorten(asked.text, 300))}"
        blocks.append(section(text, accessory=button("Answer", "question.answer", asked.id)))
    return [*blocks, context("You'll find more in the triage channel.")] if more else blocks


def _quote_question(asked: AskedQuestion) -> Block:
    return rich_text(quote_text(asked.text))


def _build_paragraphs(text: str) -> list[Block]:
    """A person's text, line by line, with clickable web addresses."""
    return [rich_line(*(_link_addresses(one) if one.strip() else [text_run(" ")])) for one in text.split("\n")]


def _link_addresses(text: str) -> Iterator[Block]:
    at = 0
    for found in _ADDRESS.finditer(text):
        if found.start() > at:
            yield text_run(text[at : found.start()])
        yield {"type": "link", "url": found.group()}
        at = found.end()
    if at < len(text):
        yield text_run(text[at:])
