"""Slack's table block, and the same rows as a list where there can't be one."""

from collections.abc import Iterable, Sequence
from itertools import zip_longest

from handlers.slack.blocks.builders import Block, shorten
from handlers.slack.blocks.rich_text import bullet_list, rich_text, text_run

MOST_ROWS = 100  # with the row of headers
MOST_COLUMNS = 20
MOST_CHARACTERS = 4_000  # Slack takes 10,000, but the text around the table needs room in the message, too
LONGEST_CELL = 600
EMPTY = "–"  # Slack takes no empty cell


def build_table(
    columns: Sequence[str], rows: Sequence[Sequence[str]], most_characters: int = MOST_CHARACTERS
) -> tuple[Block | None, int]:
    """The table with as many rows as fit, and how many rows that are.

    It's None if there's nothing to show or there are too many columns.
    """
    if not rows or not 0 < len(columns) <= MOST_COLUMNS:
        return None, 0
    filled = [_fill_cells(columns, len(columns))]
    room = min(most_characters, MOST_CHARACTERS) - sum(map(len, filled[0]))
    for row in rows[: MOST_ROWS - 1]:
        cells = _fill_cells(row, len(columns))
        room -= sum(map(len, cells))
        if room < 0:
            break
        filled.append(cells)
    if len(filled) == 1:
        return None, 0
    settings = [{"is_wrapped": True} for _ in columns]
    cells_of_rows = [[{"type": "raw_text", "text": cell} for cell in cells] for cells in filled]
    return {"type": "table", "rows": cells_of_rows, "column_settings": settings}, len(filled) - 1


def replace_tables(blocks: Iterable[Block], keep: int = 0) -> list[Block]:
    """The blocks with every table after the first `keep` as a list: a message takes only one."""
    found: list[Block] = []
    for block in blocks:
        is_table = block.get("type") == "table"
        found.append(block if not is_table or keep > 0 else list_rows(block))
        keep -= is_table
    return found


def _fill_cells(cells: Sequence[str], width: int) -> list[str]:
    given = [*cells, *[""] * width][:width]
    return [shorten(" ".join(cell.split()), LONGEST_CELL) or EMPTY for cell in given]


def list_rows(table: Block) -> Block:
    """The rows of a table or data table as a list: “First cell; column: cell; …” for each, without empty cells."""
    columns, *rows = [[_read_cell(cell) for cell in row] for row in table["rows"]] or [[]]
    return rich_text(bullet_list([text_run(_format_row(columns, row))] for row in rows or [columns]))


def _format_row(columns: Sequence[str], row: Sequence[str]) -> str:
    first, *others = zip_longest(columns, row, fillvalue=EMPTY)
    named = [f"{column}: {cell}" if column != EMPTY else cell for column, cell in others if cell != EMPTY]
    return "; ".join([first[1], *named])


def _read_cell(cell: Block | None) -> str:
    """The text of a cell of any type."""
    if not cell:
        return EMPTY
    if isinstance(cell.get("text"), str) or "value" in cell:
        return str(cell.get("text") or cell.get("value")) or EMPTY
    runs = [run for part in cell.get("elements") or () for run in part.get("elements") or ()]
    return "".join(str(run.get("text") or run.get("url") or "") for run in runs).strip() or EMPTY
