"""`pmo run` as a newcomer starts it: a process of its own, an empty folder, no account, and a real Chromium."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.browser.conftest import browser  # noqa: F401 (a fixture)

READY = re.compile(r"Open (http://127\.0\.0\.1:\d+)")


@contextmanager
def running_bot(data: Path) -> Iterator[str]:
    """Start the bot with the local workspace on a free port; gives its address. Stops it as Ctrl-C does."""
    slack = ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET", "DATABASE_URL", "PMO_ORGANISATION")
    environment = {name: value for name, value in os.environ.items() if name not in slack}
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "run"],
        env=environment | {"PMO_DATA": str(data), "PMO_PORT": "0"},
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    try:
        said = []
        for line in process.stdout:
            said.append(line)
            if found := READY.search(line):
                yield found[1]
                break
        else:
            pytest.fail(f"The bot ended before it was ready: {''.join(said)}")
    finally:
        process.send_signal(signal.SIGINT)
        _, _ = process.communicate(timeout=30)
    assert process.returncode == 0


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The page's address; one bot for all journeys."""
    with running_bot(tmp_path_factory.mktemp("journey") / "data") as said:
        yield said
