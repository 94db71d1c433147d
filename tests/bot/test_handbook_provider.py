"""The handbook of a running bot: built by another process, swapped in one step, and never half of it."""

import gc
import shutil
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.handbook_import import import_handbook
from bot.handbook_provider import HandbookProvider, prepare_to_serve
from bot.index_building import BuildOrder
from bot.index_process import IndexProcess
from foundation.files import BadFile
from knowledge.handbook import read_handbook
from storage.database import Database
from storage.store import Store

NOW = datetime(2026, 9, 14, 9, tzinfo=UTC)
QUESTION = "who opens the lock?"


@pytest.fixture
def store(tmp_path: Path, migrated_file: Path) -> Iterator[Store]:
    shutil.copy(migrated_file, tmp_path / "pmo.db")
    database = Database(f"sqlite:///{tmp_path / 'pmo.db'}")
    yield Store(database)
    database.close()


@pytest.fixture
def write(tmp_path: Path, store: Store) -> Callable[[str], int]:
    """Write the page on locks and import the folder."""
    folder = tmp_path / "pages"
    folder.mkdir()
    (folder / "fees.md").write_text("# Fees\n\nThe fee is agreed in May.\n")

    def put(who: str) -> int:
        (folder / "locks.md").write_text(f"# Locks\n\nThe {who} opens the lock.\n")
        return import_handbook(store, folder, NOW)

    return put


@pytest.fixture
def provider(
    store: Store, tmp_path: Path, write: Callable[[str], int], monkeypatch: pytest.MonkeyPatch
) -> Iterator[HandbookProvider]:
    """With a handbook by words, loaded."""
    monkeypatch.setattr("bot.handbook_provider.load_encoder", lambda *_, **__: None)
    write("keeper")
    made = HandbookProvider(store, tmp_path / "model")
    made.load(NOW, ignore_progress)
    yield made
    made.close()


def ignore_progress(stage: str, done: int, total: int) -> None:
    pass


def wait_for_build(provider: HandbookProvider) -> None:
    assert provider._building
    provider._building._process.wait(60)


def list_indexes(tmp_path: Path) -> list[Path]:
    return [path for path in (tmp_path / "model" / "index").iterdir() if path.is_dir()]


def test_edited_page_is_swapped_in_without_waiting(provider: HandbookProvider, write: Callable[[str], int]) -> None:
    before = provider()
    assert write("captain") == 2

    assert not provider.refresh(NOW)
    assert provider() is before
    assert "keeper" in before.ask(QUESTION).text
    wait_for_build(provider)

    assert provider.refresh(NOW)
    assert "captain" in provider().ask(QUESTION).text
    assert "keeper" in before.ask(QUESTION).text
    assert not provider.refresh(NOW)


def test_killed_build_leaves_the_old_handbook(
    provider: HandbookProvider, write: Callable[[str], int], tmp_path: Path
) -> None:
    write("captain")
    provider.refresh(NOW)
    assert provider._building
    provider._building._process.kill()
    wait_for_build(provider)

    with pytest.raises(RuntimeError, match="Indexing the handbook failed"):
        provider.refresh(NOW)
    assert "keeper" in provider().ask(QUESTION).text

    assert not provider.refresh(NOW)
    wait_for_build(provider)
    assert provider.refresh(NOW)
    assert "captain" in provider().ask(QUESTION).text


def test_index_is_opened_without_building_it_again(
    provider: HandbookProvider, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.handbook_provider.IndexProcess", None)
    monkeypatch.setattr("knowledge.library.calibrate_thresholds", None)
    second = HandbookProvider(store, tmp_path / "model")
    second.load(NOW, ignore_progress)

    assert second().ask(QUESTION) == provider().ask(QUESTION)
    assert second().thresholds == provider().thresholds


def test_damaged_index_is_built_again(provider: HandbookProvider, store: Store, tmp_path: Path) -> None:
    (folder,) = list_indexes(tmp_path)
    damaged = folder / "text.passages.values.npy"
    damaged.unlink()  # rather than overwritten: the first provider has it mapped
    damaged.write_bytes(b"damaged")
    second = HandbookProvider(store, tmp_path / "model")
    second.load(NOW, ignore_progress)

    assert second().ask(QUESTION) == provider().ask(QUESTION)


def test_learned_question_counts_at_the_next_refresh(
    provider: HandbookProvider, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.handbook_provider.IndexProcess", None)
    before = provider()
    with store.transaction(NOW) as tx:
        learned_id, _ = tx.learned_questions.add("fees", "fees", "is mooring dear?", "U03WEI", NOW)

    assert provider.refresh(NOW)
    assert provider().search("is mooring dear?")[0].passage.page_id == "fees"

    with store.transaction(NOW) as tx:
        tx.learned_questions.remove(learned_id, "U03WEI", NOW)

    assert provider.refresh(NOW)
    assert provider() is before


def test_loaded_objects_are_not_collected_again(provider: HandbookProvider) -> None:
    prepare_to_serve(provider)
    assert gc.get_freeze_count() > 10_000

    provider.close()
    assert gc.get_freeze_count() < 10_000


def test_two_processes_build_one_index(store: Store, tmp_path: Path, write: Callable[[str], int]) -> None:
    write("keeper")
    order = BuildOrder(store.database.address, str(tmp_path / "model"), "")
    processes = [IndexProcess(order), IndexProcess(order)]
    following = [threading.Thread(target=process.follow, args=(ignore_progress,)) for process in processes]
    for thread in following:
        thread.start()
    for thread in following:
        thread.join()

    assert len(list_indexes(tmp_path)) == 1


def test_request_to_stop_ends_the_build(store: Store, tmp_path: Path, write: Callable[[str], int]) -> None:
    write("keeper")
    process = IndexProcess(BuildOrder(store.database.address, str(tmp_path / "model"), ""))

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        process.follow(stop)
    assert not process.is_running


def test_build_ends_when_the_bot_is_gone(store: Store, tmp_path: Path, write: Callable[[str], int]) -> None:
    write("keeper")
    process = IndexProcess(BuildOrder(store.database.address, str(tmp_path / "model"), ""))
    assert process._process.stdin
    process._process.stdin.close()

    assert process._process.wait(60) != 0
    process.stop()


def test_unchanged_folder_is_not_parsed_again(
    provider: HandbookProvider, write: Callable[[str], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.handbook_import.read_folder", None)

    assert write("keeper") == 2


def test_unknown_service_is_found_in_an_unchanged_folder(store: Store, tmp_path: Path) -> None:
    folder = tmp_path / "own"
    folder.mkdir()
    head = "id: fees\ntitle: Fees\nowner: U1\nedition: '1'\neffective: 2026-01-01\nservices: [review]"
    (folder / "fees.md").write_text(f"---\n{head}\n---\n# Fees\n\nThe fee is agreed in May.\n")
    import_handbook(store, folder, NOW, {"review"})

    with pytest.raises(BadFile, match="review"):
        import_handbook(store, folder, NOW, {"training"})


def test_only_changed_front_matter_is_parsed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("fees", "locks"):
        (tmp_path / f"{name}.md").write_text(f"---\ntitle: All about {name}\n---\n# {name}\n\nText.\n")
    known = {page.digest: page for page in read_handbook(tmp_path)}
    (tmp_path / "locks.md").write_text("---\ntitle: Locks and gates\n---\n# Locks\n\nText.\n")
    parsed: list[str] = []
    read_fields = pytest.importorskip("knowledge.handbook").parse_block
    monkeypatch.setattr(
        "knowledge.handbook.parse_block", lambda block, name: parsed.append(block.text) or read_fields(block, name)
    )

    again = read_handbook(tmp_path, known=known)

    assert [page.title for page in again] == ["All about fees", "Locks and gates"]
    assert parsed == ["title: Locks and gates\n"]
