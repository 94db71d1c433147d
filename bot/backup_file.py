"""The file that `pmo backup` writes: a ZIP archive with a manifest, the database and the organisation's own files."""

import hashlib
import json
import os
import shutil
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ValidationError

from foundation.errors import UserError
from storage.backups import BadBackup

MANIFEST = "manifest.json"
FORMAT: Literal["pmo-assistant-backup"] = "pmo-assistant-backup"
LATEST_FORMAT = 1
ORGANISATION = "organisation/"
DATABASES: Mapping[str, str] = {"sqlite": "pmo.db", "postgresql": "pmo.dump"}


class BackupManifest(BaseModel):
    """What a backup is. `revision` is that of its tables, `sha256` that of its database."""

    format: Literal["pmo-assistant-backup"] = FORMAT
    format_version: int = LATEST_FORMAT
    made_at: AwareDatetime
    made_by: str  # the version of PMO Assistant
    database: Literal["sqlite", "postgresql"]
    revision: str
    sha256: str
    was_running: bool

    @property
    def database_name(self) -> str:
        """The name of the database in the archive."""
        return DATABASES[self.database]


def write_backup(path: Path, manifest: BackupManifest, database: Path, own_files: Mapping[str, Path]) -> None:
    """Write the file for this user alone, completely or not at all.

    Raises:
        UserError: it can't be written.
    """
    partial = path.with_name(f".{path.name}.partial")
    try:
        with (
            os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file,
            zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive,
        ):
            archive.writestr(MANIFEST, manifest.model_dump_json(indent=2))
            archive.write(database, manifest.database_name)
            for name, own in own_files.items():
                archive.write(own, f"{ORGANISATION}{name}")
        with partial.open("rb") as written:
            os.fsync(written.fileno())
        os.replace(partial, path)
    except OSError as error:
        partial.unlink(missing_ok=True)
        reason = error.strerror or error
        raise UserError(f"{path} can't be written ({reason}). Choose another folder, or free some space.") from None


def read_backup_manifest(path: Path) -> BackupManifest:
    """What the backup says it is.

    Raises:
        BadBackup: it isn't one, or one that only a newer version can read.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            text = archive.read(MANIFEST)
        found = json.loads(text)
    except FileNotFoundError:
        raise BadBackup(f"There's no file {path}. Check the name.") from None
    except zipfile.BadZipFile:
        raise _refuse(path, "it isn't a ZIP archive, or it's incomplete") from None
    except KeyError:
        raise _refuse(path, f"it has no {MANIFEST}") from None
    except ValueError:
        raise _refuse(path, f"its {MANIFEST} isn't JSON") from None
    except OSError as error:
        raise BadBackup(f"{path} can't be read ({error.strerror or error}). Check the file and its mode.") from None
    if isinstance(found, dict) and found.get("format") == FORMAT and found.get("format_version", 0) > LATEST_FORMAT:
        raise BadBackup(f"{path} was written by a newer version of PMO Assistant. Update the bot, then try again.")
    try:
        return BackupManifest.model_validate(found)
    except ValidationError as error:
        field = ".".join(map(str, error.errors()[0]["loc"]))
        raise _refuse(path, f"the field “{field}” of its {MANIFEST} is missing or wrong") from None


def extract_database(path: Path, manifest: BackupManifest, folder: Path) -> Path:
    """Unpack the database into the folder, and check that it's what was backed up.

    Raises:
        BadBackup: it's missing or was changed.
    """
    target = folder / manifest.database_name
    try:
        with (
            zipfile.ZipFile(path) as archive,
            archive.open(manifest.database_name) as packed,
            target.open("wb") as file,
        ):
            shutil.copyfileobj(packed, file)
    except KeyError:
        raise _refuse(path, f"it has no {manifest.database_name}") from None
    except (zipfile.BadZipFile, EOFError, ValueError) as error:
        raise BadBackup(f"{path} is damaged ({error}). Use another backup.") from None
    except OSError as error:
        raise UserError(f"{path} can't be unpacked in {folder} ({error.strerror or error}). Free some space.") from None
    if hash_file(target) != manifest.sha256:
        raise BadBackup(f"{path} is damaged: its database isn't the one that was backed up. Use another backup.")
    return target


def has_own_files(path: Path) -> bool:
    """Whether the backup has the organisation file."""
    with zipfile.ZipFile(path) as archive:
        return any(name.startswith(ORGANISATION) for name in archive.namelist())


def hash_file(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _refuse(path: Path, reason: str) -> BadBackup:
    return BadBackup(f"{path} isn't a backup made by pmo backup: {reason}. Give a file that pmo backup wrote.")
