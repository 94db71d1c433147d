"""`pmo reload`."""

import os
import signal
import socket
import time
from pathlib import Path

import typer

from bot.organisation import read_organisation
from bot.running_process import ProcessRecord, find_running, read_record
from bot.settings import Settings, read_settings
from foundation.errors import UserError

LONGEST_WAIT = 60.0  # seconds; a large handbook that is new takes a while to read
POLL_EVERY = 0.05
RESTART = "Environment variables, such as tokens, DATABASE_URL and PMO_DATA, need a restart to change."


def register(app: typer.Typer) -> None:
    app.command(name="reload")(reload_organisation)


def reload_organisation() -> None:
    """Let the running bot take the changed organisation file, and the files it names, without a restart."""
    settings = read_settings()
    running = _find_reachable(settings)
    _check_files(settings, running)
    sent = {file: _send_signal(record) for file, record in running.items()}
    results = [_wait_for_report(file, sent[file]) for file in running]
    for record in results:
        typer.echo(f"Process {record.pid}: {record.report}" if len(results) > 1 else record.report)
    if any(record.is_refused for record in results):
        raise typer.Exit(1)
    typer.echo(RESTART)


def _find_reachable(settings: Settings) -> dict[Path, ProcessRecord]:
    """Those on this machine.

    Raises:
        UserError: there are none.
    """
    if not hasattr(signal, "SIGHUP"):
        raise UserError("This system has no signal for reloading. Restart the bot instead.")
    running, here = find_running(settings.data), socket.gethostname()
    if not running:
        raise UserError(
            f"No PMO Assistant is running with the data folder {settings.data.absolute()}. "
            "Start it with “pmo run”, or set PMO_DATA to the folder of the one that is running."
        )
    found = {file: record for file, record in running.items() if record.host == here}
    if not found:
        hosts = " and ".join(sorted({record.host for record in running.values()}))
        raise UserError(f"The PMO Assistant with this data folder runs on {hosts}. Run “pmo reload” there.")
    return found


def _check_files(settings: Settings, running: dict[Path, ProcessRecord]) -> None:
    """Check the files before any bot is asked to read them.

    Raises:
        UserError: a file is invalid, or it isn't the one that the bot uses.
    """
    used = {record.organisation for record in running.values()}
    if settings.organisation and (other := used - {str(settings.organisation.absolute())}):
        text = f"The running bot uses {' and '.join(sorted(other))}, and PMO_ORGANISATION names another file here."
        raise UserError(f"{text} To have it use another file, restart it with that setting.")
    for path in sorted(used):
        read_organisation(Path(path))


def _send_signal(record: ProcessRecord) -> int:
    """Returns the number of the reload that this asks for."""
    try:
        os.kill(record.pid, signal.SIGHUP)
    except ProcessLookupError:
        raise UserError(f"Process {record.pid} has just ended. Start the bot again with “pmo run”.") from None
    except PermissionError:
        raise UserError(f"Process {record.pid} belongs to another user. Run this as the user who runs it.") from None
    return record.reloads + 1


def _wait_for_report(file: Path, number: int) -> ProcessRecord:
    until = time.monotonic() + LONGEST_WAIT
    while time.monotonic() < until:
        record = read_record(file)
        if record is None:
            raise UserError("The bot ended before it had reloaded. Its log says why.")
        if record.reloads >= number:
            return record
        time.sleep(POLL_EVERY)
    raise UserError("The bot hasn't said yet that it has reloaded. It does so once it has started; see its log.")
