"""A section of the handbook in a modal."""

from handlers.slack.blocks.builders import Block, build_modal, context, escape, plain_text
from handlers.slack.blocks.markdown import render_markdown
from knowledge.handbook import Page

LONGEST = 9000  # characters; a modal shows a section, not a book
MOST_BLOCKS = 60


def build_section_modal(page: Page, heading: str, markdown: str, owner: str, quoted_edition: str) -> Block:
    """The section in a modal. `owner` is a name; `quoted_edition` is the edition that the answer quoted."""
    blocks, is_cut = render_markdown(markdown, LONGEST, MOST_BLOCKS)
    top = {"type": "header", "text": plain_text(heading, 150)}
    facts = [page.title, f"edition {page.edition}" if page.edition else "", f"owner {owner}" if owner else ""]
    notes = [context(escape(" · ".join(fact for fact in facts if fact)))]
    if quoted_edition and quoted_edition != page.edition:
        notes.append(context(f"The answer quoted edition {escape(quoted_edition)}. This is the current edition."))
    if is_cut:
        blocks.append(context(f"This section is too long to show in full. Read the rest in {escape(page.source)}."))
    return build_modal("From the handbook", [top, *notes, *blocks])
