"""Has the index of the handbook built by another process."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import asdict

from bot.index_building import BuildOrder
from foundation.processes import build_environment

Report = Callable[[str, int, int], None]


class IndexProcess:
    """A process that builds an index (bot.index_building). It ends with this process at the latest."""

    def __init__(self, order: BuildOrder) -> None:
        self._messages = tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace")  # noqa: SIM115 - `_close` does
        # Nobody reads the progress of work in the background, and a full pipe would stop it. In a session of its own,
        # the process isn't interrupted by Ctrl-C before we have said what is going on.
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bot.index_building"],
            env=build_environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL if order.in_background else subprocess.PIPE,
            stderr=self._messages,
            text=True,
            start_new_session=True,
        )
        assert self._process.stdin is not None  # noqa: S101 - it's a pipe
        self._process.stdin.write(json.dumps(asdict(order)) + "\n")
        self._process.stdin.flush()

    @property
    def is_running(self) -> bool:
        return self._process.poll() is None

    def follow(self, report: Report) -> None:
        """Call `report` with (stage, done, total) several times a second until the process ends, then `finish`.

        What `report` raises ends the process.
        """
        try:
            for line in self._process.stdout or ():
                report(*json.loads(line))
            self._process.wait()
        except BaseException:
            self.stop()
            raise
        self.finish()

    def finish(self) -> None:
        """Clean up after the process has ended.

        Raises:
            RuntimeError: it failed, with the last line that it wrote.
        """
        code = self._process.wait()
        self._messages.seek(0)
        lines = self._messages.read().strip().splitlines()
        self._close()
        if code:
            raise RuntimeError(f"Indexing the handbook failed ({lines[-1] if lines else f'exit code {code}'}).")

    def stop(self) -> None:
        """End the process at once. What it has encoded is stored; a half-written index is never opened."""
        self._process.kill()
        self._process.wait()
        self._close()

    def _close(self) -> None:
        for file in (self._process.stdin, self._process.stdout, self._messages):
            if file:
                file.close()
