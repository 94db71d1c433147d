"""How the product itself ranks sections: by its search alone, and as it does when it is asked."""

from collections.abc import Sequence

from benchmarks.answers.ranked_questions import Ranker
from knowledge.answers import answer_in_context, read_spelling
from knowledge.choice import rank_quotes
from knowledge.evaluation import format_section
from knowledge.follow_ups import join_with_previous
from knowledge.index import Hit
from knowledge.languages.translation import read_foreign_question
from knowledge.library import Library
from knowledge.questions import Question, parse_question
from knowledge.quoting import Quote

SEARCHED = 100  # passages


def build_product_ranker(library: Library) -> Ranker:
    """Sections in the order in which an answer is chosen from them, then those that only search found."""

    def rank(question: str, before: Sequence[str]) -> Sequence[str]:
        asked, quotes = rank_asked(question, before, library)
        return list_sections([*(quote.hit for quote in quotes), *library.search(asked.text, SEARCHED)])

    return rank


def build_search_ranker(library: Library) -> Ranker:
    """Sections in the order of the first stage: neither sentences nor spelling nor languages count."""

    def rank(question: str, before: Sequence[str]) -> Sequence[str]:
        return list_sections(library.search(" ".join((question, *before)), SEARCHED))

    return rank


def rank_asked(question: str, before: Sequence[str], library: Library) -> tuple[Question, list[Quote]]:
    """The question as it is read, and the best quote of each section, best first."""
    asked, focus = read_question(question, before, library)
    return asked, rank_quotes(asked, library.index, focus) if asked.stems else []


def read_question(question: str, before: Sequence[str], library: Library) -> tuple[Question, Question | None]:
    """The question in English, rightly spelt, with the glossary's terms and, where the answer comes from that reading,
    joined with the previous ones; then what it was before it was joined.
    """
    question, *before = (translate_text(one, library) for one in (question, *before))
    text = library.glossary.add_terms(read_spelling(parse_question(question).text, library.index).text)
    is_joined = bool(before) and bool(answer_in_context(text, library.source, before).follows)
    joined = join_with_previous(text, before) if is_joined else None
    return (parse_question(joined), parse_question(text)) if joined else (parse_question(text), None)


def translate_text(text: str, library: Library) -> str:
    """The text in rough English, unless the handbook has pages in its language."""
    read = read_foreign_question(text)
    return text if read.language in library.languages else read.english


def list_sections(hits: Sequence[Hit]) -> Sequence[str]:
    """The section of each hit, each once."""
    return tuple(dict.fromkeys(format_section(hit.passage.source, hit.passage.anchor) for hit in hits))
