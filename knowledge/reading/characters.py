"""Characters that a page may not have, and characters that nobody sees."""

import re

from foundation.text import DIRECTION_SIGNS

# Characters without a width or a sign, soft hyphens, and those that turn the direction of what follows. Joiners stay
# in text, because some scripts and emoji need them, but don't make a title.
_REMOVED = re.compile(
    f"[\u00ad\u061c\u180e\u200b\u200e\u200f{DIRECTION_SIGNS}\u2060-\u2064\u206a-\u206f\ufeff\ufff9-\ufffb]"
)
_FORBIDDEN = re.compile("[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff]")
_PAGE_BREAK = re.compile("[\x0b\x0c]")


def find_forbidden(text: str) -> int | None:
    """Where the first control character or half of a pair is, which no text has and no database keeps."""
    found = _FORBIDDEN.search(text)
    return found.start() if found else None


def explain_forbidden(character: str) -> str:
    return f"This isn't a text file: it has the sign U+{ord(character):04X}. Remove it."


def remove_unseen(text: str) -> str:
    """The text without characters that nobody sees or that turn its direction; page breaks are blanks."""
    return text if text.isascii() and "\x0b" not in text and "\x0c" not in text else _remove(text)


def _remove(text: str) -> str:
    return _PAGE_BREAK.sub(" ", _REMOVED.sub("", text))
