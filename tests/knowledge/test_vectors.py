"""Vectors with one byte per number: the order stays the same, and no text is encoded twice."""

from collections.abc import Mapping, Sequence

import numpy as np
import pytest

import knowledge.vectors
from knowledge.embedding import Progress, Vectors
from knowledge.vectors import Scan, encode_texts, pack_vectors, unpack_vectors


class Counting:
    """An encoder that gives every text some vector and counts."""

    name = "counting"

    def __init__(self) -> None:
        self.texts: list[str] = []

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        self.texts += texts
        for at, _ in enumerate(texts):
            if progress:
                progress(at + 1, len(texts))
        return _unit(np.array([[len(text), 1, *map(ord, text[:6].ljust(6))] for text in texts], dtype=np.float32))


class Remembering:
    """A VectorStore in memory."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], bytes] = {}

    def get_many(self, encoder: str, digests: Sequence[str]) -> Mapping[str, bytes]:
        return {name: self.kept[encoder, name] for name in digests if (encoder, name) in self.kept}

    def put_many(self, encoder: str, vectors: Mapping[str, bytes]) -> None:
        self.kept.update({(encoder, name): vector for name, vector in vectors.items()})


def _unit(vectors: Vectors) -> Vectors:
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)


def _some(count: int, width: int = 384) -> Vectors:
    return _unit(np.random.default_rng(7).normal(size=(count, width)).astype(np.float32))


def test_packed_vectors_keep_cosine_to_third_digit() -> None:
    vectors = _some(50)
    scan = Scan(unpack_vectors(pack_vectors(vectors)))

    cosines = scan.cosines(vectors[0], np.arange(50))

    np.testing.assert_allclose(cosines, vectors @ vectors[0], atol=2e-3)
    assert len(pack_vectors(vectors)[0]) == 4 + 384


@pytest.mark.parametrize("width", [384, 100])
def test_quick_scan_agrees_with_full_scan(monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    vectors = _some(3_000, width)
    full = Scan(unpack_vectors(pack_vectors(vectors)))
    monkeypatch.setattr(knowledge.vectors, "SMALL", 100)
    quick = Scan(unpack_vectors(pack_vectors(vectors)))

    shared = 0
    for at in range(20):
        asked = _unit(vectors[at : at + 1] + 0.5 * _some(20, width)[at])[0]
        one, other = full.nearest(asked, 10)[0], quick.nearest(asked, 10)[0]
        assert one[0] == other[0] == at
        shared += len(set(one.tolist()) & set(other.tolist()))

    assert shared >= 180


def test_scan_returns_all_of_few_vectors(monkeypatch: pytest.MonkeyPatch) -> None:
    vectors = _some(5)
    assert len(Scan(unpack_vectors(pack_vectors(vectors))).nearest(vectors[0], 10)[0]) == 5
    monkeypatch.setattr(knowledge.vectors, "SMALL", 0)
    assert len(Scan(unpack_vectors(pack_vectors(vectors))).nearest(vectors[0], 10)[0]) == 5
    assert len(Scan(unpack_vectors([]))) == 0


def test_only_new_text_is_encoded() -> None:
    encoder, store = Counting(), Remembering()
    first = encode_texts({"a": "one", "b": "two"}, encoder, store)

    second = encode_texts({"a": "one", "b": "two", "c": "three"}, encoder, store)

    assert encoder.texts == ["one", "two", "three"]
    assert second["a"] == first["a"]
    assert set(second) == {"a", "b", "c"}


def test_encoded_vectors_survive_an_interruption() -> None:
    class Stopping(Counting):
        def encode(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
            if self.texts:
                raise KeyboardInterrupt
            return super().encode(texts, progress)

    store = Remembering()
    with pytest.raises(KeyboardInterrupt):
        encode_texts({str(n): str(n) for n in range(600)}, Stopping(), store)

    assert len(store.kept) == 256


def test_progress_counts_all_missing_texts() -> None:
    steps: list[tuple[int, int]] = []

    encode_texts(
        {str(n): str(n) for n in range(300)}, Counting(), None, lambda done, total: steps.append((done, total))
    )

    assert steps[0] == (1, 300)
    assert steps[-1] == (300, 300)
    assert [done for done, _ in steps] == sorted(done for done, _ in steps)
