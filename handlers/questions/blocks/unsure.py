"""What there is to say without a sure answer: the closest sections, or whom to ask."""

from foundation.people import People
from handlers.questions.blocks.places import build_place, describe_place, format_place, take_distinct
from handlers.questions.wording.catalogue import localize_text
from handlers.slack.blocks.builders import Block, divider, escape, section, shorten
from knowledge.answers import Answer
from knowledge.citations import Citation

CLOSEST = "Closest in the handbook"
UNSURE = "I'm not sure that these sections answer your question."
NOT_FOUND = "The handbook doesn't say."
LONGEST_SENTENCE = 350
NEAR = 0.1  # with less confidence, the nearest section is about something else


def build_closest(answer: Answer) -> list[Block]:
    """The choice of sections, each with the sentence that comes closest."""
    choice = take_distinct(answer.nearest)
    return [
        section(f"*{localize_text(CLOSEST)}*\n{localize_text(UNSURE)}"),
        *(block for one in choice for block in _build_choice(one)),
    ]


def summarize_closest(answer: Answer) -> str:
    """The same in plain text."""
    choice = [f"{describe_place(one)}: “{_take_sentence(one)}”" for one in take_distinct(answer.nearest)]
    return f"{localize_text(CLOSEST)}. {localize_text(UNSURE)} {' '.join(choice)}"


def build_not_found(answer: Answer, people: People) -> list[Block]:
    """That the handbook doesn't say, and who may know."""
    blocks = [section(f"*{localize_text(NOT_FOUND)}*{escape(_refer(answer))}")]
    for nearest in _take_nearest(answer):
        place = f"📖 {escape(describe_place(nearest))}"
        blocks.append(build_place(nearest, f"{escape(_introduce(nearest, people))}\n{place}"))
    return blocks


def summarize_not_found(answer: Answer, people: People) -> str:
    """The same in plain text."""
    nearest = [f" {_introduce(one, people)} {format_place(one.page, one.section)}." for one in _take_nearest(answer)]
    return f"{localize_text(NOT_FOUND)}{_refer(answer)}{''.join(nearest)}"


def _build_choice(citation: Citation) -> list[Block]:
    """The place with its button, and its sentence below them: beside the button, a phone leaves it too little room."""
    place = build_place(citation, f"📖 *{escape(describe_place(citation))}*")
    sentence = _take_sentence(citation)
    return [divider(), place, *([section(f">{escape(sentence)}")] if sentence else [])]


def _take_sentence(citation: Citation) -> str:
    """The citation's words on one line."""
    lines = (line.strip().removeprefix("- ") for line in citation.text.split("\n"))
    return shorten(" ".join(filter(None, lines)), LONGEST_SENTENCE)


def _refer(answer: Answer) -> str:
    if not answer.refer_to:
        return ""
    sentence = localize_text("It sounds like a question for {department}.", department=localize_text(answer.refer_to))
    return f" {sentence}"


def _take_nearest(answer: Answer) -> tuple[Citation, ...]:
    """The nearest section, whose owner may know; none if it isn't near, or others are the ones to ask."""
    return () if answer.refer_to or answer.confidence < NEAR else answer.nearest[:1]


def _introduce(nearest: Citation, people: People) -> str:
    owner = people.get(nearest.owner).name if nearest.owner else ""
    if owner:
        return localize_text("{owner} owns the nearest page and may know:", owner=owner)
    return localize_text("This section is the nearest:")
