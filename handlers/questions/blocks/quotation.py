"""The handbook's words: paragraphs, lists and tables."""

from handlers.questions.wording.catalogue import localize_text
from handlers.slack.blocks.builders import Block, context, shorten
from handlers.slack.blocks.rich_text import render_plain_text
from handlers.slack.blocks.tables import build_table
from knowledge.answers import Answer
from knowledge.citations import Citation
from knowledge.passages import Table

MORE = "The table has {count} more. Read the section for all of them."


def build_quotation(answer: Answer, room: int) -> list[Block]:
    """The answer's text in the order of its citations, of at most `room` characters, with tables as tables."""
    if not any(cited.table for cited in answer.citations):
        return [render_plain_text(shorten(answer.text, room))]
    share = room // len(answer.citations)
    return [block for cited in answer.citations for block in _build_quote(cited, share)]


def _build_quote(citation: Citation, room: int) -> list[Block]:
    table = citation.table
    block, shown = build_table(table.columns, table.rows, room * 2 // 3) if table else (None, 0)
    if table is None or block is None:
        return [render_plain_text(shorten(citation.text, room))]
    before, after = (shorten(part, room // 6) for part in _split_around_rows(citation.text, table))
    left_out = len(table.rows) - shown
    more = [context(localize_text(MORE, count=left_out))] if left_out else []
    return [*_render_if_any(before), block, *more, *_render_if_any(after)]


def _split_around_rows(text: str, table: Table) -> tuple[str, str]:
    """The text before the lines of the table's rows, which come last among its list lines, and the text after them."""
    lines = text.split("\n")
    rows = [number for number, line in enumerate(lines) if line.startswith("- ")][-len(table.rows) :]
    if not rows:
        return text, ""
    return "\n".join(lines[: rows[0]]).strip(), "\n".join(lines[rows[-1] + 1 :]).strip()


def _render_if_any(text: str) -> list[Block]:
    return [render_plain_text(text)] if text else []
