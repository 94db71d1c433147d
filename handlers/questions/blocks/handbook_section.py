"""A section of the handbook, to be read in a window."""

from handlers.slack.blocks.builders import Block, build_modal, context, escape, plain_text
from handlers.slack.blocks.markdown import render_markdown
from knowledge.handbook import Page

LONGEST = 9000  # characters; a window is for a section, not for a book
MOST_BLOCKS = 60


def build_section_modal(page: Page, heading: str, markdown: str, owner: str, quoted_edition: str) -> Block:
    """The section in a window. `owner` is a name; `quoted_edition` is what the answer was taken from."""
    blocks, is_cut = render_markdown(markdown, LONGEST, MOST_BLOCKS)
    top = {"type": "header", "text": plain_text(heading, 150)}
    facts = [page.title, f"edition {page.edition}" if page.edition else "", f"owner {owner}" if owner else ""]
    told = [context(escape(" · ".join(fact for fact in facts if fact)))]
    if quoted_edition and quoted_edition != page.edition:
        told.append(
            context(f"The answer was taken from edition {escape(quoted_edition)}; this is the one in force now.")
        )
    if is_cut:
        blocks.append(context(f"The section is longer than fits here. The whole stands in {escape(page.source)}."))
    return build_modal("From the handbook", [top, *told, *blocks])
