"""Sends what is in the outbox: each delivery once, in order and within Slack's limits, even if processes die."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from contextvars import Context
from datetime import datetime, timedelta
from functools import partial

from slack_sdk.errors import SlackApiError

from bot.engine.delivery_client import DeliveryTakenOver, SlackDeliveryClient
from bot.engine.direct_messages import build_instead_message, can_be_mended
from bot.engine.error_policy import Disposition, ErrorDecision, NeverPosted, ResponseRefused, decide_on_error
from bot.engine.loop import Loop
from bot.engine.refusals import MESSAGE_GONE
from foundation import telemetry
from foundation.tracing import follow_arrival
from handlers.slack.errors import is_outage
from storage.db_errors import DatabaseUnavailable
from storage.engine.claiming import Delivery
from storage.engine.deliveries import Deliveries, SendResult
from storage.engine.rate_limits import EVERYTHING

log = logging.getLogger(__name__)

CALL_SECONDS = 20  # the longest that any call may take
MAX_IN_FLIGHT = 48
DRAIN_SECONDS = 4.0
LONGEST_CLAIM_AHEAD = 1.0  # seconds
KEEP_TRYING = timedelta(days=3)  # long enough to survive a weekend without network
RETRIED = (Disposition.RETRY, Disposition.RETRY_WITHOUT_BLOCKING)
OUTCOMES: Mapping[Disposition, str] = {
    Disposition.RETRY: "retried",
    Disposition.RETRY_WITHOUT_BLOCKING: "retried",
    Disposition.PAUSE: "refused",
    Disposition.SEND_DIRECTLY: "sent_directly",
    Disposition.GIVE_UP: "dead",
}
LONGEST_WAIT = 25.0  # seconds while Slack is in trouble: everything is to be seen within 30 s of its return
LONGEST_WAIT_AFTER_DEFECT = 300.0


WHAT_TO_DO = "Reinstall the app, set the new SLACK_BOT_TOKEN, and restart the bot; “pmo doctor” checks it."


class Sender(Loop):
    """Sends every delivery. `on_dead` is called when a failure has to be reported."""

    interval = 0.04  # seconds; while much is to be sent, one claim takes several

    def __init__(
        self,
        client: SlackDeliveryClient,
        deliveries: Deliveries,
        owner: str,
        now: Callable[[], datetime],
        on_dead: Callable[[], None],
    ) -> None:
        super().__init__(now)
        self._client = client
        self._deliveries = deliveries
        self._owner = owner
        self._on_dead = on_dead
        self._check_again_at: datetime | None = None
        self._in_flight: dict[asyncio.Task[None], Delivery] = {}
        self._sent: list[SendResult] = []
        self._recording: asyncio.Task[None] | None = None
        self._token_problem = ""  # the one in the log; said once, not every minute

    async def run_once(self) -> bool:
        await self._keep_leases()
        room = MAX_IN_FLIGHT - len(self._in_flight)
        if room <= 0:
            await asyncio.wait(self._in_flight, return_when=asyncio.FIRST_COMPLETED)
            return True
        claimed = await asyncio.to_thread(
            self._deliveries.claim, self._owner, self.now(), room, include_bulk=not self.is_stopping
        )
        self._check_again_at = claimed.check_again_at
        for delivery in claimed.deliveries:
            task = asyncio.create_task(self._follow(delivery))
            self._in_flight[task] = delivery
            task.add_done_callback(lambda done: self._in_flight.pop(done, None))
        return len(claimed.deliveries) == room

    async def _keep_leases(self) -> None:
        """Extend the leases that end while we are at work on them, as all do when the clock is set forward."""
        # Otherwise the claim below would give us the same deliveries once more, and they would be sent twice.
        now = self.now()
        for task, delivery in list(self._in_flight.items()):
            if delivery.lease_until <= now:
                extended = await asyncio.to_thread(self._deliveries.extend_lease, delivery, now)
                if extended and task in self._in_flight:
                    self._in_flight[task] = extended

    async def find_next_due(self) -> datetime | None:
        return self._check_again_at

    async def run(self) -> None:
        await super().run()
        # Draining has a time limit because whoever stops the process has one, too. Nothing is lost when it is cut
        # short: what was in flight is still leased, and the next attempt looks in Slack before it posts.
        try:
            async with asyncio.timeout(DRAIN_SECONDS):
                await self._drain()
        except TimeoutError:
            log.warning("%s calls to Slack didn't end in time; the next start completes them", len(self._in_flight))
        except DatabaseUnavailable as error:
            self.report(error.message)
        for task in [*self._in_flight, *([self._recording] if self._recording else [])]:
            task.cancel()

    async def _drain(self) -> None:
        """Send what somebody is waiting for, and complete the calls in flight."""
        while await self.run_once() or self._in_flight or self._sent or self._is_due():
            if self._in_flight:
                await asyncio.wait(self._in_flight, return_when=asyncio.FIRST_COMPLETED)
            if self._recording:
                await self._recording

    def _is_due(self) -> bool:
        return self._check_again_at is not None and self._check_again_at <= self.now()

    async def _follow(self, delivery: Delivery) -> None:
        with follow_arrival(delivery.arrival or ""):
            await self._send(delivery)

    async def _send(self, delivery: Delivery) -> None:
        wait = (delivery.not_before - self.now()).total_seconds()
        await asyncio.sleep(min(wait, LONGEST_CLAIM_AHEAD))  # the clock may have been set back since the claim
        try:
            self._record(await self._client.send(delivery))
        except DeliveryTakenOver:
            log.info("Delivery %s was taken over by another process", delivery.id)
        except DatabaseUnavailable as error:
            self._wait_for_lease_end(error)
        except Exception as error:
            await self._handle_error(delivery, error)

    def _wait_for_lease_end(self, error: DatabaseUnavailable) -> None:
        # Nothing can be recorded now, and nothing needs to be: when the lease ends, the delivery is due again.
        self.report(error.message)

    async def _handle_error(self, delivery: Delivery, error: Exception) -> None:
        decision = decide_on_error(delivery, error)
        if decision.disposition is Disposition.RETRY_WITHOUT_BLOCKING and delivery.attempt.bit_count() == 1:
            defect = None if isinstance(error, SlackApiError) else error
            log.warning("Delivery %s (%s) failed: %s", delivery.id, delivery.kind, decision.reason, exc_info=defect)
        try:
            await self._record_failure(delivery, decision, error)
        except DatabaseUnavailable as unavailable:
            self._wait_for_lease_end(unavailable)
        self.wake()

    async def _record_failure(self, delivery: Delivery, decision: ErrorDecision, error: Exception) -> None:
        deliveries, now, reason = self._deliveries, self.now(), decision.reason
        disposition = decision.disposition
        if disposition in RETRIED and now - delivery.first_attempt_at > KEEP_TRYING:
            disposition = Disposition.GIVE_UP
        telemetry.count_send(OUTCOMES[disposition])
        if disposition is Disposition.PAUSE:
            self._report_pause(decision)
            until = now + timedelta(seconds=decision.seconds)
            await asyncio.to_thread(deliveries.pause, delivery, decision.paused, until)
        elif disposition is Disposition.RETRY:
            await asyncio.to_thread(deliveries.retry_in_order, delivery, reason, now + _get_wait(delivery, error))
        elif disposition is Disposition.RETRY_WITHOUT_BLOCKING:
            due_at = now + _get_wait(delivery, error)
            await asyncio.to_thread(deliveries.retry_without_blocking, delivery, reason, due_at, now)
        elif disposition is Disposition.SEND_DIRECTLY:
            log.warning("Delivery %s (%s) goes to its person directly: %s", delivery.id, delivery.kind, reason)
            message, reports = build_instead_message(delivery, reason), can_be_mended(delivery, reason)
            send = partial(deliveries.send_as_direct_message, reports=reports)
            await asyncio.to_thread(send, delivery, message, reason, now)
            if reports:
                self._on_dead()
        else:
            log.error("Delivery %s (%s) failed permanently: %s", delivery.id, delivery.kind, reason)
            is_reported = isinstance(error, NeverPosted) or reason in MESSAGE_GONE
            await asyncio.to_thread(deliveries.give_up, delivery, reason, now, is_reported=is_reported)
            self._on_dead()

    def _report_pause(self, decision: ErrorDecision) -> None:
        telemetry.count_pause(decision.paused)
        if decision.paused != EVERYTHING:
            self.report(f"Slack answered {decision.reason}: {decision.paused} is paused for {decision.seconds:g} s.")
        elif decision.reason != self._token_problem:
            self._token_problem = decision.reason
            log.error("Slack doesn't accept the bot token (%s), so nothing is sent. %s", decision.reason, WHAT_TO_DO)

    def _record(self, result: SendResult) -> None:
        """Commit what was sent; everything that lands meanwhile shares the next transaction."""
        self._token_problem = ""
        telemetry.count_send("sent")
        delivery = result.delivery
        log.info("Sent delivery %s (%s), attempt %s", delivery.id, delivery.kind, delivery.attempt)
        self._sent.append(result)
        if self._recording is None or self._recording.done():
            # In a context of its own: its log lines aren't about this delivery alone.
            self._recording = asyncio.create_task(self._record_all(), context=Context())

    async def _record_all(self) -> None:
        while self._sent:
            batch = list(self._sent)
            try:
                woken = await asyncio.to_thread(self._deliveries.record_sent, batch, self.now())
            except Exception as error:
                # The batch stays in the list until it is committed. It's in Slack already: dropping it here would cost
                # a search of the history at best.
                if not isinstance(error, DatabaseUnavailable):
                    log.exception("Sent messages could not be recorded yet")
                self.report("Sent messages could not be recorded yet; retrying.")
                await asyncio.sleep(1)
            else:
                del self._sent[: len(batch)]
                if woken:
                    self.wake()


def _get_wait(delivery: Delivery, error: Exception) -> timedelta:
    is_slacks = isinstance(error, SlackApiError | ResponseRefused) or is_outage(error)
    longest = LONGEST_WAIT if is_slacks else LONGEST_WAIT_AFTER_DEFECT
    return timedelta(seconds=min(0.5 * 2 ** min(delivery.attempt, 16), longest))
