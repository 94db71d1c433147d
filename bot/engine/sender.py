"""Sends what the outbox holds: each delivery once, in order, in the pace Slack allows, whatever dies on the way."""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from bot.engine.delivery_client import DeliveryTakenOver, SlackDeliveryClient
from bot.engine.error_policy import Disposition, ErrorDecision, NeverPosted, decide_on_error
from bot.engine.loop import Loop
from storage.db_errors import DatabaseUnavailable
from storage.engine.claiming import Delivery
from storage.engine.deliveries import Deliveries, SendResult

log = logging.getLogger(__name__)

CALL_SECONDS = 20  # the longest any call may take
AT_ONCE = 48
DRAIN_SECONDS = 4.0
KEEP_TRYING = timedelta(days=3)  # a weekend without network is survived
LONGEST_WAIT = {Disposition.RETRY: 60.0, Disposition.RETRY_WITHOUT_BLOCKING: 300.0}


class Sender(Loop):
    """The only place that speaks to people in Slack by itself. `on_dead` is rung when somebody has to be told."""

    def __init__(
        self,
        caller: SlackDeliveryClient,
        deliveries: Deliveries,
        owner: str,
        now: Callable[[], datetime],
        on_dead: Callable[[], None],
    ) -> None:
        super().__init__(now)
        self._caller = caller
        self._deliveries = deliveries
        self._owner = owner
        self._on_dead = on_dead
        self._again_at: datetime | None = None
        self._flying: set[asyncio.Task[None]] = set()
        self._sent: list[SendResult] = []
        self._recording: asyncio.Task[None] | None = None

    async def run_once(self) -> bool:
        room = AT_ONCE - len(self._flying)
        if room <= 0:
            await asyncio.wait(self._flying, return_when=asyncio.FIRST_COMPLETED)
            return True
        claimed = await asyncio.to_thread(
            self._deliveries.claim, self._owner, self.now(), room, many=not self.is_stopping
        )
        self._again_at = claimed.check_again_at
        for delivery in claimed.deliveries:
            task = asyncio.create_task(self._send(delivery))
            self._flying.add(task)
            task.add_done_callback(self._flying.discard)
        return len(claimed.deliveries) == room

    async def next_due(self) -> datetime | None:
        return self._again_at

    async def run(self) -> None:
        await super().run()
        try:
            async with asyncio.timeout(DRAIN_SECONDS):
                await self._drain()
        except TimeoutError:
            log.warning("%s calls to Slack did not end in time; they are seen to at the next start", len(self._flying))
        except DatabaseUnavailable as trouble:
            self.report(trouble.message)
        for task in [*self._flying, *([self._recording] if self._recording else [])]:
            task.cancel()

    async def _drain(self) -> None:
        """Send what somebody waits for, and end the calls that are under way."""
        while await self.run_once() or self._flying or self._sent or self._is_due():
            if self._flying:
                await asyncio.wait(self._flying, return_when=asyncio.FIRST_COMPLETED)
            if self._recording:
                await self._recording

    def _is_due(self) -> bool:
        return self._again_at is not None and self._again_at <= self.now()

    async def _send(self, delivery: Delivery) -> None:
        await asyncio.sleep((delivery.not_before - self.now()).total_seconds())
        try:
            self._record(await self._caller.send(delivery))
        except DeliveryTakenOver:
            log.info("Delivery %s was taken over", delivery.id)
        except DatabaseUnavailable as trouble:  # while extending the lease: it ends, and somebody begins anew
            self.report(trouble.message)
        except Exception as error:
            await self._settle(delivery, error)

    async def _settle(self, delivery: Delivery, error: Exception) -> None:
        verdict = decide_on_error(delivery, error)
        if verdict.disposition is Disposition.RETRY_WITHOUT_BLOCKING:
            log.warning("Delivery %s (%s): %s", delivery.id, delivery.method, verdict.reason, exc_info=error)
        try:
            await self._conclude(delivery, verdict, error)
        except DatabaseUnavailable as trouble:  # the lease ends, and somebody begins anew
            self.report(trouble.message)
        self.wake()

    async def _conclude(self, delivery: Delivery, verdict: ErrorDecision, error: Exception) -> None:
        deliveries, now = self._deliveries, self.now()
        fate = verdict.disposition
        if fate in LONGEST_WAIT and now - delivery.first_attempt_at > KEEP_TRYING:
            fate = Disposition.GIVE_UP
        if fate is Disposition.PAUSE:
            self.report(f"Slack says {verdict.reason}: {verdict.method} is paused.")
            until = now + timedelta(seconds=verdict.seconds)
            await asyncio.to_thread(deliveries.pause, delivery, verdict.method, until)
        elif fate is Disposition.RETRY:
            await asyncio.to_thread(deliveries.retry_in_order, delivery, verdict.reason, now + _wait(delivery, fate))
        elif fate is Disposition.RETRY_WITHOUT_BLOCKING:
            due_at = now + _wait(delivery, fate)
            await asyncio.to_thread(deliveries.retry_without_blocking, delivery, verdict.reason, due_at, now)
        elif fate is Disposition.SEND_DIRECTLY:
            await asyncio.to_thread(deliveries.send_as_direct_message, delivery, verdict.reason, now)
        else:
            log.error("Delivery %s (%s) cannot be made: %s", delivery.id, delivery.method, verdict.reason)
            told = isinstance(error, NeverPosted)
            await asyncio.to_thread(deliveries.give_up, delivery, verdict.reason, now, told=told)
            self._on_dead()

    def _record(self, sent: SendResult) -> None:
        """Commit what was sent, all that landed meanwhile in one transaction."""
        self._sent.append(sent)
        if self._recording is None or self._recording.done():
            self._recording = asyncio.create_task(self._commit())

    async def _commit(self) -> None:
        while self._sent:
            batch = list(self._sent)
            try:
                woken = await asyncio.to_thread(self._deliveries.record_sent, batch, self.now())
            except Exception as trouble:
                if not isinstance(trouble, DatabaseUnavailable):
                    log.exception("What was sent could not be recorded yet")
                self.report("What was sent cannot be recorded yet; trying again.")
                await asyncio.sleep(1)
            else:
                del self._sent[: len(batch)]
                if woken:
                    self.wake()


def _wait(delivery: Delivery, fate: Disposition) -> timedelta:
    return timedelta(seconds=min(0.5 * 2 ** min(delivery.attempt, 16), LONGEST_WAIT[fate]))
