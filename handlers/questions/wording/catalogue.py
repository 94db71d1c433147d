"""The words around an answer, in the asker's language. The English text is the key.

A file for each language has the translations. While a reply is built, `use_language` says which one is meant; texts
that a file doesn't have stay English.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path

from pydantic import RootModel

from foundation.files import read_yaml
from knowledge.languages.dictionary import Language

FOLDER = Path(__file__).parent
_LANGUAGE = ContextVar("language", default=Language.ENGLISH)

Catalogue = RootModel[dict[str, str]]


@contextmanager
def use_language(language: Language) -> Iterator[None]:
    """Localize texts into this language until the end of the block."""
    token = _LANGUAGE.set(language)
    try:
        yield
    finally:
        _LANGUAGE.reset(token)


def localize_text(text: str, **values: object) -> str:
    """The text in the language in use, with the values in the places of their names."""
    found = load_catalogue(_LANGUAGE.get()).get(text, text)
    return found.format(**values) if values else found


@cache
def load_catalogue(language: Language) -> Mapping[str, str]:
    """The translations by their English texts; none for English itself."""
    if language is Language.ENGLISH:
        return {}
    return read_yaml(FOLDER / f"{language}.yaml", Catalogue).root
