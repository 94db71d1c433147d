"""One measured process: opens the handbook, asks, and goes on while a page is edited. It prints lines of JSON."""

import asyncio
import json
import sys
import threading
import time
from collections.abc import Callable, Coroutine
from pathlib import Path

import psutil

from bot.composition import utc_now
from bot.handbook_provider import HandbookProvider, prepare_to_serve
from storage.database import Database
from storage.store import Store

WARM_UP = 20  # questions
TICK = 0.005  # seconds between two looks at the clock
QUIET = 3.0  # seconds in which the event loop has nothing else to do, to know what this machine does to it
LONGEST_WAIT = 300.0  # seconds for the edited page to arrive


def main() -> None:
    data, questions = Path(sys.argv[1]), json.loads(sys.stdin.read())
    database = Database(f"sqlite:///{data / 'pmo.db'}")
    provider = HandbookProvider(Store(database), data / "model")
    provider.load(utc_now(), lambda *_: None)
    prepare_to_serve(provider)
    _print({"ready": time.time(), "ready_cpu_s": time.process_time()})
    _print({"ask_ms": _time_questions(provider, questions), "search_ms": _time_searches(provider, questions)})
    _print({"follow_ms": _time_conversation(provider, questions)})
    _print({"memory_mb": psutil.Process().memory_info().rss / 1e6})
    _print(asyncio.run(_watch_loop(provider, questions)))
    provider.close()
    database.close()


def _print(found: dict[str, object]) -> None:
    print(json.dumps(found), flush=True)


def _time_questions(provider: HandbookProvider, questions: list[str]) -> list[float]:
    """Milliseconds of processor time for each question."""
    for question in questions[:WARM_UP]:
        provider().ask(question)
    return [_time(provider().ask, question) for question in questions[WARM_UP:]]


def _time_conversation(provider: HandbookProvider, questions: list[str]) -> list[float]:
    """The same where each question follows another one, and so is also read with it."""
    before = dict(zip(questions[1:], questions, strict=False))
    return [_time(lambda asked: provider().ask(asked, [before[asked]]), one) for one in questions[WARM_UP:]]


def _time_searches(provider: HandbookProvider, questions: list[str]) -> list[float]:
    return [_time(provider().search, question) for question in questions[WARM_UP:]]


def _time(work: Callable[[str], object], question: str) -> float:
    began = time.process_time()
    work(question)
    return (time.process_time() - began) * 1000


async def _watch_loop(provider: HandbookProvider, questions: list[str]) -> dict[str, object]:
    """The longest time, in milliseconds, that the event loop didn't get to run: doing nothing, and while questions are
    answered in a thread and an edited page is swapped in."""
    idle = await _find_longest_block(asyncio.sleep(QUIET))
    _print({"watching": True})
    over = threading.Event()
    asking = asyncio.create_task(asyncio.to_thread(_keep_asking, provider, questions, over))
    busy = await _find_longest_block(_wait_for_edit(provider))
    over.set()
    await asking
    return {"idle_block_ms": idle, "block_ms": busy}


async def _find_longest_block(work: Coroutine[object, object, object]) -> float:
    """In milliseconds, as far as this process was computing, and not waiting for other processes to."""
    longest, running = 0.0, asyncio.ensure_future(work)
    while not running.done():
        began, queued, used = time.perf_counter(), _read_queued_seconds(), time.process_time()
        await asyncio.sleep(TICK)
        late = time.perf_counter() - began - TICK - (_read_queued_seconds() - queued)
        # Another thread that holds the interpreter may be waiting for a processor as well.
        longest = max(longest, min(late, time.process_time() - used))
    await running
    return longest * 1000


def _read_queued_seconds() -> float:
    """How long this thread, which could have run, has waited for a processor; 0 where the system doesn't say."""
    path = Path("/proc/thread-self/schedstat")
    return int(path.read_text().split()[1]) / 1e9 if path.exists() else 0.0


async def _wait_for_edit(provider: HandbookProvider) -> None:
    async with asyncio.timeout(LONGEST_WAIT):
        while not await asyncio.to_thread(provider.refresh, utc_now()):
            await asyncio.sleep(0.5)


def _keep_asking(provider: HandbookProvider, questions: list[str], over: threading.Event) -> None:
    while not over.is_set():
        for question in questions:
            if over.wait(0.2):
                return
            provider().ask(question)


if __name__ == "__main__":
    main()
