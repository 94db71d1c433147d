"""Every text around an answer exists in every language, and says the same."""

import ast
import re
from collections.abc import Iterator

import pytest

from foundation.errors import UserError
from handlers.commands import ABILITIES
from handlers.questions.wording.catalogue import load_catalogue, localize_text, use_language
from knowledge.languages.dictionary import FOREIGN, Language
from knowledge.out_of_scope import load_topics
from knowledge.questions import LONGEST, parse_question
from tests.quality.sources import list_modules, parse_module

_PLACEHOLDER = re.compile(r"\{(\w+)\}")


def list_localized_texts() -> Iterator[str]:
    """The literal texts that code hands to `localize_text`, and those that it takes from data and from errors."""
    for path in list_modules("handlers"):
        for node in ast.walk(parse_module(path)):
            is_call = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "localize_text"
            if is_call and isinstance(node.args[0], ast.Constant):
                yield node.args[0].value
    yield from (topic.refer_to for topic in load_topics() if topic.refer_to)
    yield from (line.sentence for line in ABILITIES)
    for typed in ("", "?" * (LONGEST + 1)):
        with pytest.raises(UserError) as refused:
            parse_question(typed)
        yield str(refused.value)


def list_constants() -> set[str]:
    """Every string in the code that may reach people by way of a variable."""
    trees = [parse_module(path) for path in list_modules("handlers", "knowledge")]
    return {
        node.value
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


@pytest.mark.parametrize("language", FOREIGN)
def test_every_text_is_translated(language: Language) -> None:
    catalogue = load_catalogue(language)
    assert [text for text in list_localized_texts() if text not in catalogue] == []
    assert catalogue.keys() == load_catalogue(Language.GERMAN).keys()


def test_no_translation_is_left_over() -> None:
    used = set(list_localized_texts()) | list_constants()
    assert [text for text in load_catalogue(Language.GERMAN) if text not in used] == []


@pytest.mark.parametrize("language", FOREIGN)
def test_translations_have_the_same_placeholders(language: Language) -> None:
    for text, translation in load_catalogue(language).items():
        assert sorted(_PLACEHOLDER.findall(text)) == sorted(_PLACEHOLDER.findall(translation)), translation


def test_text_is_in_the_language_in_use() -> None:
    with use_language(Language.FRENCH):
        assert localize_text("Following up on “{question}”", question="{raci}") == "À la suite de « {raci} »"
    assert localize_text("Ask the PMO") == "Ask the PMO"


def test_unknown_text_stays_english() -> None:
    with use_language(Language.GERMAN):
        assert localize_text("Nobody translated this.") == "Nobody translated this."
