"""Starts bots that may die at a moment chosen beforehand: `python -m tests.chaos.nursery`, orders on standard input.

Each bot is `python -m bot run` in all but the reading of its modules: this process has read them once and forks, so
that a start takes a third of the time. An order is one line of JSON with `environment`, `log` (a file) and `death`;
the answers are lines with `pid`, and later `gone`.
"""

import contextlib
import itertools
import json
import os
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from typing import Any

import bot.cli
from storage.database import Database
from storage.inbox import Inbox, NewArrival


def main() -> None:
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
    if order["death"]:
        die_at(**order["death"])
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


def die_at(*, when: str, number: int) -> None:
    """Kill this process right before or after its `number`-th commit, from the one that keeps its first arrival."""
    write, transaction = Inbox.write, Database.transaction
    commits = itertools.count(1)
    armed = threading.Event()

    def arming(self: Inbox, arrivals: Sequence[NewArrival]) -> int:
        armed.set()
        return write(self, arrivals)

    @contextlib.contextmanager
    def mortal(self: Database) -> Iterator[Any]:
        this = 0
        with transaction(self) as session:
            yield session
            this = next(commits) if armed.is_set() else 0
            if (when, number) == ("before", this):
                die()
        if (when, number) == ("after", this):
            die()

    Inbox.write, Database.transaction = arming, mortal  # type: ignore[method-assign]


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main()
