"""Places in the handbook, each with a button to read it."""

import json

from handlers.questions.wording.catalogue import localize_text
from handlers.slack.blocks.builders import Block, button, escape, section
from knowledge.citations import Citation

MOST_PLACES = 3
LONGEST_VALUE = 2000  # Slack takes no longer value


def format_place(page: str, section: str) -> str:
    """“Page › section”. The section's path may start with the page's title already."""
    return section if section.startswith(page) and section else f"{page} › {section}" if section else page


def describe_place(citation: Citation) -> str:
    """The place with its edition, in plain text."""
    edition = f" · {localize_text('edition {edition}', edition=citation.edition)}" if citation.edition else ""
    return f"{format_place(citation.page, citation.section)}{edition}"


def take_distinct(citations: tuple[Citation, ...], most: int = MOST_PLACES) -> list[Citation]:
    """The first few citations, each section once."""
    return list({(one.page_id, one.anchor): one for one in reversed(citations)}.values())[::-1][:most]


def build_place(citation: Citation, text: str | None = None) -> Block:
    """A line about a place, with a button to read it. `text` is markup; by default it names the place."""
    line = section(text or f"📖 {escape(describe_place(citation))}")
    read = build_read_button(citation)
    return line | ({"accessory": read} if read else {})


def build_read_button(citation: Citation, label: str | None = None, number: int = 0) -> Block | None:
    """A button that opens the section; None if its key is longer than Slack takes.

    `number`, from 1, tells the buttons of one row apart.
    """
    key = json.dumps([citation.page_id, citation.anchor, citation.edition])
    action_id = f"question.read.{number}" if number else "question.read"
    return button(label or localize_text("Read the section"), action_id, key) if len(key) <= LONGEST_VALUE else None
