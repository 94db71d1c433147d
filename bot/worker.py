"""Does the work that waits in the inbox. Its results commit together with “done”, or not at all."""

import asyncio
import logging
import uuid
from collections.abc import Callable, Mapping
from datetime import datetime

from bot.loop import Loop
from foundation.errors import Refused
from handlers import payloads
from handlers.blocks.text import message
from handlers.house import House
from handlers.replies import reply
from handlers.routes import UNEXPECTED, Work
from storage.inbox import Arrival, Lost
from storage.troubles import DatabaseUnavailable

log = logging.getLogger(__name__)

AT_ONCE = 16  # claimed together
THREADS = 2


class Worker(Loop):
    """`on_done` is called when something may have been put in the outbox."""

    def __init__(
        self, house: House, works: Mapping[str, Work], owner: str, on_done: Callable[[], None], busy: Callable[[], bool]
    ) -> None:
        super().__init__(house.now)
        self._house = house
        self._works = works
        self._owner = owner
        self._on_done = on_done
        self._busy = busy
        self._threads = asyncio.Semaphore(THREADS)

    async def turn(self) -> bool:
        inbox = self._house.store.inbox
        arrivals = await asyncio.to_thread(inbox.claim, self._owner, self.now(), AT_ONCE)
        await asyncio.gather(*(self._work(arrival) for arrival in arrivals))
        return bool(arrivals)

    async def next_due(self) -> datetime | None:
        return await asyncio.to_thread(self._house.store.inbox.next_due)

    async def _work(self, arrival: Arrival) -> None:
        async with self._threads:
            while self._busy():  # acks first: Slack waits three seconds for them, people a little longer
                await asyncio.sleep(0.005)
            try:
                await asyncio.to_thread(self._do, arrival)
            except Lost:
                log.warning("Arrival %s was taken over by another process", arrival.key)
        self._on_done()

    def _do(self, arrival: Arrival) -> None:
        try:
            self._works[arrival.route](arrival, self._house)
        except (Lost, DatabaseUnavailable):
            raise
        except Refused as refused:
            self._explain(arrival, refused.message)
        except Exception:
            self._trouble(arrival)

    def _trouble(self, arrival: Arrival) -> None:
        """A defect. Try again; after the last attempt the person hears of it, with the reference of the log."""
        reference = uuid.uuid4().hex[:8]
        log.exception("Unexpected error %s at attempt %s of %s", reference, arrival.attempt, arrival.route)
        if self._house.store.inbox.is_last(arrival):
            self._explain(arrival, UNEXPECTED.format(reference=reference))
        else:
            self._house.store.inbox.put_back(arrival, f"reference {reference}", self.now())

    def _explain(self, arrival: Arrival, words: str) -> None:
        now = self.now()
        with self._house.store.finishing(arrival, now) as tx:
            reply(tx, payloads.place(arrival.payload), message(words))
