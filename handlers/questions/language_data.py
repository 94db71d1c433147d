"""The words, phrases and translations that questions are read with: files that are loaded once."""

from handlers.questions.records.lexicon import load_lexicon
from handlers.questions.small_talk.grammar import load_grammars
from handlers.questions.small_talk.words import load_emoji
from handlers.questions.wording.catalogue import load_catalogue
from knowledge.languages.detection import is_english
from knowledge.languages.dictionary import FOREIGN, load_dictionary


def load_language_data() -> None:
    """Load all of it now: the first question would otherwise wait half a second for it."""
    load_emoji()
    load_grammars()
    load_lexicon()
    for language in FOREIGN:
        load_dictionary(language)
        load_catalogue(language)
    is_english("word")
