"""The handbook with its index and its model: what the other packages ask."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from knowledge.answers import Answer, Source, find_answer
from knowledge.calibration import calibrate_thresholds
from knowledge.embedding import Encoder, Progress
from knowledge.handbook import Handbook, Page
from knowledge.index import Hit, Index
from knowledge.index_builder import IndexTables, build_tables
from knowledge.languages.glossary import Language
from knowledge.languages.translation import ForeignQuestion, read_foreign_question
from knowledge.meaning_builder import Encoding
from knowledge.meaning_index import MeaningIndex
from knowledge.ragged import Texts
from knowledge.text_tables import open_texts
from knowledge.thresholds import Thresholds
from knowledge.vectors import VectorStore
from knowledge.word_index import WordIndex


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
        """A library over tables in memory or in mapped files. `encoder` is the one that made their vectors."""
        handbook, passages = open_texts(tables.text)
        meaning = MeaningIndex(tables.meaning, encoder, vectors) if encoder and tables.meaning else None
        index = Index(passages, WordIndex(tables.text.postings), meaning)
        version = compute_version(encoder, Texts(tables.text.page_keys))
        return cls(handbook, index, version, calibrate_thresholds(index), encoder)

    def with_questions(self, added: Mapping[tuple[str, str], Sequence[str]]) -> "Library":
        """The library with these questions, by page id and anchor (see `Index.with_questions`), in milliseconds."""
        lines = (f"{page_id}#{anchor} {text}" for (page_id, anchor), some in sorted(added.items()) for text in some)
        version = hashlib.sha256("\n".join((self.version, *lines)).encode("utf-8", "surrogatepass")).hexdigest()[:16]
        return replace(self, index=self.index.with_questions(added), version=version)

    def ask(self, question: str, before: Sequence[str] = ()) -> Answer:
        """See `knowledge.answers.find_answer`. Questions in other languages are read in rough English."""
        foreign = read_foreign_question(question)
        previous = [read_foreign_question(one).english for one in before]
        source = Source(self.index, self.handbook, self.thresholds)
        return _restore_question(find_answer(foreign.english, source, previous), foreign, before)

    def search(self, question: str, limit: int = 10) -> list[Hit]:
        return self.index.search(question, limit)


def _restore_question(answer: Answer, asked: ForeignQuestion, before: Sequence[str]) -> Answer:
    """The answer without traces of the rough English in which the question was read."""
    follows = tuple(before) if answer.follows else ()
    if asked.language is Language.ENGLISH:
        return replace(answer, follows=follows)
    parts = tuple(replace(part, question="", spelling=()) for part in answer.parts)
    return replace(answer, follows=follows, spelling=(), parts=parts)


def compute_version(encoder: Encoder | None, page_keys: Iterable[str]) -> str:
    """The version of a library of these pages (see `knowledge.handbook.Page.key`)."""
    name = encoder.name if encoder else ""
    return hashlib.sha256("\n".join((name, *page_keys)).encode("utf-8", "surrogatepass")).hexdigest()[:16]
