"""Starts bots that die at a given moment: `python -m tests.chaos.launcher`, with orders on standard input.

Each bot is `python -m bot run` except that its modules and the words of its languages are already loaded: this process
has loaded them and forks, so a start takes a third of the time. An order is one line of JSON with `environment`, `log`
(a file), `clock` (the time at which the bot believes it starts, or null for the real one), `steps` (a file that says by
how many seconds the clock is ahead at the moment, or null) and `kill`; the answers are lines with `pid`, and later
`gone`.
"""

import contextlib
import itertools
import json
import mmap
import os
import signal
import struct
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial, wraps
from typing import Any

from sqlalchemy import Engine, event

import bot.cli
import bot.run
import handlers.strategy.jobs
from bot.composition import utc_now
from handlers.questions.language_data import load_language_data
from storage.database import Database
from storage.engine.inbox import Inbox

# Counting starts at the first arrival that is stored, or at the first digest that is built.
STARTS = {"arrival": (Inbox, "write"), "digest": (handlers.strategy.jobs, "run_due_schedules")}
STEP = struct.Struct("d")  # how the file with the clock's steps is written


def main() -> None:
    load_language_data()
    for line in sys.stdin:
        order = json.loads(line)
        pid = os.fork()
        if pid == 0:
            run(order)
        say(pid=pid)
        threading.Thread(target=wait, args=[pid], daemon=True).start()


def wait(pid: int) -> None:
    _, status = os.waitpid(pid, 0)
    say(gone=pid, code=os.waitstatus_to_exitcode(status))


def say(**what: int) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


def run(order: dict[str, Any]) -> None:
    """Become the bot; never returns."""
    os.setsid()
    log = os.open(order["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    for standard in (1, 2):
        os.dup2(log, standard)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.environ.update(order["environment"])
    if order["clock"]:
        start_at(datetime.fromisoformat(order["clock"]))
    if order["steps"]:
        follow_steps(order["steps"])
    if order["kill"]:
        die_at(**order["kill"])
    sys.argv = ["pmo", "run"]
    code: Any = 1
    try:
        bot.cli.main()
        code = 0
    except SystemExit as leaving:
        code = leaving.code or 0
    finally:
        sys.stdout.flush()
        os._exit(code)


def start_at(moment: datetime) -> None:
    """Let the bot's clock continue from this time."""
    ahead = moment - utc_now()
    use_clock(lambda: utc_now() + ahead)


def follow_steps(path: str) -> None:
    """Let the bot's clock be ahead by the seconds in this file, from one moment to the next when they change."""
    with open(path, "rb") as file:
        shared = mmap.mmap(file.fileno(), STEP.size, access=mmap.ACCESS_READ)
    use_clock(lambda: utc_now() + timedelta(seconds=STEP.unpack(shared)[0]))


def use_clock(now: Callable[[], datetime]) -> None:
    bot.run.serve_until_stopped = partial(bot.run.serve_until_stopped, now=now)


def die_at(*, when: str, what: str, number: int, since: str) -> None:
    """Kill this process right before or after its `number`-th commit or statement, counted since that start."""
    count = count_since(since)
    if what == "commit":
        die_at_commit(count, when, number)
    else:
        event.listen(Engine, f"{when}_cursor_execute", lambda *_: die() if count() == number else None)


def count_since(since: str) -> Callable[[], int]:
    """A counter: 1, 2, 3 … each time it is called; 0 until the first call of the function in `STARTS`."""
    place, name = STARTS[since]
    original, numbers, started = getattr(place, name), itertools.count(1), threading.Event()

    @wraps(original)
    def beginning(*given: Any, **named: Any) -> Any:
        started.set()
        return original(*given, **named)

    setattr(place, name, beginning)
    return lambda: next(numbers) if started.is_set() else 0


def die_at_commit(count: Callable[[], int], when: str, number: int) -> None:
    transaction = Database.transaction

    @contextlib.contextmanager
    def mortal(self: Database, **how: bool) -> Iterator[Any]:
        with transaction(self, **how) as session:
            yield session
            this = count()
            if (when, number) == ("before", this):
                die()
        if (when, number) == ("after", this):
            die()

    Database.transaction = mortal  # type: ignore[method-assign]


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main()
