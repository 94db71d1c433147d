"""The terms of a text as search counts them: lower case, stemmed, without stop words."""

import re
import threading
import unicodedata
from functools import cache, lru_cache
from pathlib import Path

import Stemmer

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_STOP = """a about after all also am an and any are as at be been being but by can could did do does doing for from get
    give had has have having he her hers him his how i if in into is it its itself just let like may me might
    mine more most much many must my myself no not of off on once only or other our ours out over own please
    same shall she should so some such tell than that the their theirs them themselves then there these they
    this those to too under until up us very want was we were what when where which while who whom whose why
    will with would you your yours i'm i've it's what's don't doesn't isn't aren't can't who's how's there's
    that's im ive whats dont mean means meant define"""
THESAURUS = Path(__file__).with_name("thesaurus.txt")
_STEMMERS = threading.local()  # a Snowball stemmer has state: one per thread


def split_words(text: str) -> list[str]:
    """All words of a text in lower case, in order."""
    return [word.replace("’", "'") for word in _WORD.findall(unicodedata.normalize("NFKC", text).lower())]


STOP_WORDS = frozenset(split_words(_STOP))


def extract_words(text: str) -> list[str]:
    """All words but stop words, in lower case and in order, with repetitions."""
    return [word for word in split_words(text) if word not in STOP_WORDS]


def extract_terms(text: str) -> list[str]:
    """The stems of all words but stop words, in order, with repetitions."""
    return [stem_word(word) for word in extract_words(text)]


@lru_cache(maxsize=5_000)
def collect_terms(text: str) -> frozenset[str]:
    """The stems of a heading or sentence of the handbook, each once. The same ones are compared again and again."""
    return frozenset(extract_terms(text))


def is_stop_word(word: str) -> bool:
    return word.lower() in STOP_WORDS


@lru_cache(maxsize=50_000)
def stem_word(word: str) -> str:
    if not hasattr(_STEMMERS, "english"):
        _STEMMERS.english = Stemmer.Stemmer("english")
    bare = word.removesuffix("'s").replace("'", "")
    return str(_STEMMERS.english.stemWord(bare))


def find_synonyms(stem: str) -> frozenset[str]:
    """Stems that may mean the same thing (thesaurus.txt); most words have none."""
    return _load_thesaurus().get(stem, frozenset())


def list_thesaurus_words() -> list[str]:
    """Every word of the thesaurus, in any form."""
    lines = THESAURUS.read_text(encoding="utf-8").splitlines()
    return [word for line in lines if not line.startswith("#") for word in line.split()]


@cache
def _load_thesaurus() -> dict[str, frozenset[str]]:
    lines = THESAURUS.read_text(encoding="utf-8").splitlines()
    groups = [set(extract_terms(line)) for line in lines if not line.startswith("#")]
    found: dict[str, set[str]] = {}
    for group in groups:
        for one in group:
            found.setdefault(one, set()).update(group - {one})
    return {one: frozenset(others) for one, others in found.items()}
