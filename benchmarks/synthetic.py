"""Large handbooks of sample pages for measuring: sentences of the shipped handbook, recombined, with invented names.

What is measured with them is speed and size, and nothing about the quality of answers.
"""

import random
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from bot.handbook_import import SHIPPED
from knowledge.embedding import Encoder, Progress, Vectors
from knowledge.handbook import read_handbook
from knowledge.passages import Passage, split_into_passages
from knowledge.terms import extract_words, split_words

SECTIONS = 8  # of a page, about: each is a passage
NAMES = 200_000  # invented ones to choose from; the first are much more frequent, as words are
NAMED = 0.5  # of all sentences: they mention an invented name
SYLLABLES = ("bar", "dor", "fen", "gal", "hest", "kir", "lum", "mor", "nas", "pel", "rund", "sil", "tav", "ulm", "ver")


class SampleText:
    """Headings, sentences and questions of the shipped handbook."""

    def __init__(self) -> None:
        self.passages: list[Passage] = [one for page in read_handbook(SHIPPED) for one in split_into_passages(page)]
        self.questions = [question for passage in self.passages for question in passage.questions]
        self.sentences = [unit.text for passage in self.passages for unit in passage.units if unit.kind == "text"]


def write_sample_pages(folder: Path, passages: int, text: SampleText, seed: int = 7) -> None:
    """Write as many pages as it takes for this many passages."""
    rng = random.Random(seed)
    for number in range(passages // SECTIONS):
        path = folder / f"part-{number // 100:03}" / f"sample-{number:05}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(_write_page(number, text, rng)), encoding="utf-8")


def _write_page(number: int, text: SampleText, rng: random.Random) -> Iterator[str]:
    yield f"# Sample page {number} on {_invent_name(rng)}\n"
    yield "Sample data for measuring; nobody should act on it.\n"
    for _ in range(SECTIONS - 1):
        model = rng.choice(text.passages)
        yield f"## {model.heading} {_invent_name(rng)}\n"
        yield " ".join(_write_sentence(text, rng) for _ in model.units) + "\n"


def _write_sentence(text: SampleText, rng: random.Random) -> str:
    sentence = rng.choice(text.sentences)
    return f"For {_invent_name(rng)}: {sentence}" if rng.random() < NAMED else sentence


def _invent_name(rng: random.Random) -> str:
    number = int(NAMES ** rng.random())  # its frequency falls with its rank, as in Zipf's law
    name = ""
    while number or not name:
        number, syllable = divmod(number, len(SYLLABLES))
        name += SYLLABLES[syllable]
    return name.title()


class StandInEncoder:
    """Vectors made quickly for measuring: the mean of word vectors, where a word's vector is the mean of the real
    vectors of the sentences that have it. It has the real encoder's name, whose vectors it stands in for."""

    def __init__(self, encoder: Encoder, text: SampleText) -> None:
        self.name, self.words = encoder.name, encoder.words
        vectors = encoder.encode(text.sentences)
        self._mean = vectors.mean(axis=0)
        self._words = _average_by_word(text.sentences, vectors - self._mean)

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        table = np.array([self._encode_text(text) for text in texts])
        return np.asarray(table / np.linalg.norm(table, axis=1, keepdims=True), dtype=np.float32)

    def _encode_text(self, text: str) -> Vectors:
        known = [self._words[word] for word in extract_words(text) if word in self._words]
        noise = np.random.default_rng(len(text)).normal(scale=0.01, size=len(self._mean))
        return np.asarray(self._mean + np.sum(known, axis=0) / max(len(known), 1) ** 0.5 + noise, dtype=np.float32)


def _average_by_word(sentences: Sequence[str], vectors: Vectors) -> dict[str, Vectors]:
    rows: dict[str, list[int]] = {}
    for row, sentence in enumerate(sentences):
        for word in set(split_words(sentence)):
            rows.setdefault(word, []).append(row)
    return {word: vectors[some].mean(axis=0) for word, some in rows.items()}
