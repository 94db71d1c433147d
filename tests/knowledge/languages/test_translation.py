"""Questions in other languages as rough English."""

import pytest

from knowledge.languages.dictionary import FOREIGN, Language, load_dictionary
from knowledge.languages.translation import read_foreign_question, translate_question


@pytest.mark.parametrize(
    ("text", "english"),
    [
        ("Wer muss einen Änderungsantrag genehmigen?", "who must change request approve?"),
        ("Qui valide le cahier des charges ?", "who approve requirement?"),
        ("¿Cada cuánto se revisan los riesgos?", "how often review risk?"),
        ("Quanto tempo demora um health check?", "how long duration health check?"),
        ("who signs the charter?", "who signs the charter?"),
    ],
)
def test_question_becomes_rough_english(text: str, english: str) -> None:
    assert read_foreign_question(text).english == english


@pytest.mark.parametrize(
    ("text", "english"),
    [
        ("Risikobudget", "risk budget"),
        ("Abnahmetermin", "acceptance deadline"),
        ("Qualitätssicherungsplan", "quality assurance plan"),
    ],
)
def test_compound_is_taken_apart(text: str, english: str) -> None:
    assert translate_question(text, Language.GERMAN) == english


@pytest.mark.parametrize("text", ["Aenderungsantrag", "änderungsanträge", "ANDERUNGSANTRAG", "Änderungsantarg"])
def test_word_is_understood_however_it_is_typed(text: str) -> None:
    assert translate_question(text, Language.GERMAN) == "change request"


def test_capital_tells_a_noun_from_a_verb() -> None:
    assert translate_question("der Nutzen", Language.GERMAN) == "benefit"
    assert translate_question("wir nutzen", Language.GERMAN) == "we use"


def test_accent_tells_words_apart() -> None:
    assert translate_question("no sé", Language.SPANISH) == "not know"
    assert translate_question("no se", Language.SPANISH) == "not"


def test_names_and_unknown_words_stay_as_they_are() -> None:
    assert translate_question("Wer leitet PMO-7 in Ubongo?", Language.GERMAN) == "who manage PMO-7 in Ubongo?"


@pytest.mark.parametrize("language", FOREIGN)
def test_glossary_knows_its_own_words(language: Language) -> None:
    dictionary = load_dictionary(language)
    assert len(dictionary.folded_words) > 1_500
    assert [word for word in dictionary.written if not dictionary.knows_word(word)] == []


def test_glossaries_cover_the_same_words() -> None:
    meanings = {language: set(load_dictionary(language).folded_words.values()) for language in FOREIGN}
    every = set.union(*meanings.values())
    assert {language: len(every - found) for language, found in meanings.items() if len(every - found) > 40} == {}
