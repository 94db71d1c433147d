"""The handbook, its index and the model that reads meaning, held together: what the rest of the house asks."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from knowledge.answers import Answer, find_answer
from knowledge.embedding import Encoder
from knowledge.handbook import Handbook, Page
from knowledge.index import Hit, Index, MeaningIndex
from knowledge.passages import split_into_passages
from knowledge.vectors import VectorStore


@dataclass(frozen=True)
class Library:
    """Immutable, hence safe for many askers at once; a changed handbook is a new library put in its place.

    `version` names the content: two processes with the same version answer the same.
    """

    handbook: Handbook
    index: Index
    version: str

    @classmethod
    def build(
        cls,
        pages: Iterable[Page],
        encoder: Encoder | None = None,
        vectors: VectorStore | None = None,
        progress: Callable[[int, int], None] | None = None,
    ) -> "Library":
        """Cut, encode (where there is an encoder and `vectors` does not have it yet) and index the pages.

        `progress(done, total)` counts encoded passages.
        """
        handbook = Handbook(tuple(pages))
        passages = [passage for page in handbook for passage in split_into_passages(page)]
        digests = "\n".join(page.digest for page in handbook)
        version = hashlib.sha256(f"{encoder.name if encoder else ''}\n{digests}".encode()).hexdigest()[:16]
        meaning = MeaningIndex(passages, encoder, vectors, progress) if encoder and passages else None
        return cls(handbook, Index(passages, meaning), version)

    def ask(self, question: str, before: Sequence[str] = ()) -> Answer:
        """See `knowledge.answers.answer`."""
        return find_answer(question, self.index, self.handbook, before)

    def search(self, question: str, limit: int = 10) -> list[Hit]:
        return self.index.search(question, limit)
