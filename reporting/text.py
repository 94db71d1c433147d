"""Text that people wrote, made harmless for Slack: it is shown as it was typed and never becomes markup."""

import re
from collections.abc import Iterable

ELLIPSIS = "…"
# Slack has no escape for its own formatting, so the few characters that format give way to ones that look the same.
LOOK_ALIKES = str.maketrans({"*": "∗", "~": "∼", "`": "ˋ"})
ITALICS = re.compile(r"(?<!\w)_|_(?!\w)")
EMOJI = re.compile(r":(?=[\w+-]*[a-z_+-][\w+-]*:)", re.IGNORECASE)
ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


def escape(text: str) -> str:
    """The text for a place where Slack reads mrkdwn: no mention, link, emoji or formatting comes about."""
    harmless = EMOJI.sub("∶", ITALICS.sub("＿", text.translate(LOOK_ALIKES)))
    return harmless.translate(ENTITIES)


def fit_one_line(text: str, limit: int) -> str:
    """The text with its white space run together, cut to `limit` characters with an ellipsis."""
    joined = " ".join(text.split())
    return joined if len(joined) <= limit else joined[: limit - 1].rstrip() + ELLIPSIS


def fit_lines(lines: Iterable[str], most: int, characters: int) -> tuple[tuple[str, ...], int]:
    """As many of the lines, from the first, as stay within `most` and `characters`; and how many were left out."""
    every = list(lines)
    kept: list[str] = []
    left = characters
    for line in every[:most]:
        left -= len(line) + 1
        if left < 0:
            break
        kept.append(line)
    return tuple(kept), len(every) - len(kept)


def split_text(mrkdwn: str, size: int) -> tuple[str, ...]:
    """Finished mrkdwn in pieces of at most `size` characters, cut between words where there are any."""
    found: list[str] = []
    rest = mrkdwn
    while len(rest) > size:
        cut = max(rest.rfind(space, 1, size + 1) for space in " \n")
        if cut <= 0:
            entity = rest.rfind("&", size - 4, size)  # an entity has five characters at the most
            cut = entity if entity > 0 and ";" not in rest[entity:size] else size
        found.append(rest[:cut].strip())
        rest = rest[cut:].strip()
    return tuple(piece for piece in (*found, rest) if piece)
