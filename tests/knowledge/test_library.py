"""The library as the rest of the house holds it: immutable, for many askers, the same for the same pages."""

import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from knowledge.embedding import Encoder
from knowledge.handbook import Handbook, Page
from knowledge.index import Index, MeaningIndex
from knowledge.library import Library
from knowledge.passages import split_into_passages

MakePage = Callable[..., Page]
LOCKS = "# Locks\n\nA lock is opened by the keeper.\n\n## When to wait\n\nBoats wait for the tide, which takes an hour."


def test_the_version_names_the_content(page: MakePage) -> None:
    one, other = page(LOCKS, digest="1"), page(LOCKS + " More.", digest="2")

    assert Library.build([one]).version == Library.build([replace(one)]).version
    assert Library.build([one]).version != Library.build([other]).version


def test_the_version_changes_with_the_model(page: MakePage, encoder: Encoder) -> None:
    assert Library.build([page(LOCKS)]).version != Library.build([page(LOCKS)], encoder).version


def test_many_may_ask_at_once_and_get_what_one_alone_would(library: Library) -> None:
    questions = [question for page in list(library.handbook)[:30] for question in page.questions]
    alone = [library.ask(question) for question in questions]

    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(library.ask, questions))

    assert together == alone


def test_a_search_gives_the_best_first_and_no_more_than_asked_for(library: Library) -> None:
    hits = library.search("who approves a change request", 7)

    assert len(hits) == 7
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert all(0 <= hit.score <= 1 for hit in hits)
    assert hits[0].passage.page_id == "change-control"
    assert {hit.cosine is None for hit in hits} == {not library.index.has_model}


def test_words_that_stand_nowhere_find_nothing_without_a_model(by_words: Library) -> None:
    assert by_words.search("xyzzy plugh") == []


def test_a_word_is_found_by_another_name_for_it(page: MakePage) -> None:
    pages = [page(LOCKS), page("# Fees\n\nThe budget is agreed in May.", id="fees", title="Fees", source="fees.md")]

    (hit, *_) = Library.build(pages).search("where does all the cash end up")

    assert hit.passage.page_id == "fees"


def test_a_question_that_a_page_says_it_answers_finds_it(page: MakePage) -> None:
    silent = page("# Fees\n\nThe amounts are agreed in May.", id="fees", title="Fees", source="fees.md")
    telling = replace(silent, questions=("How expensive is a mooring?",))

    assert Library.build([page(LOCKS), silent]).search("expensive mooring") == []
    assert Library.build([page(LOCKS), telling]).search("expensive mooring")[0].passage.page_id == "fees"


def test_sentences_of_a_large_handbook_are_encoded_only_to_be_quoted(
    page: MakePage, encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    passages = split_into_passages(page(LOCKS))
    kept = MeaningIndex(passages, encoder)
    monkeypatch.setattr("knowledge.index.MOST_SENTENCES", 1)
    large = MeaningIndex(passages, encoder)

    for passage in passages:
        assert large.score_sentences("who opens it", passage) == pytest.approx(
            kept.score_sentences("who opens it", passage), abs=0.01
        )
    assert Index(passages, large).search("who opens a lock")[0].passage == passages[0]


def test_progress_reaches_the_end(page: MakePage, encoder: Encoder) -> None:
    told: list[tuple[int, int]] = []

    Library.build([page(LOCKS)], encoder, progress=lambda done, total: told.append((done, total)))

    assert told[-1][0] == told[-1][1] > 0


@pytest.mark.usefixtures("by_meaning")
def test_the_library_with_its_model_stays_small_in_memory(model_cache: Path) -> None:
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


def test_the_whole_shipped_handbook_is_indexed_by_words_in_a_moment(shipped: Handbook) -> None:
    library = Library.build(shipped)

    assert len(library.index.passages) > 400
    assert {passage.page_id for passage in library.index.passages} == {page.id for page in shipped}
