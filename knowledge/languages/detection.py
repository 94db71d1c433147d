"""Which language a question is in.

Terse English stays English: only words that English doesn't have speak for another language.
"""

from functools import cache, lru_cache

from knowledge.languages.dictionary import FOREIGN, Dictionary, Language, list_words, load_dictionary
from knowledge.out_of_scope import load_topics
from knowledge.terms import extract_terms, is_stop_word, list_thesaurus_words, split_words, stem_word

KNOWN_SHARE = 0.5  # of the words; a question with fewer is in a language that no dictionary covers
AS_WRITTEN = 0.5  # more weight for a word whose accents agree, too
SHARED = 0.1  # the weight of a word that English has, too, and of a single letter


@lru_cache(maxsize=1_024)
def detect_language(text: str) -> Language:
    """The language of a question; English if its words don't tell."""
    words = [word for word in list_words(text) if not word[0].isdigit()]
    scores = {language: sum(_weigh_word(word, load_dictionary(language)) for word in words) for language in FOREIGN}
    best = max(FOREIGN, key=scores.__getitem__)
    unknown = [word for word in words if not load_dictionary(best).knows_word(word)]
    english = sum(1 + AS_WRITTEN * is_stop_word(word) for word in unknown if is_english(word))
    is_foreign = scores[best] >= 1 and scores[best] > english and len(unknown) <= (1 - KNOWN_SHARE) * len(words)
    return best if is_foreign else Language.ENGLISH


def _weigh_word(word: str, dictionary: Dictionary) -> float:
    """How much a word speaks for the dictionary's language."""
    if not dictionary.knows_word(word):
        return 0.0
    weight = SHARED if len(word) == 1 or is_english(word) else 1.0
    return weight * (1 + AS_WRITTEN * (word.lower() in dictionary.written))


@lru_cache(maxsize=10_000)
def is_english(word: str) -> bool:
    """Whether the word is English, as far as the project's own data has its words."""
    return all(is_stop_word(part) or stem_word(part) in _load_english_stems() for part in split_words(word))


@cache
def _load_english_stems() -> frozenset[str]:
    meanings = [meaning for language in FOREIGN for meaning in load_dictionary(language).folded_words.values()]
    topics = [topic.text for topic in load_topics()]
    return frozenset(stem for text in (*meanings, *topics, *list_thesaurus_words()) for stem in extract_terms(text))
