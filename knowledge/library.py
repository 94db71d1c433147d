"""The handbook with its index and its model: what the other packages ask."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from knowledge import glossary
from knowledge.answers import Answer, Outcome, Source, find_answer
from knowledge.calibration import calibrate_thresholds
from knowledge.embedding import Encoder, Progress
from knowledge.glossary import Glossary, read_glossary
from knowledge.handbook import Handbook, Page
from knowledge.index import Hit, Index
from knowledge.index_builder import IndexTables, build_tables
from knowledge.languages.detection import detect_language
from knowledge.languages.dictionary import Language
from knowledge.languages.translation import read_foreign_question
from knowledge.meaning_builder import Encoding
from knowledge.meaning_index import MeaningIndex
from knowledge.ragged import Texts
from knowledge.selected_answers import Conversation, select_answer
from knowledge.selector import Selector
from knowledge.text_tables import open_texts
from knowledge.thresholds import Thresholds
from knowledge.vectors import VectorStore
from knowledge.word_index import WordIndex

MOST_SAMPLED = 40  # pages that show the languages of a handbook
SAMPLE = 400  # characters of each
FEWEST = 0.05  # of the pages; fewer don't make a language one of the handbook's


@dataclass(frozen=True)
class Library:
    """Immutable, so many threads may ask at once; a changed handbook gets a new library.

    `version` identifies the content: processes with the same version give the same answers. `thresholds` are
    calibrated for this handbook. `encoder` is None where no model is installed.
    """

    handbook: Handbook
    index: Index
    version: str
    thresholds: Thresholds
    encoder: Encoder | None = None

    @classmethod
    def build(
        cls,
        pages: Iterable[Page],
        encoder: Encoder | None = None,
        vectors: VectorStore | None = None,
        progress: Progress | None = None,
    ) -> "Library":
        """Split and index the pages in memory; with an encoder, encode what `vectors` doesn't have yet.

        `progress(done, total)` counts encoded passages.
        """
        tables = build_tables(tuple(pages), Encoding(encoder, vectors, progress) if encoder else None)
        return cls.open(tables, encoder, vectors)

    @classmethod
    def open(cls, tables: IndexTables, encoder: Encoder | None, vectors: VectorStore | None = None) -> "Library":
        """A library over tables in memory or in mapped files. `encoder` is the one that made their vectors.

        It is calibrated, which takes seconds, unless the tables have the thresholds.
        """
        handbook, passages = open_texts(tables.text)
        meaning = MeaningIndex(tables.meaning, encoder, vectors) if encoder and tables.meaning else None
        index = Index(passages, WordIndex(tables.text.postings), meaning)
        version = compute_version(encoder, Texts(tables.text.page_keys))
        stored = tables.thresholds
        thresholds = calibrate_thresholds(index) if stored is None else Thresholds(*stored.tolist())
        return cls(handbook, index, version, thresholds, encoder)

    @cached_property
    def glossary(self) -> Glossary:
        return read_glossary(self.handbook.get(glossary.PAGE))

    @property
    def source(self) -> Source:
        """What its answers come from."""
        return Source(self.index, self.handbook, self.thresholds, self.glossary)

    @cached_property
    def languages(self) -> frozenset[Language]:
        """The languages of the handbook, as far as a sample of its pages shows."""
        pages = self.handbook.pages[:: max(1, len(self.handbook) // MOST_SAMPLED)]
        found = Counter(detect_language(f"{page.title} {page.text[:SAMPLE]}") for page in pages)
        return frozenset(language for language, count in found.items() if count >= FEWEST * len(pages))

    def with_questions(self, added: Mapping[tuple[str, str], Sequence[str]]) -> "Library":
        """The library with these questions, by page id and anchor (see `Index.with_questions`), in milliseconds."""
        lines = (f"{page_id}#{anchor} {text}" for (page_id, anchor), some in sorted(added.items()) for text in some)
        version = hashlib.sha256("\n".join((self.version, *lines)).encode("utf-8", "surrogatepass")).hexdigest()[:16]
        read = {place: [self._read_added(text) for text in some] for place, some in added.items()}
        return replace(self, index=self.index.with_questions(read), version=version)

    def ask(self, question: str, before: Sequence[str] = (), selector: Selector | None = None) -> Answer:
        """See `knowledge.answers.find_answer` and, with a selector, `knowledge.selected_answers.select_answer`.

        A question in another language is read in rough English, and as it is if the handbook has pages in that
        language; the surer answer counts.
        """
        typed = Conversation(question, before)
        readings = self._list_readings(typed)
        found = [(one, find_answer(one.question, self.source, one.before)) for one in readings]
        answers = [answer if one is typed else _restore_question(answer, before) for one, answer in found]
        answer = max(answers, key=_rate_answer)
        return select_answer(answer, typed, readings, self.source, selector) if selector else answer

    def _list_readings(self, typed: Conversation) -> Sequence[Conversation]:
        """What the typed words may mean in the languages of the handbook."""
        asked = read_foreign_question(typed.question)
        if asked.language is Language.ENGLISH or self.languages == {asked.language}:
            return [typed]
        english = Conversation(asked.english, [read_foreign_question(one).english for one in typed.before])
        return [english, typed] if asked.language in self.languages else [english]

    def _read_added(self, question: str) -> str:
        """The question as the index reads it: in rough English, unless the handbook has its language."""
        asked = read_foreign_question(question)
        return question if asked.language in self.languages else asked.english

    def search(self, question: str, limit: int = 10) -> list[Hit]:
        return self.index.search(question, limit)


def _rate_answer(answer: Answer) -> tuple[bool, float]:
    return answer.status is Outcome.ANSWERED, answer.confidence


def _restore_question(answer: Answer, before: Sequence[str]) -> Answer:
    """The answer without traces of the rough English in which the question was read."""
    parts = tuple(replace(part, question="", spelling=()) for part in answer.parts)
    return replace(answer, follows=tuple(before) if answer.follows else (), spelling=(), parts=parts)


def compute_version(encoder: Encoder | None, page_keys: Iterable[str]) -> str:
    """The version of a library of these pages (see `knowledge.handbook.Page.key`)."""
    name = encoder.name if encoder else ""
    return hashlib.sha256("\n".join((name, *page_keys)).encode("utf-8", "surrogatepass")).hexdigest()[:16]
