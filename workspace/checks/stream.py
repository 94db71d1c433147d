"""Chunks: content that is appended to a message while it is streamed."""

from collections.abc import Iterator
from typing import Any

from workspace.checks.blocks import SOURCES, STATUSES, check_blocks_at
from workspace.checks.message import LONGEST_MARKDOWN
from workspace.checks.rich_text import RICH_TEXT
from workspace.checks.schema import Violation, array_of, one_of, string_check, tagged_union, typed_object

_text = string_check(shortest=0)
_rich_text = tagged_union({"rich_text": RICH_TEXT})


def _text_or_rich_text(value: Any, at: str) -> Iterator[Violation]:
    yield from (_text if isinstance(value, str) else _rich_text)(value, at)


def _check_blocks(value: Any, at: str) -> Iterator[Violation]:
    yield from check_blocks_at(value, "message", at)


CHUNKS = array_of(
    tagged_union(
        {
            "markdown_text": typed_object({"text": string_check(LONGEST_MARKDOWN, shortest=0)}),
            "plan_update": typed_object({"title": string_check()}),
            "task_update": typed_object(
                {"id": string_check(), "title": string_check(), "status": one_of(*STATUSES)},
                {"details": _text_or_rich_text, "output": _text_or_rich_text, "sources": SOURCES},
            ),
            "blocks": typed_object({"blocks": _check_blocks}),
        }
    ),
    fewest=0,
)
