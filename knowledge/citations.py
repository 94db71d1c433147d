"""Places in the handbook, quoted."""

from collections.abc import Sequence
from dataclasses import dataclass

from knowledge.handbook import Handbook
from knowledge.passages import Table, read_table
from knowledge.quoting import Quote


@dataclass(frozen=True, slots=True)
class Citation:
    """A place in the handbook: `page` is the title, `section` the heading path, `line` counts in the file `source`.

    `quote` is an exact piece of the page's Markdown, `text` the same in plain text: paragraphs, and lines that start
    with “- ” for list items and table rows. `best` is the part of the text that answers most directly. `owner` (a Slack
    user id) and `edition` may be empty. `table` has the rows of the quote if it has more than one; each is a line of
    the text as well.
    """

    page: str
    page_id: str
    source: str
    section: str
    anchor: str
    line: int
    quote: str
    edition: str
    owner: str
    text: str = ""
    table: Table | None = None
    best: str = ""


def cite_quote(found: Quote, handbook: Handbook) -> Citation:
    passage = found.hit.passage
    page = handbook.get(passage.page_id)
    if page is None:
        raise LookupError(f"Page {passage.page_id} is in the index but not in the handbook.")
    rows = [unit for unit in found.units if unit.kind == "row"]
    return Citation(
        page=page.title,
        page_id=page.id,
        source=page.source,
        section=passage.section,
        anchor=passage.anchor,
        line=passage.line,
        quote=page.text[found.units[0].start : found.units[-1].end],
        edition=page.edition,
        owner=page.owner,
        text=found.text,
        table=read_table(page.text, rows[0].start, rows[-1].end) if len(rows) > 1 else None,
        best=found.units[found.best].text,
    )


def list_nearest(quotes: Sequence[Quote], used: Sequence[Quote], handbook: Handbook, most: int) -> tuple[Citation, ...]:
    """The best quotes of sections that aren't in use, each cut down to its best sentence."""
    seen = {quote.hit.passage.section for quote in used}
    found: list[Citation] = []
    for quote in quotes:
        if quote.hit.passage.section not in seen and len(found) < most:
            seen.add(quote.hit.passage.section)
            found.append(cite_quote(Quote(quote.hit, (quote.units[quote.best],)), handbook))
    return tuple(found)
