"""The saved state: one SQLite file, written in batches by a background thread."""

import json
import logging
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

from workspace.errors import ConfigError
from workspace.records import Json

WAIT_SECONDS = 0.2
logger = logging.getLogger(__name__)
SCHEMA = """
CREATE TABLE IF NOT EXISTS records (kind TEXT NOT NULL, key TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (kind, key));
CREATE TABLE IF NOT EXISTS blobs (id TEXT PRIMARY KEY, bytes BLOB NOT NULL);
"""


class StateSaver:
    """Saves records (JSON) and blobs (the bytes of files) by key. With `path` None nothing is saved.

    `save` only queues the change. The thread writes the latest version of each record, so a burst of edits to one
    message is one row.
    """

    def __init__(self, path: Path | None) -> None:
        self._records: dict[tuple[str, str], str | None] = {}
        self._blobs: dict[str, bytes] = {}
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        self._stop = threading.Event()
        self._changed = threading.Event()
        self._path = path
        self._is_failing = False
        self._database = self._open(path) if path else None
        self._thread = threading.Thread(target=self._write_behind, name="state-saver", daemon=True)
        if self._database:
            self._thread.start()

    @staticmethod
    def _open(path: Path) -> sqlite3.Connection:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            database = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
            database.execute("PRAGMA journal_mode=WAL")
            database.execute("PRAGMA synchronous=NORMAL")
            database.executescript(SCHEMA)
        except (OSError, sqlite3.Error) as problem:
            raise ConfigError(
                f"{path}: can't open the saved state ({problem}). Choose another folder with --data."
            ) from None
        return database

    def save(self, kind: str, key: str, record: Json) -> None:
        self._queue_record((kind, key), json.dumps(record, ensure_ascii=False))

    def delete(self, kind: str, key: str) -> None:
        self._queue_record((kind, key), None)

    def save_blob(self, key: str, content: bytes) -> None:
        with self._lock:
            self._blobs[key] = content
        self._changed.set()

    def _queue_record(self, key: tuple[str, str], body: str | None) -> None:
        if self._database is None:
            return
        with self._lock:
            self._records[key] = body
        self._changed.set()

    def load_records(self, kind: str) -> Iterator[tuple[str, Json]]:
        """Yield every saved record of a kind. Call it at startup, before anything is saved."""
        if self._database:
            for key, body in self._database.execute(
                "SELECT key, body FROM records WHERE kind = ? ORDER BY key", (kind,)
            ):
                yield key, json.loads(body)

    def load_blob(self, key: str) -> bytes | None:
        # A file may be requested before the thread has written it. The queue is therefore checked before the database.
        with self._lock:
            waiting = self._blobs.get(key)
        if waiting is not None or self._database is None:
            return waiting
        row = self._database.execute("SELECT bytes FROM blobs WHERE id = ?", (key,)).fetchone()
        return row[0] if row else None

    def delete_everything(self) -> None:
        # The thread may have taken records from the queue and not yet written them. Waiting for it first means that
        # they can't be written after the deletion.
        with self._writing:
            with self._lock:
                self._records.clear()
                self._blobs.clear()
            if self._database:
                self._database.executescript("DELETE FROM records; DELETE FROM blobs;")

    def flush(self) -> None:
        """Write everything that is queued now."""
        if self._database:
            self._write_or_requeue()

    def close(self) -> None:
        """Write what is still queued and close the file."""
        if self._database is None:
            return
        self._stop.set()
        self._changed.set()
        self._thread.join()
        self._database.close()
        self._database = None

    def _write_behind(self) -> None:
        while not self._stop.is_set():
            self._changed.wait()
            self._changed.clear()
            self._write_or_requeue()
            self._stop.wait(WAIT_SECONDS)
        self._write_or_requeue()

    def _write_or_requeue(self) -> None:
        """Write what is queued, or queue it again if that fails: a full disk loses nothing while the server runs."""
        with self._writing:
            with self._lock:
                records, self._records = self._records, {}
                blobs = dict(self._blobs)
            if not records and not blobs:
                return
            try:
                self._write(records, blobs)
            except sqlite3.Error as problem:
                self._requeue(records, problem)
            else:
                self._report_recovery()

    def _requeue(self, records: dict[tuple[str, str], str | None], problem: sqlite3.Error) -> None:
        if not self._is_failing:  # log it once, however long it lasts
            logger.error("Couldn't save the state to %s (%s). Retrying.", self._path, problem)
        self._is_failing = True
        # A record may have changed again during the failed write. The newer version wins, so the old one goes first.
        with self._lock:
            self._records = records | self._records
        self._changed.set()

    def _report_recovery(self) -> None:
        if self._is_failing:
            logger.warning("Saving the state to %s works again. Nothing was lost.", self._path)
        self._is_failing = False

    def _write(self, records: dict[tuple[str, str], str | None], blobs: dict[str, bytes]) -> None:
        assert self._database is not None  # noqa: S101  the thread only runs with a database
        deleted = [key for key, body in records.items() if body is None]
        changed = [(*key, body) for key, body in records.items() if body is not None]
        with self._database:
            self._database.execute("BEGIN")
            self._database.executemany("DELETE FROM records WHERE kind = ? AND key = ?", deleted)
            self._database.executemany("INSERT OR REPLACE INTO records VALUES (?, ?, ?)", changed)
            self._database.executemany("INSERT OR REPLACE INTO blobs VALUES (?, ?)", list(blobs.items()))
        # A blob leaves the queue only after it is committed. Until then `load_blob` finds it there.
        with self._lock:
            for key in blobs:
                self._blobs.pop(key, None)
