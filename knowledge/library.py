"""The handbook with its index and its model: what the other packages ask."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from knowledge.answers import Answer, find_answer
from knowledge.embedding import Encoder
from knowledge.handbook import Handbook, Page
from knowledge.index import Hit, Index
from knowledge.meaning_index import MeaningIndex
from knowledge.passages import split_into_passages
from knowledge.vectors import VectorStore


@dataclass(frozen=True)
class Library:
    """Immutable, so many threads may ask at once; a changed handbook gets a new library.

    `version` identifies the content: processes with the same version give the same answers.
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
        """Split and index the pages; with an encoder, encode what `vectors` doesn't have yet.

        `progress(done, total)` counts encoded texts.
        """
        handbook = Handbook(tuple(pages))
        passages = [passage for page in handbook for passage in split_into_passages(page)]
        digests = "\n".join(page.digest for page in handbook)
        version = hashlib.sha256(f"{encoder.name if encoder else ''}\n{digests}".encode()).hexdigest()[:16]
        meaning = MeaningIndex(passages, encoder, vectors, progress) if encoder and passages else None
        return cls(handbook, Index(passages, meaning), version)

    def ask(self, question: str, before: Sequence[str] = ()) -> Answer:
        """See `knowledge.answers.find_answer`."""
        return find_answer(question, self.index, self.handbook, before)

    def search(self, question: str, limit: int = 10) -> list[Hit]:
        return self.index.search(question, limit)
