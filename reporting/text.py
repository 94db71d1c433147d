"""Makes text that people wrote harmless for Slack: it is shown as typed and never becomes markup."""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import overload

ELLIPSIS = "…"
# Slack can't escape its formatting characters, so they are replaced with look-alikes.
LOOK_ALIKES = str.maketrans({"*": "∗", "~": "∼", "`": "ˋ"})
ITALICS = re.compile(r"(?<!\w)_|_(?!\w)")
EMOJI = re.compile(r":(?=[\w+-]*[a-z_+-][\w+-]*:)", re.IGNORECASE)
ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


def escape(text: str) -> str:
    """The text for a place where Slack reads mrkdwn, without mentions, links, emoji or formatting."""
    harmless = EMOJI.sub("∶", ITALICS.sub("＿", text.translate(LOOK_ALIKES)))
    return harmless.translate(ENTITIES)


def fit_one_line(text: str, limit: int) -> str:
    """The text on one line, cut to `limit` characters with an ellipsis."""
    joined = " ".join(text.split())
    return joined if len(joined) <= limit else joined[: limit - 1].rstrip() + ELLIPSIS


class LazyLines(Sequence[str]):
    """Lines that are written when they are read: of a thousand, a message shows a dozen."""

    def __init__(self, write: Iterable[Callable[[], str]]) -> None:
        self._write = tuple(write)

    @overload
    def __getitem__(self, index: int) -> str: ...

    @overload
    def __getitem__(self, index: slice) -> "LazyLines": ...

    def __getitem__(self, index: int | slice) -> "str | LazyLines":
        return LazyLines(self._write[index]) if isinstance(index, slice) else self._write[index]()

    def __len__(self) -> int:
        return len(self._write)


def fit_lines(lines: Sequence[str], most: int, characters: int) -> tuple[tuple[str, ...], int]:
    """As many lines, from the first, as fit into `most` and `characters`, and how many were left out."""
    fitting: list[str] = []
    left = characters
    for line in lines[:most]:
        left -= len(line) + 1
        if left < 0:
            break
        fitting.append(line)
    return tuple(fitting), len(lines) - len(fitting)


def split_text(mrkdwn: str, size: int) -> tuple[str, ...]:
    """Finished mrkdwn in pieces of at most `size` characters, cut between words if possible."""
    found: list[str] = []
    rest = mrkdwn
    while len(rest) > size:
        cut = max(rest.rfind(space, 1, size + 1) for space in " \n")
        if cut <= 0:
            entity = rest.rfind("&", size - 4, size)  # an entity has at most five characters
            cut = entity if entity > 0 and ";" not in rest[entity:size] else size
        found.append(rest[:cut].strip())
        rest = rest[cut:].strip()
    return tuple(piece for piece in (*found, rest) if piece)
