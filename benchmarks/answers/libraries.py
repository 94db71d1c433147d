"""Handbooks with their indexes, for benchmarks: vectors are encoded once and kept in the folder for temporary files."""

import sqlite3
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from bot.handbook_import import SHIPPED
from knowledge.embedding import Encoder, load_encoder
from knowledge.handbook import Page, read_handbook
from knowledge.library import Library

CACHE = Path(tempfile.gettempdir()) / "pmo-assistant-model"


class CachedVectors:
    """A VectorStore in a file of its own."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._database = sqlite3.connect(path)
        self._database.execute("CREATE TABLE IF NOT EXISTS vectors (name TEXT PRIMARY KEY, vector BLOB)")

    def get_many(self, encoder: str, digests: Sequence[str]) -> Mapping[str, bytes]:
        query = "SELECT vector FROM vectors WHERE name = ?"
        rows = {digest: self._database.execute(query, [f"{encoder}-{digest}"]).fetchone() for digest in digests}
        return {digest: row[0] for digest, row in rows.items() if row}

    def put_many(self, encoder: str, vectors: Mapping[str, bytes]) -> None:
        rows = [(f"{encoder}-{digest}", vector) for digest, vector in vectors.items()]
        with self._database:
            self._database.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?)", rows)


def load_model() -> Encoder | None:
    """The model, where its packages are installed."""
    return load_encoder(CACHE)


def open_vectors() -> CachedVectors:
    """The vectors that were encoded before."""
    return CachedVectors(CACHE / "vectors.db")


def build_library(encoder: Encoder | None, folder: Path = SHIPPED, with_questions: bool = True) -> Library:
    """The library of a handbook, if need be without the questions in its front matter."""
    pages = list(read_handbook(folder))
    if not with_questions:
        pages = [_remove_questions(page) for page in pages]
    return Library.build(pages, encoder, open_vectors() if encoder else None)


def _remove_questions(page: Page) -> Page:
    return replace(page, questions=(), headings=())
