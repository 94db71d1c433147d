"""The index on disk: the same answers after opening it again, and nothing half-written or damaged is ever opened."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from knowledge.handbook import Page
from knowledge.index_builder import IndexTables, build_tables
from knowledge.index_store import MANIFEST, IndexStore
from knowledge.library import Library

TITLES = ("Locks", "Fees", "Tides", "Boats")


@pytest.fixture
def store(tmp_path: Path) -> IndexStore:
    return IndexStore(tmp_path / "index")


@pytest.fixture
def build(page: Callable[..., Page]) -> Callable[[str], IndexTables]:
    """An index whose only page has this title."""

    def make(title: str) -> IndexTables:
        return build_tables([page(f"# {title}\n\nAbout {title} at noon.", id="one", title=title)], None)

    return make


def save(store: IndexStore, version: str, tables: IndexTables) -> None:
    with store.lock():
        store.save(version, "", tables)


def list_folders(store: IndexStore) -> list[Path]:
    return [path for path in store.lock_path.parent.iterdir() if path.is_dir()]


def read_title(tables: IndexTables | None) -> str:
    assert tables
    return next(iter(Library.open(tables, None).handbook)).title


@pytest.mark.parametrize("long_texts", [0, 1 << 30])
def test_answers_are_the_same_after_reopening(
    by_words: Library, by_words_tables: IndexTables, store: IndexStore, long_texts: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("knowledge.index_store.LONG_TEXTS", long_texts)
    save(store, "1", by_words_tables)
    tables = store.open("1", "")
    assert tables
    again = Library.open(tables, None)

    assert again.version == by_words.version
    assert list(again.handbook) == list(by_words.handbook)
    assert again.index.vocabulary == by_words.index.vocabulary
    for question in [page.questions[0] for page in by_words.handbook]:
        assert again.ask(question) == by_words.ask(question)
        assert again.search(question) == by_words.search(question)


def test_killed_build_leaves_the_old_index(
    store: IndexStore, build: Callable[[str], IndexTables], monkeypatch: pytest.MonkeyPatch
) -> None:
    save(store, "1", build("Locks"))
    with monkeypatch.context() as patch:
        patch.setattr("knowledge.index_store._write_durably", interrupt)
        with pytest.raises(KeyboardInterrupt):
            save(store, "2", build("Fees"))

    assert store.open("2", "") is None
    assert read_title(store.open_latest("")) == "Locks"
    assert len(list_folders(store)) == 2

    save(store, "2", build("Fees"))

    assert len(list_folders(store)) == 2
    assert read_title(store.open("2", "")) == "Fees"


def interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def test_damaged_index_is_not_opened(
    store: IndexStore, build: Callable[[str], IndexTables], caplog: pytest.LogCaptureFixture
) -> None:
    save(store, "1", build("Locks"))
    (folder,) = list_folders(store)
    whole = shutil.copytree(folder, folder.parent.parent / "copy")
    for path in whole.iterdir():
        data = path.read_bytes()
        for damaged in (data[:-1], data[:-1] + bytes([data[-1] ^ 1]), b"", None):
            (folder / path.name).write_bytes(damaged) if damaged is not None else (folder / path.name).unlink()
            assert store.open("1", "") is None, path.name
            shutil.copy(path, folder / path.name)
    assert "is damaged and will be built again" in caplog.text

    (folder / MANIFEST).write_text("{}")
    save(store, "1", build("Fees"))

    assert read_title(store.open("1", "")) == "Fees"


def test_old_indexes_are_removed_and_stay_usable(store: IndexStore, build: Callable[[str], IndexTables]) -> None:
    save(store, "0", build(TITLES[0]))
    opened = store.open("0", "")
    for version, title in enumerate(TITLES[1:], start=1):
        save(store, str(version), build(title))

    assert len(list_folders(store)) == 2
    assert store.open("0", "") is None
    assert read_title(opened) == TITLES[0]
    assert read_title(store.open_latest("")) == TITLES[-1]


def test_index_of_other_code_or_model_is_not_opened(
    store: IndexStore, build: Callable[[str], IndexTables], monkeypatch: pytest.MonkeyPatch
) -> None:
    save(store, "1", build("Locks"))

    assert store.open("1", "minilm") is None
    assert store.open_latest("minilm") is None
    monkeypatch.setattr("knowledge.index_store.compute_format", lambda: "other")
    assert store.open("1", "") is None
    assert store.open_latest("") is None
