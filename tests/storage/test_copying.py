"""A copy has what the database has, and nothing that is still to be done."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from storage.copying import copy_database
from storage.database import Database
from storage.db_errors import DatabaseUnavailable
from storage.engine.inbox import NewArrival
from storage.store import Store
from storage.tables.engine import ArrivalRow
from storage.tables.homes import HomeRow

NOW = datetime(2026, 9, 14, 9, 0, tzinfo=UTC)


def test_copy_has_the_rows_and_no_work_left(database: Database, address: str, tmp_path: Path) -> None:
    store = Store(database)
    with store.transaction(NOW) as tx:
        tx.outbox.post("C07ASK", {"text": "Übergabe"})
        tx.homes.mark_opened("U01ADA")
    store.inbox.write([NewArrival("event:1", "event:message", {"event": {}}, NOW)])
    copy_database(address, tmp_path / "copy.db")
    copied = Database(f"sqlite:///{tmp_path / 'copy.db'}")
    with Store(copied).transaction(NOW) as tx:
        assert tx.outbox.list_waiting("C07ASK") == [{"text": "Übergabe"}]
        assert tx.session.get(HomeRow, "U01ADA")
        assert [row.status for row in tx.session.scalars(select(ArrivalRow))] == ["done"]
    copied.close()
    assert store.inbox.find_next_due() == NOW


def test_missing_file_is_an_empty_database(tmp_path: Path) -> None:
    copy_database(f"sqlite:///{tmp_path / 'missing.db'}", tmp_path / "copy.db")
    assert [path.name for path in tmp_path.iterdir()] == ["copy.db"]


def test_broken_file_is_explained(tmp_path: Path) -> None:
    (tmp_path / "pmo.db").write_bytes(b"not a database" * 100)
    with pytest.raises(DatabaseUnavailable, match="can't be read"):
        copy_database(f"sqlite:///{tmp_path / 'pmo.db'}", tmp_path / "copy.db")
