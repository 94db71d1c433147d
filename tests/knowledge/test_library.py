"""The library: immutable, thread-safe, and the same for the same pages."""

import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from knowledge.embedding import Encoder
from knowledge.handbook import Handbook, Page
from knowledge.library import Library

MakePage = Callable[..., Page]
LOCKS = "# Locks\n\nA lock is opened by the keeper.\n\n## When to wait\n\nBoats wait for the tide, which takes an hour."


def test_library_version_identifies_content(page: MakePage) -> None:
    one, other = page(LOCKS, digest="1"), page(LOCKS + " More.", digest="2")

    assert Library.build([one]).version == Library.build([replace(one)]).version
    assert Library.build([one]).version != Library.build([other]).version


def test_library_version_changes_with_model(page: MakePage, encoder: Encoder) -> None:
    assert Library.build([page(LOCKS)]).version != Library.build([page(LOCKS)], encoder).version


def test_parallel_questions_get_the_same_answers(library: Library) -> None:
    questions = [question for page in list(library.handbook)[:30] for question in page.questions[:6]]
    alone = [library.ask(question) for question in questions]

    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(library.ask, questions))

    assert together == alone


def test_search_returns_best_hits_first(library: Library) -> None:
    hits = library.search("who approves a change request", 7)

    assert len(hits) == 7
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert all(0 <= hit.score <= 1 for hit in hits)
    assert hits[0].passage.page_id == "change-control"
    assert {hit.cosine is None for hit in hits} == {not library.index.has_model}


def test_unknown_words_find_nothing_without_model(by_words: Library) -> None:
    assert by_words.search("xyzzy plugh") == []


def test_synonym_finds_page(page: MakePage) -> None:
    pages = [page(LOCKS), page("# Fees\n\nThe budget is agreed in May.", id="fees", title="Fees", source="fees.md")]

    (hit, *_) = Library.build(pages).search("where does all the cash end up")

    assert hit.passage.page_id == "fees"


def test_page_is_found_by_its_own_question(page: MakePage) -> None:
    silent = page("# Fees\n\nThe amounts are agreed in May.", id="fees", title="Fees", source="fees.md")
    telling = replace(silent, questions=("How expensive is a mooring?",))

    assert Library.build([page(LOCKS), silent]).search("expensive mooring") == []
    assert Library.build([page(LOCKS), telling]).search("expensive mooring")[0].passage.page_id == "fees"


def test_large_handbook_encodes_sentences_on_demand(
    page: MakePage, encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = Library.build([page(LOCKS)], encoder).index
    monkeypatch.setattr("knowledge.meaning_builder.MOST_SENTENCES", 1)
    large = Library.build([page(LOCKS)], encoder).index

    for passage in large.passages:
        assert large.score_sentences("who opens it", passage) == pytest.approx(
            small.score_sentences("who opens it", passage), abs=0.01
        )
    assert large.search("who opens a lock")[0].passage == large.passages[0]


def test_library_reports_progress_to_the_end(page: MakePage, encoder: Encoder) -> None:
    steps: list[tuple[int, int]] = []

    Library.build([page(LOCKS)], encoder, progress=lambda done, total: steps.append((done, total)))

    assert steps[-1][0] == steps[-1][1] > 0


@pytest.mark.usefixtures("by_meaning")
def test_library_with_model_stays_below_250_megabytes(model_cache: Path) -> None:
    code = (
        "import sys, psutil; from pathlib import Path\n"
        "from knowledge.embedding import load_encoder; from knowledge.handbook import read_handbook\n"
        "from knowledge.library import Library\n"
        "pages = list(read_handbook(Path('knowledge/handbook')))[:4]\n"
        "library = Library.build(pages, load_encoder(Path(sys.argv[1])))\n"
        "[library.ask(question) for page in pages for question in page.questions]\n"
        "print(psutil.Process().memory_info().rss)\n"
    )
    root = Path(__file__).parent.parent.parent
    done = subprocess.run(
        [sys.executable, "-c", code, str(model_cache)], cwd=root, check=True, capture_output=True, text=True
    )

    assert int(done.stdout) < 250_000_000


def test_shipped_handbook_is_indexed_completely(shipped: Handbook) -> None:
    library = Library.build(shipped)

    assert len(library.index.passages) > 400
    assert {passage.page_id for passage in library.index.passages} == {page.id for page in shipped}
