"""`pmo backup` and `pmo restore`: the data of an installation as one file, and back."""

import tempfile
from collections.abc import Mapping
from contextlib import closing, nullcontext, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Literal

from bot.backup_file import (
    BackupManifest,
    extract_database,
    has_own_files,
    hash_file,
    read_backup_manifest,
    write_backup,
)
from bot.organisation import read_organisation
from bot.settings import Settings
from foundation.errors import UserError
from storage import postgresql_dump
from storage.backups import BadBackup, count_requests, find_damage, restore_postgresql, restore_sqlite, write_copy
from storage.database import Database
from storage.migrate import is_known_revision

NAMES = {"sqlite": "an SQLite file", "postgresql": "PostgreSQL"}
OWN_FILES = ("catalogue", "strategy", "digests")


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore did. `kept` is where the earlier data is now: a file, or a schema in PostgreSQL."""

    made_at: datetime
    requests: int
    kept: str
    has_own_files: bool


def back_up(settings: Settings, path: Path, now: datetime) -> BackupManifest:
    """Write all data to a new file, while a bot may be running.

    Raises:
        UserError: there's such a file already, or the data can't be read; no file is left behind.
    """
    if path.exists():
        raise UserError(f"{path} exists already. Give the backup another name, or delete that one first.")
    if not path.parent.is_dir():
        raise UserError(f"There's no folder {path.parent}. Create it, then try again.")
    with closing(Database(settings.database)) as database, _open_work_folder(path.parent) as work:
        copy, was_running = Path(work) / "copy", _is_in_use(database)
        revision = write_copy(database, copy)
        manifest = BackupManifest(
            made_at=now.astimezone(UTC),
            made_by=metadata.version("pmo-assistant"),
            database=_name_kind(database),
            revision=revision,
            sha256=hash_file(copy),
            was_running=was_running,
        )
        write_backup(path, manifest, copy, _list_own_files(settings))
    return manifest


def check_backup(settings: Settings, path: Path) -> BackupManifest:
    """Read a backup without restoring it.

    Raises:
        BadBackup: it can't be restored here; the message says why.
    """
    manifest = read_backup_manifest(path)
    with closing(Database(settings.database)) as database, tempfile.TemporaryDirectory(prefix="pmo-") as work:
        _check_kind(path, manifest, database)
        copy = extract_database(path, manifest, Path(work))
        if database.is_sqlite and (problems := find_damage(copy)):
            raise BadBackup(f"The database in {path} is damaged ({problems[0]}). Use another backup.")
    return manifest


def restore(settings: Settings, path: Path, now: datetime, *, replace: bool) -> Restored:
    """Put the data of a backup in the place of the installation's own, which is kept aside.

    Raises:
        UserError: it isn't a backup, a bot is running, or there's data and `replace` wasn't asked for.
    """
    manifest = read_backup_manifest(path)
    with closing(Database(settings.database)) as database:
        _check_kind(path, manifest, database)
        with database.exclusive_use() if database.is_sqlite else nullcontext():
            _check_free(database, replace=replace)
            with _open_work_folder(settings.data) as work:
                copy = extract_database(path, manifest, Path(work))
                replace_data = restore_sqlite if database.is_sqlite else restore_postgresql
                kept = replace_data(database, copy, manifest.made_at, now, was_running=manifest.was_running)
            return Restored(manifest.made_at, count_requests(database), str(kept or ""), has_own_files(path))


def _check_kind(path: Path, manifest: BackupManifest, database: Database) -> None:
    if manifest.database != _name_kind(database):
        wanted, ours = NAMES[manifest.database], NAMES[_name_kind(database)]
        raise BadBackup(f"{path} is a backup of {wanted}, but the settings name {ours}. Change DATABASE_URL to match.")
    if not is_known_revision(manifest.revision):
        raise BadBackup(
            f"{path} was made by PMO Assistant {manifest.made_by}, whose tables this version doesn't know. "
            "Update the bot, then try again."
        )


def _check_free(database: Database, *, replace: bool) -> None:
    """Nobody uses the database, and nothing is lost that somebody wants to keep."""
    if not database.is_sqlite and postgresql_dump.is_in_use(database):
        raise UserError("A PMO Assistant is using this database. Stop all of its processes, then try again.")
    file = Path(database.url.database or "")
    has_data = file.exists() if database.is_sqlite else postgresql_dump.has_tables(database)
    if has_data and not replace:
        what = str(file) if database.is_sqlite else "The database that DATABASE_URL names"
        raise UserError(f"{what} has data already. To replace it, add --yes: the data is kept aside, not deleted.")


def _name_kind(database: Database) -> Literal["sqlite", "postgresql"]:
    return "sqlite" if database.is_sqlite else "postgresql"


def _is_in_use(database: Database) -> bool:
    return database.is_in_use() if database.is_sqlite else postgresql_dump.is_in_use(database)


def _open_work_folder(beside: Path) -> tempfile.TemporaryDirectory[str]:
    """A private folder on the same disk as what is made from its contents."""
    try:
        return tempfile.TemporaryDirectory(prefix=".pmo-", dir=beside)
    except OSError as error:
        raise UserError(f"The folder {beside} can't be written to ({error.strerror}). Choose another one.") from None


def _list_own_files(settings: Settings) -> Mapping[str, Path]:
    """The organisation file and those it names, by their names in the backup. Settings and handbook aren't there:
    settings have secrets in them, and the handbook is in the database."""
    if settings.organisation is None:
        return {}
    found = {"organisation.yaml": settings.organisation}
    with suppress(UserError):  # data is backed up whatever is wrong with these files
        organisation = read_organisation(settings.organisation)
        named = {one: getattr(organisation.files, one) for one in OWN_FILES}
        found |= {f"{one}.yaml": organisation.resolve_path(name) for one, name in named.items() if name}
    return {name: file for name, file in found.items() if file.is_file()}
