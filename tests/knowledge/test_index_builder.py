"""An edited page costs only itself: the rest of the index is taken over from the one before."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pytest

from knowledge.embedding import Progress, Vectors
from knowledge.handbook import Page
from knowledge.index_builder import IndexTables, build_tables, rebuild_tables
from knowledge.index_store import _list_arrays
from knowledge.library import Library
from knowledge.meaning_builder import Encoding

LOCKS = "# Locks\n\nA lock is opened by the keeper.\n\n## When to wait\n\nBoats wait for the tide, which takes an hour."
FEES = "# Fees\n\nThe mooring fee is agreed in May.\n\n## Discounts\n\nRowing boats pay half. Nobody pays twice."
TIDES = "# Tides\n\nHigh tide is at noon.\n\n## Tables\n\nThe tables hang in the office."


class CountingEncoder:
    """Gives every text a vector of its own, and counts the texts."""

    name = "counting"
    words = frozenset[str]()

    def __init__(self) -> None:
        self.texts: list[str] = []

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        self.texts += texts
        table = np.array([np.random.default_rng(list(text.encode())).normal(size=384) for text in texts])
        return np.asarray(table / np.linalg.norm(table, axis=1, keepdims=True), dtype=np.float32)


@pytest.fixture
def encoder() -> CountingEncoder:
    return CountingEncoder()


@pytest.fixture
def pages(page: Callable[..., Page]) -> list[Page]:
    texts = {"fees": FEES, "locks": LOCKS, "tides": TIDES}
    return [page(text, id=name, title=name.title(), source=f"{name}.md") for name, text in texts.items()]


def edit(page: Page, text: str) -> Page:
    return replace(page, text=text, digest=str(hash(text)))


def rebuild(pages: Sequence[Page], previous: IndexTables | None, encoder: CountingEncoder) -> IndexTables:
    by_key = {page.key: page for page in pages}
    encoder.texts.clear()
    return rebuild_tables(list(by_key), lambda keys: [by_key[key] for key in keys], previous, Encoding(encoder))


def assert_same(one: IndexTables, other: IndexTables) -> None:
    arrays = dict(_list_arrays(other))
    for name, array in _list_arrays(one):
        np.testing.assert_array_equal(array, arrays[name], err_msg=name)


def test_edited_page_encodes_only_its_own_texts(pages: list[Page], encoder: CountingEncoder) -> None:
    before = rebuild(pages, None, encoder)
    pages[1] = edit(pages[1], LOCKS.replace("an hour", "two hours"))

    after = rebuild(pages, before, encoder)

    assert encoder.texts
    own = ("Locks", "When to wait", "keeper", "Boats")
    assert all(any(words in text for words in own) for text in encoder.texts)
    assert_same(after, build_tables(pages, Encoding(encoder)))


def test_edited_page_is_the_only_one_read(pages: list[Page], encoder: CountingEncoder) -> None:
    before = rebuild(pages, None, encoder)
    pages[1] = edit(pages[1], "# Locks\n\nNo locks any more.")
    by_key, asked = {page.key: page for page in pages}, list[str]()

    def read_pages(keys: Sequence[str]) -> list[Page]:
        asked.extend(keys)
        return [by_key[key] for key in keys]

    rebuild_tables(list(by_key), read_pages, before, Encoding(encoder))

    assert asked == [pages[1].key]


def test_pages_may_come_go_and_move(page: Callable[..., Page], pages: list[Page], encoder: CountingEncoder) -> None:
    before = rebuild(pages, None, encoder)
    gates = page("# Gates\n\nThe gates close at dusk.", id="gates", title="Gates", source="gates.md")
    changed = [pages[2], gates, pages[0]]

    after = rebuild(changed, before, encoder)

    assert encoder.texts == ["Gates\nThe gates close at dusk.", "Gates. The gates close at dusk."]
    assert_same(after, build_tables(changed, Encoding(encoder)))
    assert "keeper" not in Library.open(after, encoder).index.vocabulary


def test_pages_without_text_are_indexed(page: Callable[..., Page], encoder: CountingEncoder) -> None:
    empty = [page("", id="a", source="a.md"), page("", id="b", source="b.md")]

    after = rebuild(empty, rebuild(empty[:1], None, encoder), encoder)

    assert [one.id for one in Library.open(after, encoder).handbook] == ["a", "b"]
    assert rebuild([], after, encoder).meaning is None


def test_growing_handbook_drops_vectors_of_units(
    pages: list[Page], encoder: CountingEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    units = int(build_tables(pages[:2], None).text.unit_counts.sum())
    monkeypatch.setattr("knowledge.meaning_builder.MOST_SENTENCES", units)

    small = rebuild(pages[:2], None, encoder)
    large = rebuild(pages, small, encoder)

    assert_same(large, build_tables(pages, Encoding(encoder)))
    assert small.meaning is not None
    assert large.meaning is not None
    assert (len(small.meaning.units.vectors), len(large.meaning.units.vectors)) == (units, 0)
    assert_same(rebuild(pages[:2], large, encoder), small)


def test_progress_counts_pages_then_passages(pages: list[Page], encoder: CountingEncoder) -> None:
    steps: list[tuple[str, int, int]] = []
    by_key = {page.key: page for page in pages}

    rebuild_tables(
        list(by_key),
        lambda keys: [by_key[key] for key in keys],
        None,
        Encoding(encoder, None, lambda done, total: steps.append(("passages", done, total))),
        lambda done, total: steps.append(("pages", done, total)),
    )

    assert steps[0] == ("pages", 3, 3)
    assert steps[-1] == ("passages", 6, 6)
