"""Which language a question is in."""

import pytest

from knowledge.languages.detection import detect_language
from knowledge.languages.dictionary import Language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Wer unterschreibt den Projektauftrag?", Language.GERMAN),
        ("was passiert nach der freigabe", Language.GERMAN),
        ("Frist für den Bericht", Language.GERMAN),
        ("Qui signe la charte du projet ?", Language.FRENCH),
        ("c'est quoi un jalon", Language.FRENCH),
        ("délai de réponse", Language.FRENCH),
        ("¿Quién firma el acta de constitución?", Language.SPANISH),
        ("cada cuanto se revisan los riesgos", Language.SPANISH),
        ("plazo del informe", Language.SPANISH),
        ("Quem assina o termo de abertura?", Language.PORTUGUESE),
        ("nao sei quem aprova", Language.PORTUGUESE),
        ("prazo do relatório", Language.PORTUGUESE),
    ],
)
def test_language_is_detected_in_a_few_words(text: str, language: Language) -> None:
    assert detect_language(text) is language


@pytest.mark.parametrize(
    "text",
    [
        "who signs the charter?",
        "RACI",
        "kick-off agenda",
        "plan template",
        "change board quorum",
        "do we need a no-go decision in stage 2",
        "what was the plan",
        "CPI formula",
        "vacation days",
        "?!",
        "2026",
        "",
    ],
)
def test_terse_english_stays_english(text: str) -> None:
    assert detect_language(text) is Language.ENGLISH


@pytest.mark.parametrize(
    "text", ["Chi approva una richiesta di modifica?", "Kto zatwierdza wniosek?", "Hvem godkender en ændring?"]
)
def test_language_without_a_glossary_is_read_as_it_is(text: str) -> None:
    assert detect_language(text) is Language.ENGLISH
