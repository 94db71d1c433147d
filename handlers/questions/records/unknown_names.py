"""A name in a question that isn't known: of something that doesn't exist, or that the asker may not see."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from handlers.questions.records.names import NameKind

_NOUNS = frozenset({"project", "objective", "programme", "program", "initiative", "milestone", "metric", "kpi"})
_FILLERS = frozenset({"the", "a", "our", "called", "named"})
_SURE = re.compile(r"\b(?:status|progress|state|health|rag) of \S*$|\bhow (?:is|are) (?:the )?\S*$")
_SURE_END = re.compile(r"^(?:$|(?:project )?(?:doing|going|getting on|coming along|progressing|looking)\b)")
MOST_WORDS = 4


@dataclass(frozen=True, slots=True)
class UnknownName:
    """The words from `start` to `end`; `kind` is what they may be the name of."""

    typed: str
    start: int
    end: int
    kind: NameKind

    @property
    def placeholder(self) -> str:
        return f"{self.kind.value}name"


def find_unknown_name(clause: str, words: Sequence[str], is_word: Callable[[str], bool]) -> UnknownName | None:
    """The name, if the question says what it is (“project Phoenix”), writes it as a name (“Karen”), or can only ask for
    the status of something (“how is … doing?”)."""
    capitals = _find_capitals(clause)
    places = [place for place, word in enumerate(words) if not is_word(word) and word.isalpha()]
    if not places or len(places) > MOST_WORDS:
        return None
    start, end = _widen(words, places[0], places[-1] + 1, capitals, is_word)
    if end - start > MOST_WORDS:
        return None
    has_noun = _has_noun(words, start, end)
    is_certain = has_noun or any(word in capitals for word in words[start:end]) or _is_sure(words, start, end)
    kind = NameKind.PROJECT if has_noun or end - start > 1 or not is_certain else _guess_kind(words, start)
    return UnknownName(_copy_typed(clause, words[start:end]), start, end, kind) if is_certain else None


def _widen(
    words: Sequence[str], start: int, end: int, capitals: frozenset[str], is_word: Callable[[str], bool]
) -> tuple[int, int]:
    """With the words beside it that are written as part of a name, or aren't known either."""
    while start > 1 and words[start - 1] in capitals:
        start -= 1
    while end < len(words) and (words[end] in capitals or not is_word(words[end])):
        end += 1
    return start, end


def _has_noun(words: Sequence[str], start: int, end: int) -> bool:
    before = [word for word in words[max(0, start - 2) : start] if word not in _FILLERS]
    return bool(before and before[-1] in _NOUNS) or (end < len(words) and words[end] in _NOUNS)


def _is_sure(words: Sequence[str], start: int, end: int) -> bool:
    before, after = " ".join(words[:start]), " ".join(words[end:])
    return bool(_SURE.search(f"{before} ")) and bool(_SURE_END.match(after)) and "my" not in words


def _guess_kind(words: Sequence[str], start: int) -> NameKind:
    """A single name after “does” or “is” may be a person's."""
    return NameKind.PERSON if start and words[start - 1] in ("does", "is", "has", "did") else NameKind.PROJECT


def _find_capitals(clause: str) -> frozenset[str]:
    """The words that are written like names: with a capital, but not first and not all in capitals."""
    return frozenset(word.casefold() for word in re.findall(r"(?<=\s)[A-Z][a-z]+\b", clause))


def _copy_typed(clause: str, words: Sequence[str]) -> str:
    """The words as they were typed."""
    found = re.search(r"\W+".join(map(re.escape, words)), clause, re.IGNORECASE)
    return found[0] if found else " ".join(words)
