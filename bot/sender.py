"""Sends what the outbox holds: each delivery once, in the pace Slack allows, whatever dies on the way.

A lease is a promise about time: a call begins only while enough of it is left, so that a process which was stopped
and woke up later sends nothing that another has taken over. A delivery tried before may have worked although no
answer came: its id stands in the message's metadata, so Slack's own history says whether it is there.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.loop import Loop
from storage.outbox import LAST_ATTEMPT, POST, Deliveries, Delivery, Sent

log = logging.getLogger(__name__)

AT_ONCE = 32
CALL_SECONDS = 20  # the longest a call may take
MARGIN = timedelta(seconds=CALL_SECONDS + 5)  # of the lease that must be left when a call begins
EVENT_TYPE = "pmo_delivery"
TRANSIENT = {"internal_error", "fatal_error", "service_unavailable", "request_timeout", "team_added_to_org", "timeout"}


class Unsendable(Exception):
    """It will never work. The message says why."""


class Sender(Loop):
    """The only place that speaks to people in Slack by itself. `on_dead` is told what could not be said."""

    def __init__(
        self,
        client: AsyncWebClient,
        deliveries: Deliveries,
        owner: str,
        now: Callable[[], datetime],
        on_dead: Callable[[Delivery, str], Awaitable[None]],
    ) -> None:
        super().__init__(now)
        self._client = client
        self._deliveries = deliveries
        self._owner = owner
        self._on_dead = on_dead
        self._direct: dict[str, str] = {}  # user → their direct-message channel
        self._flying: set[asyncio.Task[None]] = set()
        self._sent: list[Sent] = []
        self._recording: asyncio.Task[None] | None = None

    async def turn(self) -> bool:
        room = AT_ONCE - len(self._flying)
        claimed = await asyncio.to_thread(self._deliveries.claim, self._owner, self.now(), room) if room > 0 else []
        for delivery in claimed:
            task = asyncio.create_task(self._send(delivery))
            self._flying.add(task)
            task.add_done_callback(self._landed)
        if len(self._flying) >= AT_ONCE:
            await asyncio.wait(self._flying, return_when=asyncio.FIRST_COMPLETED)
        return bool(claimed)

    async def next_due(self) -> datetime | None:
        return await asyncio.to_thread(self._deliveries.next_due)

    async def run(self) -> None:
        await super().run()
        if self._flying:
            await asyncio.wait(self._flying)
        if self._recording:
            await self._recording

    def _landed(self, task: asyncio.Task[None]) -> None:
        self._flying.discard(task)
        self.ring()

    async def _send(self, delivery: Delivery) -> None:
        if delivery.lease_until - self.now() < MARGIN:
            return  # no longer surely ours; whoever holds it now sends it
        try:
            sent = await _Call(self._client, self._direct, delivery).make()
        except SlackApiError as error:
            await self._refused(delivery, error)
        except Unsendable as error:
            await self._give_up(delivery, str(error))
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            await self._again(delivery, f"{type(error).__name__}: {error}")
        except Exception as error:
            log.exception("Delivery %s stumbled", delivery.id)
            await self._again(delivery, f"{type(error).__name__}: {error}")
        else:
            self._record(sent)

    def _record(self, sent: Sent) -> None:
        """Commit what was sent, all that landed meanwhile in one transaction."""
        self._sent.append(sent)
        if self._recording is None or self._recording.done():
            self._recording = asyncio.create_task(self._commit())

    async def _commit(self) -> None:
        while self._sent:
            batch, self._sent = self._sent, []
            try:
                await asyncio.to_thread(self._deliveries.done, batch, self._owner, self.now())
            except Exception:
                log.exception("What was sent could not be recorded yet; trying again")
                self._sent = batch + self._sent
                await asyncio.sleep(1)

    async def _refused(self, delivery: Delivery, error: SlackApiError) -> None:
        code = str(error.response.get("error") or error.response.status_code)
        if error.response.status_code == 429 or code in ("ratelimited", "rate_limited"):
            seconds = float(error.response.headers.get("Retry-After") or 1)
            until = self.now() + timedelta(seconds=seconds)
            await asyncio.to_thread(self._deliveries.pause, delivery.method, until)
            await asyncio.to_thread(self._deliveries.later, delivery, code, until, counts=False)
        elif error.response.status_code >= 500 or code in TRANSIENT:
            await self._again(delivery, code)
        else:
            await self._give_up(delivery, code)

    async def _again(self, delivery: Delivery, error: str) -> None:
        if delivery.attempt >= LAST_ATTEMPT:
            return await self._give_up(delivery, error)
        wait = timedelta(seconds=min(0.5 * 2**delivery.attempt, 300))
        await asyncio.to_thread(self._deliveries.later, delivery, error, self.now() + wait)
        return None

    async def _give_up(self, delivery: Delivery, error: str) -> None:
        log.error("Delivery %s (%s) cannot be made: %s", delivery.id, delivery.method, error)
        await asyncio.to_thread(self._deliveries.dead, delivery, error, self.now())
        await self._on_dead(delivery, error)


@dataclass(frozen=True, slots=True)
class _Call:
    """One call to Slack for one delivery."""

    client: AsyncWebClient
    direct: dict[str, str]
    delivery: Delivery

    async def make(self) -> Sent:
        method = self.delivery.method
        if method == POST:
            return await self._post()
        if method == "response_url":
            return await self._respond()
        arguments = dict(self.delivery.arguments)
        if method == "chat.update":
            if not self.delivery.target_ts:
                raise Unsendable("the message to edit was never posted")
            arguments |= {"channel": self.delivery.target_channel, "ts": self.delivery.target_ts}
        elif method == "views.publish":
            arguments["user_id"] = self.delivery.channel
        else:
            arguments["channel"] = await self._channel()
        answer = await self.client.api_call(method, json=arguments)
        return Sent(self.delivery.id, answer.get("channel"), answer.get("ts"))

    async def _post(self) -> Sent:
        channel, arguments = await self._channel(), dict(self.delivery.arguments)
        if self.delivery.target:
            if not self.delivery.target_ts:
                raise Unsendable("the message to answer was never posted")
            arguments["thread_ts"] = self.delivery.target_ts
        if self.delivery.attempt > 1:
            there = await self._posted_already(channel, arguments.get("thread_ts"))
            if there:
                return Sent(self.delivery.id, channel, there)
        arguments["metadata"] = {"event_type": EVENT_TYPE, "event_payload": {"id": self.delivery.id}}
        answer = await self.client.chat_postMessage(channel=channel, **arguments)
        return Sent(self.delivery.id, answer["channel"], answer["ts"])

    async def _channel(self) -> str:
        to = self.delivery.channel or ""
        if not to.startswith(("U", "W")):
            return to
        if to not in self.direct:
            opened = await self.client.conversations_open(users=to)
            self.direct[to] = opened["channel"]["id"]
        return self.direct[to]

    async def _posted_already(self, channel: str, thread_ts: str | None) -> str | None:
        """The ts of this delivery's message, when an earlier attempt got through although no answer came."""
        oldest = f"{self.delivery.first_attempt_at.timestamp() - 60:.6f}"  # clocks differ a little
        look: dict[str, Any] = {"channel": channel, "oldest": oldest, "include_all_metadata": True, "limit": 200}
        method = "conversations.history"
        if thread_ts:
            method, look["ts"] = "conversations.replies", thread_ts
        while True:
            page = await self.client.api_call(method, http_verb="GET", params=look)
            messages: list[dict[str, Any]] = page.get("messages") or []
            for message in messages:
                metadata = message.get("metadata") or {}
                if metadata.get("event_payload", {}).get("id") == self.delivery.id:
                    return str(message["ts"])
            look["cursor"] = (page.get("response_metadata") or {}).get("next_cursor")
            if not look["cursor"]:
                return None

    async def _respond(self) -> Sent:
        arguments = dict(self.delivery.arguments)
        url = arguments.pop("response_url")
        webhook = AsyncWebhookClient(url, session=self.client.session, timeout=CALL_SECONDS)
        webhook.proxy = self.client.proxy
        answer = await webhook.send_dict(arguments)
        if answer.status_code >= 500 or answer.status_code == 429:
            raise TimeoutError(f"response_url answered {answer.status_code}")
        if answer.status_code != 200 or answer.body not in ("ok", "", '{"ok":true}', '{"ok": true}'):
            raise Unsendable(f"response_url answered {answer.status_code} {answer.body[:100]}")
        return Sent(self.delivery.id, None, None)
