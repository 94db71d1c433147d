"""A name in a question that isn't known: of something that doesn't exist, or that the asker may not see."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from handlers.questions.records.names import NameKind

MOST_WORDS = 4
_NOUNS = frozenset({"project", "objective", "programme", "program", "initiative", "milestone", "metric", "kpi"})
_FILLERS = frozenset({"the", "a", "our", "called", "named"})
# Questions that can only be for the status of something, whatever it is called.
_STATUS_OF = re.compile(
    r"\b(?:status|progress|state|health|rag) (?:of|on|for) (?:the |our )?(?P<name>.+?)(?: (?:now|today|please))*$"
)
_HOW_IS = re.compile(
    r"\bhow (?:is|are) (?:the |our )?(?P<name>.+?) (?:doing|going|getting on|coming along|progressing)\b"
)
_PRONOUNS = frozenset({"it", "this", "that", "these", "those", "them", "they", "you", "we", "i", "my", "one", "ones"})
_IN_GENERAL = frozenset(
    {"a", "an", "any", "each", "every", "all", "everything", "anything", "things", "work", "life", "overall"}
)
_KINDS = frozenset({"project", "projects", "objective", "objectives", "request", "requests", "milestones"})
_NO_NAMES = _PRONOUNS | _IN_GENERAL | _KINDS


@dataclass(frozen=True, slots=True)
class UnknownName:
    """The words from `start` to `end`; `kind` is what they may be the name of. `is_sure`: they are one."""

    typed: str
    start: int
    end: int
    kind: NameKind
    is_sure: bool = True

    @property
    def placeholder(self) -> str:
        return f"{self.kind.value}name"


def find_unknown_name(clause: str, words: Sequence[str], is_word: Callable[[str], bool]) -> UnknownName | None:
    """The name, if the question says what it is (“project Phoenix”), writes it as a name (“Karen”), or can only ask for
    the status of something (“how is … doing?”). “The moon base project” may be one."""
    sure = _find_asked_status(words) or _find_written(clause, words, is_word)
    place = sure or _find_before_noun(words)
    if place is None or place[1] - place[0] > MOST_WORDS:
        return None
    start, end = place
    is_person = end - start == 1 and start > 0 and words[start - 1] in ("does", "is", "has", "did")
    kind = NameKind.PERSON if is_person and not _has_noun(words, start, end) else NameKind.PROJECT
    return UnknownName(_copy_typed(clause, words[start:end]), start, end, kind, sure is not None)


def _find_asked_status(words: Sequence[str]) -> tuple[int, int] | None:
    text = " ".join(words)
    found = _STATUS_OF.search(text) or _HOW_IS.search(text)
    if found is None or not _NO_NAMES.isdisjoint(found["name"].split()):
        return None
    start = len(text[: found.start("name")].split())
    return start, start + len(found["name"].split())


def _find_written(clause: str, words: Sequence[str], is_word: Callable[[str], bool]) -> tuple[int, int] | None:
    """Words that nobody knows, or that are written like a name, and say that they are one."""
    capitals = frozenset(word.casefold() for word in re.findall(r"(?<=\s)[A-Z][a-z]+\b", clause))
    marked = [place for place, word in enumerate(words) if word.isalpha() and (word in capitals or not is_word(word))]
    marked = [place for place in marked if words[place] not in _NOUNS]
    if not marked:
        return None
    start, end = marked[0], marked[-1] + 1
    is_written = any(words[place] in capitals and not is_word(words[place]) for place in marked)
    return (start, end) if is_written or _has_noun(words, start, end) else None


def _find_before_noun(words: Sequence[str]) -> tuple[int, int] | None:
    """The words between “the” and “project” or another such noun."""
    for end, word in enumerate(words):
        if word in _NOUNS:
            start = next((at + 1 for at in range(end - 1, -1, -1) if words[at] in ("the", "our")), end)
            if 0 < end - start <= MOST_WORDS and _NO_NAMES.isdisjoint(words[start:end]):
                return start, end
    return None


def _has_noun(words: Sequence[str], start: int, end: int) -> bool:
    before = [word for word in words[max(0, start - 2) : start] if word not in _FILLERS]
    return bool(before and before[-1] in _NOUNS) or (end < len(words) and words[end] in _NOUNS)


def _copy_typed(clause: str, words: Sequence[str]) -> str:
    """The words as they were typed."""
    found = re.search(r"\W+".join(map(re.escape, words)), clause, re.IGNORECASE)
    return found[0] if found else " ".join(words)
