"""Figures as Markdown tables."""

from collections.abc import Sequence


def format_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """The first column is text, the others are figures."""
    lines = [head, ["---", *("---:" for _ in head[1:])], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def format_share(count: float, total: int) -> str:
    """A share as “.83”, “1.00”; “–” of nothing."""
    return format_number(count / total) if total else "–"


def format_number(value: float, places: int = 2) -> str:
    """A number from 0 to 1 without its leading zero."""
    return f"{value:.{places}f}".removeprefix("0")
