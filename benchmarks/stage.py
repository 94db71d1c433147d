"""The workspace and the two apps, each in a process of its own, and the load on them."""

import asyncio
import json
import math
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, TextIO

import aiohttp
import psutil

from bot.manifest import build_manifest

LATENCY_MS = 150
UNACKNOWLEDGED = 1000  # one of so many, at most, isn't acknowledged yet; it doesn't change a p99
QUIET_SECONDS = 2.0  # without a call to Slack, after which the app is taken to be done
CHANNELS = [f"C9BENCH{number:04}" for number in range(200)]
PEOPLE = [f"U9BENCH{number:04}" for number in range(40)]
APP_USER = "U00PMOBOT"
TOKENS = {"SLACK_BOT_TOKEN": "xoxb-local-pmo", "SLACK_APP_TOKEN": "xapp-1-local-pmo"}
QUESTIONS = (
    "how do I know whether my project is in trouble?",
    "who approves a change above tolerance?",
    "how do I score a risk?",
    "what belongs in a business case?",
    "when is a gate review held?",
    "how is CPI calculated?",
)


def write_seed(folder: Path) -> Path:
    """A workspace with many channels and the sample organisation's, all of which the bot is in."""
    people = [{"id": user, "name": user.lower(), "real_name": user, "title": "Sample", "tz": "UTC"} for user in PEOPLE]
    own = ("C03TRIAGE", "C04PROGRESS", "C05STORIES", "C06LEADERS")
    channels = [
        {"id": channel, "name": channel.lower(), "topic": "", "members": [*PEOPLE, APP_USER]}
        for channel in (*CHANNELS, *own)
    ]
    team = {"id": "T00MERIDIAN", "name": "Benchmark", "domain": "benchmark"}
    app = {"id": "A00PMO", "bot_user_id": APP_USER, "bot_name": "PMO Assistant"}
    path = folder / "seed.yaml"
    path.write_text(json.dumps({"team": team, "app": app, "people": people, "channels": channels}))
    return path


@contextmanager
def run_workspace(folder: Path) -> Iterator[str]:
    """A workspace that delays each Web API response by LATENCY_MS. Yields its URL."""
    manifest_file = folder / "manifest.json"
    manifest_file.write_text(json.dumps(build_manifest()))
    command = [
        *(sys.executable, "-m", "workspace", "--manifest", str(manifest_file), "--seed", str(write_seed(folder))),
        *("--data", str(folder / "workspace"), "--port", "0", "--latency", str(LATENCY_MS)),
    ]
    with _run_process(command, {}) as (process, out):
        yield str(json.loads(out.readline())["ready"])
        assert process.poll() is None


@contextmanager
def run_app(kind: str, url: str, data: Path) -> Iterator[psutil.Process]:
    """The bot (“bot”) or the bare app (“bare”), connected."""
    environment = TOKENS | {"SLACK_API_URL": f"{url}/api/", "PMO_DATA": str(data), "PMO_POSTS_PER_MINUTE": "6000"}
    command = [sys.executable, "-m", "bot", "run"] if kind == "bot" else [sys.executable, "-m", "benchmarks.bare"]
    with _run_process(command, environment) as (process, out):
        for line in out:
            if line.startswith(("Connected", "ready")):
                break
        yield psutil.Process(process.pid)


@contextmanager
def start_local(data: Path) -> Iterator[tuple[float, psutil.Process]]:
    """`pmo run` with the local workspace. Yields the seconds until it is ready, and the process."""
    began = time.perf_counter()
    environment = {"PMO_DATA": str(data), "PMO_PORT": "0"}
    with _run_process([sys.executable, "-m", "bot", "run"], environment) as (process, out):
        for line in out:
            if "Open http" in line:
                break
        yield time.perf_counter() - began, psutil.Process(process.pid)


@contextmanager
def _run_process(command: list[str], environment: dict[str, str]) -> Iterator[tuple[subprocess.Popen[str], TextIO]]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("SLACK_", "PMO_", "DATABASE_"))}
    process = subprocess.Popen(command, env=clean | environment, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield process, process.stdout
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()


class Load:
    """Posts mentions to the workspace, and reads what the workspace recorded."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self._session = session
        self._url = url
        self.sent: dict[str, float] = {}  # ts of the mention → when it was sent
        self._number = 0

    async def post_mention(self) -> None:
        """Mention the bot in the next channel, as the next person."""
        self._number += 1
        number, sent = self._number, time.time()
        message = {
            "user": PEOPLE[number % len(PEOPLE)],
            "channel": CHANNELS[number % len(CHANNELS)],
            "text": f"@PMO Assistant {QUESTIONS[number % len(QUESTIONS)]}",
        }
        async with self._session.post(f"{self._url}/client/post", json=message) as response:
            self.sent[(await response.json())["ts"]] = sent

    async def post_burst(self, count: int) -> None:
        await asyncio.gather(*(self.post_mention() for _ in range(count)))

    async def post_steadily(self, per_second: float, seconds: float) -> None:
        """Post at a constant rate, however fast the app answers."""
        began = time.perf_counter()
        for number in range(int(per_second * seconds)):
            await asyncio.sleep(max(0.0, began + number / per_second - time.perf_counter()))
            await self.post_mention()

    async def wait_for_answers(self, expected: int, seconds: float) -> list[dict[str, Any]]:
        """The app's posts, once there are as many as expected or the time is up."""
        until = time.perf_counter() + seconds
        while True:
            posts = [call for call in await self._read_calls("chat.postMessage") if call["ok"]]
            if len(posts) >= expected or time.perf_counter() > until:
                return posts
            await asyncio.sleep(0.5)

    async def wait_for_acks(self, seconds: float = 60) -> list[float]:
        """The same as `read_ack_times`, once what was posted is acknowledged or the time is up.

        The app's own posts are events, too, so that a few are always on their way.
        """
        until = time.perf_counter() + seconds
        while True:
            times = await self.read_ack_times()
            if times.count(math.inf) < len(times) / UNACKNOWLEDGED or time.perf_counter() > until:
                return times
            await asyncio.sleep(0.5)

    async def read_ack_times(self) -> list[float]:
        """Milliseconds from the first attempt to the ack, for every event."""
        async with self._session.get(f"{self._url}/control/events", params={"limit": "100000"}) as response:
            events = (await response.json())["events"]
        return [event["ack_ms"] if event["ack_ms"] is not None else math.inf for event in events]

    async def reset(self) -> None:
        """Empty the workspace, once the app has nothing more to say: what it says later would be refused."""
        before = -1
        while (now := len(await self._read_calls(""))) != before:
            before = now
            await asyncio.sleep(QUIET_SECONDS)
        await self._post_control("reset", {})
        self.sent.clear()

    async def _read_calls(self, method: str) -> list[dict[str, Any]]:
        query = {"method": method, "limit": "100000"} if method else {"limit": "100000"}
        async with self._session.get(f"{self._url}/control/calls", params=query) as response:
            found: list[dict[str, Any]] = (await response.json())["calls"]
        return found

    async def _post_control(self, what: str, body: dict[str, Any]) -> None:
        async with self._session.post(f"{self._url}/control/{what}", json=body) as response:
            response.raise_for_status()


@asynccontextmanager
async def open_load(url: str) -> AsyncIterator[Load]:
    connector = aiohttp.TCPConnector(limit=50)
    async with aiohttp.ClientSession(connector=connector) as session:
        yield Load(session, url)
