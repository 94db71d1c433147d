"""Text that people write: what nobody can see in it, and what would turn the text after it around."""

import re
import unicodedata

# Overrides, embeddings and isolates of the writing direction. They would reach beyond the text they are in.
DIRECTION_SIGNS = "\u202a-\u202e\u2066-\u2069"  # for a set in a regular expression
_DIRECTION = re.compile(f"[{DIRECTION_SIGNS}]")
# Letters and symbols by their category, and blank all the same: fillers, an empty Braille cell, an empty note.
_FILLERS = "\u115f\u1160\u3164\uffa0\u2800\U00013441\U00013442\U0001d159"
_VISIBLE = ("L", "N", "P", "S")
_UNSTORABLE = re.compile(r"[\x00\ud800-\udfff]")


def clean_text(text: str) -> str:
    """The text without surrounding space and without what databases reject or what turns the direction of writing.

    Empty if nobody could see anything of it: joiners, fillers and accents without a letter make no title.
    """
    allowed = "".join(one for one in text.replace("\r\n", "\n") if one in "\n\t" or not _is_control(one))
    cleaned = remove_direction(allowed).strip()
    return cleaned if is_visible(cleaned) else ""


def make_storable(text: str) -> str:
    """The text as every database takes it: without NUL, and with U+FFFD in place of half a surrogate pair."""
    return _UNSTORABLE.sub(lambda found: "" if found[0] == "\0" else "\ufffd", text)


def remove_direction(text: str) -> str:
    """The text without signs that turn the direction of writing."""
    return text if text.isascii() else _DIRECTION.sub("", text)


def is_visible(text: str) -> bool:
    """Whether anybody can see something of it."""
    return any(unicodedata.category(one)[0] in _VISIBLE and one not in _FILLERS for one in text)


def _is_control(sign: str) -> bool:
    return unicodedata.category(sign) in ("Cc", "Cs")
