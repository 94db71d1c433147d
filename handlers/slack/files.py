"""What becomes of files that people attach: the bot can't open them, so it keeps their names and links, and says so."""

from collections.abc import Sequence

from foundation.errors import UserError
from handlers.slack.blocks.builders import escape, shorten
from handlers.slack.message_events import SharedFile
from handlers.slack.payloads import TypedQuestion

MOST_NAMED = 5
LONGEST_NAME = 80


def check_has_words(asked: TypedQuestion) -> None:
    """Raises UserError: there is a file, but not a word about it."""
    if asked.files and not asked.text:
        raise UserError(
            f"I can't open files, so I don't know what's in {escape(name_files(asked.files))}. "
            "Write what you'd like to know or to pass on, in a few words."
        )


def name_files(files: Sequence[SharedFile]) -> str:
    """Such as “plan.pdf”, or “plan.pdf” and 2 more files."""
    first, more = files[0], len(files) - 1
    name = f"“{shorten(first.name, LONGEST_NAME)}”" if first.name else "your file" if not more else "a file"
    return f"{name} and {more} more file{'s' if more > 1 else ''}" if more else name


def append_files(text: str, files: Sequence[SharedFile], limit: int) -> str:
    """The text, and below it a line for each file with its name and link, as far as they fit."""
    for file in files[:MOST_NAMED]:
        line = f"\nAttached: {shorten(file.name, LONGEST_NAME) or 'a file'} {file.link}".rstrip()
        text += line if len(text) + len(line) <= limit else ""
    return text
