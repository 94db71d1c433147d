"""What words of other languages mean in English: two files per language, next to this module."""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from itertools import chain
from pathlib import Path

from pydantic import Field
from ruamel.yaml import YAML

from foundation.files import Strict

FOLDER = Path(__file__).parent
SHORTEST_STEM = 4  # letters that are left when an ending is taken off
_WORD = re.compile(r"\d+(?:[.,:]\d+)*%?|[^\W_]+(?:-[^\W_]+)*")
_LETTERS = str.maketrans({"ß": "ss", "œ": "oe", "æ": "ae"})

Phrase = tuple[str, ...]


class Language(StrEnum):
    """The languages that people ask in."""

    ENGLISH = "en"
    GERMAN = "de"
    FRENCH = "fr"
    SPANISH = "es"
    PORTUGUESE = "pt"


FOREIGN = tuple(language for language in Language if language is not Language.ENGLISH)


class _File(Strict):
    ignored: str
    endings: str
    digraphs: dict[str, str] = Field(default_factory=dict)


@dataclass(frozen=True)
class Spelling:
    """How a language inflects words, and how people type its letters."""

    endings: tuple[str, ...]
    digraphs: Mapping[str, str]

    def fold_word(self, word: str) -> str:
        """The word in lower case without accents, as people type it in a hurry: “fuer” is folded like “für”."""
        letters = unicodedata.normalize("NFD", word.lower().translate(_LETTERS))
        folded = "".join(letter for letter in letters if not unicodedata.combining(letter))
        for typed, letter in self.digraphs.items():
            folded = folded.replace(typed, letter)
        return folded

    def stem_word(self, word: str) -> str:
        """The folded word without its ending."""
        folded = self.fold_word(word)
        fits = (end for end in self.endings if folded.endswith(end) and len(folded) - len(end) >= SHORTEST_STEM)
        return folded.removesuffix(max(fits, key=len, default=""))


@dataclass(frozen=True)
class Dictionary:
    """The English meanings of words and phrases: as written in the file, in lower case, folded, and stemmed."""

    spelling: Spelling
    ignored: frozenset[str]
    readings: tuple[tuple[Callable[[str], str], Mapping[Phrase, str]], ...]
    written: frozenset[str]  # all words in lower case, with their accents
    parts: frozenset[str]  # the folded words of all phrases
    longest: int  # words of a phrase

    @property
    def folded_words(self) -> Mapping[Phrase, str]:
        return self.readings[2][1]

    def find_meaning(self, words: Phrase) -> str | None:
        """The English words; None if the dictionary doesn't have the phrase in any form."""
        found = (meanings.get(tuple(map(read, words))) for read, meanings in self.readings)
        return next(filter(None, found), None)

    def is_ignored(self, word: str) -> bool:
        """Whether the word has no meaning of its own, unless an accent gives it one."""
        return self.spelling.fold_word(word) in self.ignored and (word.lower(),) not in self.readings[1][1]

    def knows_word(self, word: str) -> bool:
        """Whether the word, in this form or another, belongs to the language."""
        folded = self.spelling.fold_word(word)
        return folded in self.ignored or folded in self.parts or self.find_meaning((word,)) is not None


def list_words(text: str) -> Phrase:
    """The words of a text as they are written. An apostrophe separates words: “l'objectif” is two."""
    return tuple(_WORD.findall(text))


@cache
def load_dictionary(language: Language) -> Dictionary:
    text = (FOLDER / f"{language}.yaml").read_text(encoding="utf-8")
    file = _File.model_validate(YAML(typ="safe").load(text))
    bare = Spelling((), file.digraphs)
    spelling = Spelling(tuple(map(bare.fold_word, file.endings.split())), file.digraphs)
    phrases = [(list_words(phrase), meaning) for meaning, phrase in _read_meanings(FOLDER / f"{language}.txt")]
    forms = (str, str.lower, spelling.fold_word, spelling.stem_word)
    every = set(chain.from_iterable((list_words(file.ignored), *(phrase for phrase, _ in phrases))))
    return Dictionary(
        spelling=spelling,
        ignored=frozenset(map(spelling.fold_word, list_words(file.ignored))),
        readings=tuple((form, _read_phrases(phrases, form)) for form in forms),
        written=frozenset(map(str.lower, every)),
        parts=frozenset(map(spelling.fold_word, every)),
        longest=max(len(phrase) for phrase, _ in phrases),
    )


def _read_meanings(path: Path) -> Iterator[tuple[str, str]]:
    """Each meaning with each of its phrases. The file has no markup: YAML of this size takes a third of a second."""
    for line in path.read_text(encoding="utf-8").splitlines():
        meaning, _, phrases = line.partition(": ")
        if phrases and not line.startswith("#"):
            yield from ((meaning, phrase) for phrase in phrases.split(","))


def _read_phrases(phrases: list[tuple[Phrase, str]], form: Callable[[str], str]) -> dict[Phrase, str]:
    """The meanings by one form of their phrases; of two phrases with the same form the first counts."""
    return {tuple(map(form, phrase)): meaning for phrase, meaning in reversed(phrases)}
