"""The pages of the handbook: an import writes what is different, and readers find each page by its key."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import event

from knowledge.handbook import Handbook, Page
from storage.database import Database
from storage.store import Store
from tests.storage.cast import NOW

PAGES = tuple(
    Page(name, name.title(), f"{name}.md", f"# {name}", digest=name, questions=("Why?",), headings=("",))
    for name in ("fees", "locks", "tides")
)


@pytest.fixture
def store(database: Database) -> Store:
    return Store(database)


@pytest.fixture
def replace_pages(store: Store) -> Callable[..., bool]:
    def make_current(*pages: Page, origin: str = "folder") -> bool:
        with store.transaction(NOW) as tx:
            return tx.handbook.replace(Handbook(pages), origin, NOW)

    return make_current


def read_all(store: Store) -> list[Page]:
    with store.read_only(NOW) as tx:
        return list(tx.handbook.read_pages(list(tx.handbook.list_keys().values())))


def test_pages_are_read_back_unchanged(store: Store, replace_pages: Callable[..., bool]) -> None:
    assert replace_pages(*PAGES)

    assert read_all(store) == list(PAGES)
    with store.read_only(NOW) as tx:
        assert list(tx.handbook.list_keys()) == [page.key for page in PAGES]
        assert tx.handbook.list_heads()["locks"] == replace(PAGES[1], text="")


def test_same_pages_are_no_change(store: Store, replace_pages: Callable[..., bool]) -> None:
    replace_pages(*PAGES)

    assert not replace_pages(*PAGES)
    assert replace_pages(*PAGES, origin="another folder")


def test_import_writes_only_what_is_different(
    store: Store, replace_pages: Callable[..., bool], database: Database
) -> None:
    replace_pages(*PAGES)
    edited = replace(PAGES[1], text="# Locks and gates", digest="new")
    moved = replace(PAGES[2], source="sea/tides.md", digest="moved")
    written: list[int] = []

    def count(_: object, cursor: object, statement: str, given: object, *__: object) -> None:
        if statement.startswith("INSERT INTO pages"):
            written.append(len(given) if isinstance(given, list) else 1)

    event.listen(database.engine, "before_cursor_execute", count)
    assert replace_pages(PAGES[0], edited, moved)

    assert sum(written) <= 2
    assert read_all(store) == [PAGES[0], edited, moved]


def test_page_with_other_related_pages_is_written_again(store: Store, replace_pages: Callable[..., bool]) -> None:
    replace_pages(*PAGES)
    linked = replace(PAGES[0], related=("locks",))

    assert replace_pages(linked, *PAGES[1:])
    assert read_all(store) == [linked, *PAGES[1:]]


def test_services_of_all_pages_are_listed(store: Store, replace_pages: Callable[..., bool]) -> None:
    replace_pages(replace(PAGES[0], services=("review", "training")), replace(PAGES[1], services=("review",)))

    with store.read_only(NOW) as tx:
        assert tx.handbook.list_services() == {"review", "training"}
