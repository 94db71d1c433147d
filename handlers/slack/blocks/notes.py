"""A note on a message about how it was sent."""

from collections.abc import Mapping
from typing import Any

from handlers.slack.blocks.builders import Message, context, shorten

MOST_BLOCKS = 50
LONGEST_TEXT = 3_900


def add_note(message: Mapping[str, Any], note: str, *, first: bool = False) -> Message:
    """The message with the note, which may hold markup, in small print below it or, if `first`, above."""
    text, blocks = str(message.get("text") or ""), list(message.get("blocks") or ())
    texts = [note, text] if first else [shorten(text, LONGEST_TEXT - len(note)), note]
    noted = dict(message) | {"text": shorten("\n\n".join(filter(None, texts)), LONGEST_TEXT)}
    if blocks:
        small_print = context(note)
        kept = blocks[: MOST_BLOCKS - 1]
        noted["blocks"] = [small_print, *kept] if first else [*kept, small_print]
    return noted
