"""Which bots run with a data folder, and what each says about itself. `pmo reload` finds them by this."""

import json
import os
import socket
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from filelock import FileLock, Timeout

from foundation.errors import UserError

FOLDER = "processes"


@dataclass(frozen=True, slots=True)
class ProcessRecord:
    """A running bot. `organisation` is the path of its organisation file.

    `reloads` counts its reloads, refused ones included; `report` is the outcome of the latest.
    """

    host: str
    pid: int
    organisation: str
    reloads: int = 0
    is_refused: bool = False
    report: str = ""


class ProcessAnnouncement:
    """The record of this process."""

    def __init__(self, file: Path, record: ProcessRecord) -> None:
        self._file = file
        self._record = record
        self._write()

    def report_reload(self, text: str, is_refused: bool) -> None:
        """What a reload has changed, or why it was refused."""
        reloads = self._record.reloads + 1
        self._record = replace(self._record, reloads=reloads, is_refused=is_refused, report=text)
        self._write()

    def _write(self) -> None:
        """In one step: nobody reads half a record."""
        draft = self._file.with_suffix(".new")
        draft.write_text(json.dumps(asdict(self._record)), encoding="utf-8")
        draft.replace(self._file)


@contextmanager
def announce_process(data: Path, organisation: Path) -> Iterator[ProcessAnnouncement]:
    """Make this process known in the data folder for as long as the context lasts, however it ends."""
    # The lock says whether the process is alive: the operating system releases it with the process. Its id alone would
    # prove nothing, because another program may have it by then, and in another container it means another process.
    folder = data / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{os.getpid()}-{uuid.uuid4().hex[:8]}.json"
    with FileLock(file.with_suffix(".lock")):
        record = ProcessRecord(socket.gethostname(), os.getpid(), str(organisation.absolute()))
        try:
            yield ProcessAnnouncement(file, record)
        finally:
            _remove(file)


def find_running(data: Path) -> dict[Path, ProcessRecord]:
    """The records of the bots that are running with the data folder, by file. Removes those left over by others.

    Raises:
        UserError: they belong to another user.
    """
    running = {}
    for file in sorted((data / FOLDER).glob("*.json")):
        try:
            with FileLock(file.with_suffix(".lock"), timeout=0):
                _remove(file)
        except Timeout:
            if record := read_record(file):
                running[file] = record
        except PermissionError:
            raise UserError(f"{file} belongs to another user. Run this as the user who runs the bot.") from None
    return running


def read_record(file: Path) -> ProcessRecord | None:
    """The record; None if its process has ended."""
    try:
        return ProcessRecord(**json.loads(file.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None


def _remove(file: Path) -> None:
    file.unlink(missing_ok=True)
    file.with_suffix(".lock").unlink(missing_ok=True)
