"""A handbook in another language, or in several, is asked in any of them."""

from collections.abc import Callable
from pathlib import Path

import pytest

from knowledge.answers import Outcome
from knowledge.handbook import read_handbook
from knowledge.languages.dictionary import Language
from knowledge.library import Library

GERMAN = """# Spesen im Projekt

## Wer Spesen freigibt

Die Projektleitung gibt Spesen bis 500 Euro frei. Alles darüber gibt der Auftraggeber frei.

## Wann Belege eingereicht werden

Belege werden spätestens am zehnten Tag des folgenden Monats eingereicht, mit einer kurzen Begründung.
"""
ENGLISH = """# Change control

## Who approves a change

The change board approves every change that costs more than 10,000. The project manager approves smaller ones.

## How long a change takes

A decision about a change takes at most five business days after the impact has been assessed.
"""


@pytest.fixture
def build(tmp_path: Path) -> Callable[..., Library]:
    def build(*texts: str) -> Library:
        for number, text in enumerate(texts):
            (tmp_path / f"page-{number}.md").write_text(text, encoding="utf-8")
        return Library.build(read_handbook(tmp_path))

    return build


def test_shipped_handbook_is_english(by_words: Library) -> None:
    assert by_words.languages == {Language.ENGLISH}


def test_german_handbook_is_read_in_german(build: Callable[..., Library]) -> None:
    library = build(GERMAN)
    assert library.languages == {Language.GERMAN}
    hits = library.ask("Wann werden Belege eingereicht?")
    places = [cited.section for cited in (*hits.citations, *hits.nearest)]
    assert places[0] == "Spesen im Projekt › Wann Belege eingereicht werden"


def test_handbook_in_two_languages_is_asked_in_either(build: Callable[..., Library]) -> None:
    library = build(GERMAN, ENGLISH)
    assert library.languages == {Language.GERMAN, Language.ENGLISH}
    german = library.ask("Wann werden Belege eingereicht?")
    english = library.ask("Wer genehmigt eine Änderung?")
    assert "Belege" in (*german.citations, *german.nearest)[0].section
    assert "approves a change" in (*english.citations, *english.nearest)[0].section


def test_question_that_somebody_added_in_another_language_is_found_again(by_words: Library) -> None:
    asked = "Wer bringt Kaffee und Kuchen zum Lenkungsausschuss mit?"
    assert by_words.ask(asked).status is not Outcome.ANSWERED
    answer = by_words.with_questions({("raci", "responsibility-matrix-raci"): [asked]}).ask(asked)
    assert [cited.page_id for cited in answer.citations] == ["raci"]


def test_nothing_is_quoted_from_a_handbook_that_does_not_say(by_words: Library) -> None:
    assert by_words.ask("Wie viele Urlaubstage habe ich dieses Jahr?").status is Outcome.NOT_FOUND
