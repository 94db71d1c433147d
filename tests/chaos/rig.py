"""A test rig: bots are killed, paused and cut off while people keep asking, and then every promise is checked.

What happens meanwhile is a workload; see tests/chaos/workloads.py.
"""

import asyncio
import contextlib
import itertools
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from storage.database import Database
from storage.engine.dead_letters import Backlog, measure_backlog
from storage.store import Store
from tests.chaos.workloads import PATIENCE, Questions, Workload
from tests.workspace.running import RunningWorkspace
from workspace.deliveries import AppDelivery as EventDelivery
from workspace.web_api.dispatch import WebApi

ROOT = Path(__file__).parents[2]
POST = "chat.postMessage"
QUICK = {"PMO_LEASE_SECONDS": "3", "PMO_POSTS_PER_MINUTE": "6000"}


@dataclass(frozen=True, slots=True)
class Kill:
    """When the bot dies: `before` or `after` the `number`-th commit, statement, call (the Web API doing it) or ack.

    Commits and statements are counted from the first stored arrival or, `since` a digest, from the first one built.
    """

    when: str
    what: str
    number: int
    since: str = "arrival"

    @property
    def is_within(self) -> bool:
        """Whether the bot itself can see the moment; the others are seen by the workspace."""
        return self.what in ("commit", "statement")

    def __str__(self) -> str:
        return f"{self.when} {self.what} {self.number}"


class Bot:
    """One process of the bot."""

    def __init__(self, pid: int, gone: "asyncio.Future[int]") -> None:
        self.pid = pid
        self._gone = gone

    @property
    def is_gone(self) -> bool:
        return self._gone.done()

    async def wait_exit(self, seconds: float = PATIENCE) -> int:
        """Wait for its end; returns the exit code, -9 when it was killed.

        Raises:
            TimeoutError: it is still there.
        """
        return await asyncio.wait_for(asyncio.shield(self._gone), seconds)

    def kill(self) -> None:
        self._send(signal.SIGKILL)

    def pause(self) -> None:
        """Stop it where it is, as an overloaded machine may."""
        self._send(signal.SIGSTOP)

    def resume(self) -> None:
        self._send(signal.SIGCONT)

    async def shut_down(self) -> None:
        """Ask it to shut down."""
        self._send(signal.SIGTERM)
        assert await self.wait_exit() == 0

    def _send(self, what: signal.Signals) -> None:
        if not self._gone.done():
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, what)


class Launcher:
    """The process that starts bots quickly; see tests/chaos/launcher.py."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._born: asyncio.Queue[int] = asyncio.Queue()
        self._gone: dict[int, asyncio.Future[int]] = {}
        self._reader = asyncio.create_task(self._read())

    @classmethod
    @contextlib.asynccontextmanager
    async def open(cls) -> AsyncIterator["Launcher"]:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.chaos.launcher"),
            cwd=ROOT,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        launcher = cls(process)
        try:
            yield launcher
        finally:
            await launcher.close()

    async def launch(
        self,
        environment: dict[str, str],
        log: Path,
        kill: Kill | None = None,
        clock: datetime | None = None,
        steps: Path | None = None,
    ) -> Bot:
        order = {
            "environment": environment,
            "log": str(log),
            "kill": asdict(kill) if kill and kill.is_within else None,
            "clock": clock.isoformat() if clock else None,
            "steps": str(steps) if steps else None,
        }
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(order).encode() + b"\n")
        pid = await asyncio.wait_for(self._born.get(), PATIENCE)
        return Bot(pid, self._future(pid))

    async def close(self) -> None:
        for pid, gone in self._gone.items():
            if not gone.done():
                os.kill(pid, signal.SIGKILL)
                await asyncio.wait_for(gone, PATIENCE)
        assert self._process.stdin is not None
        self._process.stdin.close()
        await self._process.wait()
        await self._reader

    def _future(self, pid: int) -> "asyncio.Future[int]":
        return self._gone.setdefault(pid, asyncio.get_running_loop().create_future())

    async def _read(self) -> None:
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            said = json.loads(line)
            if "pid" in said:
                self._born.put_nowait(said["pid"])
            else:
                self._future(said["gone"]).set_result(said["code"])


@dataclass
class Hooks:
    """Calls a function right before or after the workspace does something."""

    waiting: list[tuple[str, str, Callable[[str], bool], Callable[[], None]]] = field(default_factory=list)

    def add(self, when: str, what: str, which: Callable[[str], bool], do: Callable[[], None]) -> None:
        """`what` is call or ack; `which` gets the name of the method or event and says whether to call `do`."""
        self.waiting.append((when, what, which, do))

    def reach(self, when: str, what: str, name: str) -> None:
        for hook in list(self.waiting):
            if hook[:2] == (when, what) and hook[2](name):
                self.waiting.remove(hook)
                hook[3]()

    @contextlib.contextmanager
    def install(self) -> Any:
        """Wrap the workspace's code for calls and acknowledgements in these hooks."""
        answer, acknowledge = WebApi._run_call, EventDelivery.acknowledge

        def hooked_answer(api: WebApi, name: str, *rest: Any) -> Any:
            self.reach("before", "call", name)
            response = answer(api, name, *rest)
            self.reach("after", "call", name)
            return response

        def hooked_acknowledge(delivery: EventDelivery, payload: Any) -> None:
            self.reach("before", "ack", delivery.kind)
            acknowledge(delivery, payload)
            self.reach("after", "ack", delivery.kind)

        WebApi._run_call, EventDelivery.acknowledge = hooked_answer, hooked_acknowledge  # type: ignore[method-assign]
        try:
            yield
        finally:
            WebApi._run_call, EventDelivery.acknowledge = answer, acknowledge  # type: ignore[method-assign]


def match_nth(number: int, name: str = "") -> Callable[[str], bool]:
    """A condition that is true the `number`-th time it is asked (about that name)."""
    counting = itertools.count(1)
    return lambda seen: (not name or seen == name) and next(counting) == number


@dataclass
class Rig:
    """The workspace, the launcher, and one database that all bots share.

    `clock` gives the time at which each new bot believes it starts, None for the real time; `now` is the time of
    whatever else writes to their database. `environment` is added to every bot's variables.
    """

    workspace: RunningWorkspace
    launcher: Launcher
    folder: Path
    database_url: str
    hooks: Hooks
    clock: Callable[[], datetime | None] = lambda: None
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def log(self) -> Path:
        return self.folder / "bots.log"

    def build_environment(self, name: str) -> dict[str, str]:
        """The variables of a bot with this data folder."""
        return QUICK | {
            "SLACK_BOT_TOKEN": self.workspace.bot_token,
            "SLACK_APP_TOKEN": self.workspace.app_token,
            "SLACK_API_URL": self.workspace.api_url,
            "DATABASE_URL": self.database_url,
            "PMO_DATA": str(self.folder / name),
            **self.environment,
        }

    async def start_bot(self, kill: Kill | None = None, name: str = "data", **more: str) -> Bot:
        """Start a bot and wait until it is connected, unless it dies earlier. `name` is that of its data folder."""
        connections = self.workspace.server.hub.sockets.connection_count
        bot = await self.launcher.launch(self.build_environment(name) | more, self.log, kill, self.clock())
        if kill is None or kill.since == "arrival":  # a digest is sent as soon as the bot starts
            await self.wait_connections(connections + 1, bot)
        if kill and not kill.is_within:
            name = POST if kill.what == "call" else "events_api"
            self.hooks.add(kill.when, kill.what, match_nth(kill.number, name), bot.kill)
        return bot

    async def wait_connections(self, number: int, bot: Bot) -> None:
        sockets = self.workspace.server.hub.sockets
        connected = asyncio.create_task(self.workspace._until(lambda: sockets.connection_count >= number, PATIENCE))
        gone = asyncio.create_task(bot.wait_exit())
        await asyncio.wait({connected, gone}, return_when=asyncio.FIRST_COMPLETED)
        assert not gone.done(), f"The bot ended while it started: {self.log.read_text()[-3000:]}"
        gone.cancel()
        await connected

    @contextlib.contextmanager
    def open_store(self) -> Any:
        """The bots' database, opened by another program."""
        database = Database(self.database_url)
        try:
            yield Store(database)
        finally:
            database.close()

    def read_backlog(self) -> Backlog:
        with self.open_store() as store, store.read_only(datetime.now(UTC)) as tx:
            return measure_backlog(tx.session)

    async def wait_idle(self) -> None:
        """Wait until the bots have nothing more to do: what people have seen may not be recorded yet."""
        async with asyncio.timeout(PATIENCE):
            while (left := self.read_backlog()).arrivals or left.deliveries:
                await asyncio.sleep(0.05)


async def run_through_kills(
    rig: Rig, kills: Sequence[Kill], workloads: Sequence[Workload], most_in_a_row: int | None = None
) -> None:
    """Kill one bot after another while the workloads run; then let one live, and check everything.

    A workload may take fewer commits, calls or acks than the number at which a bot is killed. That bot gets more
    questions until it reaches the number.

    After `most_in_a_row`, a bot lives until all work is done.
    """
    small_talk = Questions(each_round=1)
    for number, kill in enumerate(kills):
        if most_in_a_row and number and number % most_in_a_row == 0:
            bot = await rig.start_bot()
            await rig.wait_idle()
            await bot.shut_down()
        bot = await rig.start_bot(kill)
        for workload in workloads:
            await workload.start(rig, number)
        assert await wait_killed(bot, rig, small_talk) == -signal.SIGKILL, f"{kill}: {rig.log.read_text()[-3000:]}"
        await rig.workspace.wait_disconnected()
    await finish_workloads(rig, [*workloads, small_talk])


async def wait_killed(bot: Bot, rig: Rig, meanwhile: Workload) -> int:
    """Wait until the bot is killed, repeating `meanwhile` until then. Returns the exit code."""
    async with asyncio.timeout(PATIENCE):
        for number in itertools.count():
            with contextlib.suppress(TimeoutError):
                return await bot.wait_exit(seconds=2)
            if rig.workspace.server.hub.sockets.connection_count:  # else it is still starting
                await meanwhile.start(rig, number)
    raise AssertionError("unreachable")


async def finish_workloads(rig: Rig, workloads: Sequence[Workload]) -> None:
    """Let one last bot finish everything, then check it."""
    bot = await rig.start_bot()
    for workload in workloads:
        await workload.wait_seen(rig)
    await rig.wait_idle()
    await bot.shut_down()
    await check_workloads(rig, workloads)


async def check_workloads(rig: Rig, workloads: Sequence[Workload]) -> None:
    """Assert that nothing is left to do, and that each part of the workloads happened once."""
    left = rig.read_backlog()
    assert (left.arrivals, left.dead_arrivals, left.deliveries, left.dead_deliveries) == (0, 0, 0, 0), left
    for workload in workloads:
        await workload.check(rig)
