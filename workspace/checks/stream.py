"""Chunks: what is appended to a message while it is being streamed."""

from collections.abc import Iterator
from typing import Any

from workspace.checks.blocks import SOURCES, STATUSES, check_blocks_at
from workspace.checks.message import LONGEST_MARKDOWN
from workspace.checks.rich_text import RICH_TEXT
from workspace.checks.schema import Problem, each, one_of, string, tagged, typed

_words = string(shortest=0)
_rich_text = tagged({"rich_text": RICH_TEXT})


def _words_or_rich_text(value: Any, at: str) -> Iterator[Problem]:
    yield from (_words if isinstance(value, str) else _rich_text)(value, at)


def _blocks(value: Any, at: str) -> Iterator[Problem]:
    yield from check_blocks_at(value, "message", at)


CHUNKS = each(
    tagged(
        {
            "markdown_text": typed({"text": string(LONGEST_MARKDOWN, shortest=0)}),
            "plan_update": typed({"title": string()}),
            "task_update": typed(
                {"id": string(), "title": string(), "status": one_of(*STATUSES)},
                {"details": _words_or_rich_text, "output": _words_or_rich_text, "sources": SOURCES},
            ),
            "blocks": typed({"blocks": _blocks}),
        }
    ),
    fewest=0,
)
