"""Takes a changed organisation file without a restart, when `pmo reload` or SIGHUP asks for it."""

import asyncio
import logging
import os
import signal
from collections.abc import Callable
from dataclasses import dataclass

from bot.live_organisation import LiveOrganisation
from bot.organisation_changes import NOTHING
from foundation.errors import UserError

log = logging.getLogger(__name__)

REFUSED = "The organisation file was refused, and everything stays as it was:"
_TERMINAL = "/dev/tty"


@dataclass(frozen=True, slots=True)
class ReloadRequests:
    """Set `wanted` to have the organisation file read again.

    `report` is called with how that went, and whether it was refused.
    """

    wanted: asyncio.Event
    report: Callable[[str, bool], None] = lambda *_: None


async def serve_reloads(requests: ReloadRequests, live: LiveOrganisation, say: Callable[[str], None]) -> None:
    """Reload whenever somebody asks, until this is cancelled. Whatever is wrong, the bot continues with what it had."""
    while True:
        await requests.wanted.wait()
        requests.wanted.clear()
        try:
            changes = await live.reload()
        except UserError as error:
            log.error("%s\n%s", REFUSED, error.message)
            requests.report(f"{REFUSED}\n{error.message}", True)
        except Exception as error:
            log.exception("The organisation file couldn't be reloaded, and everything stays as it was")
            text = f"It failed ({type(error).__name__}), and everything stays as it was. The log says why."
            requests.report(text, True)
        else:
            text = f"Reloaded: {', '.join(changes) or NOTHING}."
            say(text)
            requests.report(text, False)


def listen_for_reload_signal(stopping: asyncio.Event) -> asyncio.Event:
    """An event that SIGHUP sets. Where there's no such signal, as on Windows, nothing sets it.

    Closing the terminal that the bot runs in sends SIGHUP, too. That stops the bot, as people expect; with nohup, it
    runs on.
    """
    wanted = asyncio.Event()
    hang_up = getattr(signal, "SIGHUP", None)
    if hang_up is None:
        return wanted
    outlives_terminal = signal.getsignal(hang_up) is signal.SIG_IGN
    had_terminal = _has_terminal()

    def react() -> None:
        if had_terminal and not _has_terminal():
            if not outlives_terminal:
                stopping.set()
            return
        wanted.set()

    asyncio.get_running_loop().add_signal_handler(hang_up, react)
    return wanted


def _has_terminal() -> bool:
    try:
        os.close(os.open(_TERMINAL, os.O_RDONLY | os.O_NOCTTY))
    except OSError:
        return False
    return True
