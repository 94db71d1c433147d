"""Misspelt words are read as the handbook's; words that mean nothing by themselves stay as they are."""

from knowledge.answers import read_spelling
from knowledge.library import Library


def test_small_words_are_never_corrected(library: Library) -> None:
    assert read_spelling("and who approves it, if at all?", library.index).text == "and who approves it, if at all?"


def test_misspelt_word_is_read_as_the_handbooks(library: Library) -> None:
    read = read_spelling("who approves a chnage request?", library.index)
    assert read.text == "who approves a change request?"
    assert read.words == ("change",)
