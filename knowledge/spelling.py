"""Spelling as the handbook has it: “helth chek” is read as “health check”."""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from rapidfuzz import process
from rapidfuzz.distance import OSA

from knowledge.terms import STOP_WORDS

SHORTEST = 4  # letters; shorter words are too easily confused, except with words such as “the”
LONG = 8  # letters; longer words may have two mistakes
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_CHAT = frozenset(
    ["pls", "plz", "thx", "btw", "fyi", "asap", "imo", "lol", "ppl", "wanna", "gonna", "gotta", "hows", "pmo"]
)


@dataclass(frozen=True, slots=True)
class Corrected:
    """A text with its misspelt words replaced, and the replacements in their order."""

    text: str
    words: tuple[str, ...] = ()


def correct_spelling(
    text: str, vocabulary: Mapping[str, int], is_known: Callable[[str], bool], english: Collection[str]
) -> Corrected:
    """Replace words that neither the handbook nor `english` knows by the handbook's most frequent word that is one
    mistake away, or two in a long word.

    `vocabulary` counts the handbook's words, in lower case. Acronyms and names with capitals stay as they are.
    """
    replaced: list[str] = []

    def correct_word(found: re.Match[str]) -> str:
        word = found.group()
        if _looks_intended(text, found) or word.lower() in STOP_WORDS:
            return word
        if word.lower() in english or is_known(word.lower()):
            return word
        best = _find_best_word(word.lower(), vocabulary)
        if best and best not in STOP_WORDS:
            replaced.append(best)
        return best or word

    return Corrected(_WORD.sub(correct_word, text), tuple(dict.fromkeys(replaced)))


def _looks_intended(text: str, found: re.Match[str]) -> bool:
    """Whether the word is an acronym, a name, has digits, or is chat language."""
    word = found.group()
    opens = not text[: found.start()].strip() or text[: found.start()].rstrip()[-1] in ".?!:"
    return not word.isalpha() or not (word.islower() or (opens and word[1:].islower())) or word in _CHAT


def _find_best_word(word: str, vocabulary: Mapping[str, int]) -> str:
    """The nearest word, or else the most frequent of the nearest; empty if none is close enough."""
    if len(word) < SHORTEST:
        near = [(other, 1) for other in STOP_WORDS if OSA.distance(word, other, score_cutoff=1) == 1]
    else:
        most = 2 if len(word) >= LONG else 1
        found = process.extract(word, [*vocabulary, *STOP_WORDS], scorer=OSA.distance, score_cutoff=most, limit=None)
        near = [(other, int(distance)) for other, distance, _ in found if distance < 2 or other[0] == word[0]]
    return min(near, key=lambda pair: (pair[1], -vocabulary.get(pair[0], 0)))[0] if near else ""
