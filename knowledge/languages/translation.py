"""Questions in other languages as rough English, word by word: enough to search an English handbook with.

“Wer muss einen Änderungsantrag genehmigen?” becomes “who must change request approve?”. The words that ask stay where
they are, so that the rough English is read like a question that somebody typed in English.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz, process

from knowledge.languages.detection import detect_language, is_english
from knowledge.languages.dictionary import Dictionary, Language, Phrase, list_words, load_dictionary

SIMILAR = 86  # of 100: a misspelt word is at least this similar to the one that is meant
SHORTEST_MISSPELT = 5  # letters; shorter words are too similar to each other
SHORTEST_PART = 4  # letters of a part of a compound
_MARKS = re.compile(r"([?!.,;:]+)(?=\s|$)")


@dataclass(frozen=True, slots=True)
class ForeignQuestion:
    """A question as somebody typed it, and in rough English. English questions stay as they are."""

    text: str
    language: Language
    english: str


@lru_cache(maxsize=1_024)
def read_foreign_question(text: str) -> ForeignQuestion:
    """Detect the language of a question and translate it."""
    language = detect_language(text)
    return ForeignQuestion(text, language, translate_question(text, language))


def translate_question(text: str, language: Language) -> str:
    """The question in rough English. Words that no dictionary has stay as they are."""
    if language is Language.ENGLISH:
        return text
    dictionary = load_dictionary(language)
    pieces = (piece for piece in _MARKS.split(text) if piece.strip())
    translated = (piece if _MARKS.fullmatch(piece) else _translate_piece(piece, dictionary) for piece in pieces)
    return "".join(translated).strip()


def _translate_piece(piece: str, dictionary: Dictionary) -> str:
    words = list_words(piece)
    if words and words[0].istitle():  # a capital at the beginning doesn't make a noun
        words = (words[0].lower(), *words[1:])
    return "".join(f" {meaning}" for meaning in _translate_words(words, dictionary) if meaning)


def _translate_words(words: Phrase, dictionary: Dictionary) -> Iterator[str]:
    at = 0
    while at < len(words):
        phrase = _find_phrase(words[at : at + dictionary.longest], dictionary)
        if phrase or not dictionary.is_ignored(words[at]):
            yield dictionary.find_meaning(phrase) or "" if phrase else _translate_word(words[at], dictionary)
        at += len(phrase) or 1


def _find_phrase(words: Phrase, dictionary: Dictionary) -> Phrase:
    """The longest phrase of several words that they begin with; empty if they begin with none."""
    lengths = range(len(words), 1, -1)
    return next((words[:length] for length in lengths if dictionary.find_meaning(words[:length])), ())


def _translate_word(word: str, dictionary: Dictionary) -> str:
    """A word's meaning, or those of its parts, or that of the word it was meant to be, or else the word itself."""
    if meaning := dictionary.find_meaning((word,)):
        return meaning
    if is_english(word) or any(map(str.isdigit, word)):
        return word
    if "-" in word:
        return " ".join(_translate_words(tuple(word.split("-")), dictionary))
    parts = _split_compound(dictionary.spelling.fold_word(word), dictionary)
    return " ".join(parts) or _correct_word(word, dictionary) or word


def _split_compound(word: str, dictionary: Dictionary) -> list[str]:
    """The meanings of the parts of a compound such as “Risikobudget”, the longest first part possible; empty if it is
    none. An “s” may join two parts."""
    for cut in range(len(word) - SHORTEST_PART, SHORTEST_PART - 1, -1):
        head, tail = word[:cut], word[cut:]
        first = dictionary.find_meaning((head,)) or dictionary.find_meaning((head.removesuffix("s"),))
        if first and (last := dictionary.find_meaning((tail,))):
            return [first, last]
        if first and (rest := _split_compound(tail, dictionary)):
            return [first, *rest]
    return []


def _correct_word(word: str, dictionary: Dictionary) -> str | None:
    folded = dictionary.spelling.fold_word(word)
    if len(folded) < SHORTEST_MISSPELT:
        return None
    known = [phrase[0] for phrase in dictionary.folded_words if len(phrase) == 1 and phrase[0][0] == folded[0]]
    found = process.extractOne(folded, known, scorer=fuzz.ratio, score_cutoff=SIMILAR)
    return dictionary.folded_words[(found[0],)] if found else None
