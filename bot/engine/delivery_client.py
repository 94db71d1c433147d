"""One delivery's calls to Slack, each of them fenced by the lease.

A process may be stopped at any moment and go on minutes later, when somebody else has sent what it held. So each call
begins only while enough of the lease is left, and the lease is extended only while the database says that the
delivery is still ours. What was tried before may have got through although no answer came: the delivery's id stands
in the message's metadata, and Slack's own history says whether it is there.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.engine.error_policy import NeverPosted, ResponseRefused
from storage.engine.claiming import Delivery
from storage.engine.deliveries import Deliveries, SendResult
from storage.engine.lease import Lease
from storage.engine.outbox import HOME, POST, RESPOND, STRAYS, UPDATE

EVENT_TYPE = "pmo_delivery"
CLOCKS_DIFFER = 300.0  # seconds by which our clock may be ahead of Slack's
STAYS = ("message_not_found", "cant_delete_message")  # somebody else deleted it, or the workspace lets nobody
SAID_OK = ("ok", "", '{"ok":true}', '{"ok": true}')


class DeliveryTakenOver(Exception):
    """Somebody else has taken the delivery over; nothing is sent here."""


class SlackDeliveryClient:
    """Makes the calls of deliveries. Holds what all of them share."""

    def __init__(
        self, client: AsyncWebClient, deliveries: Deliveries, lease: Lease, now: Callable[[], datetime]
    ) -> None:
        self.client = client
        self.deliveries = deliveries
        self.lease = lease
        self.now = now
        self.direct: dict[str, str] = {}  # user → their direct-message channel

    async def send(self, delivery: Delivery) -> SendResult:
        """Send it, or find that it was sent.

        Raises:
            NotOurs: and nothing was sent.
            Exception: what bot.engine.error_policy can judge.
        """
        return await _Calls(self, delivery).make()


class _Calls:
    def __init__(self, caller: SlackDeliveryClient, delivery: Delivery) -> None:
        self._caller = caller
        self._delivery = delivery

    async def make(self) -> SendResult:
        made = {
            POST: self._post,
            UPDATE: self._update,
            HOME: self._publish,
            RESPOND: self._respond,
            STRAYS: self._take_strays_away,
        }
        return await made.get(self._delivery.method, self._whisper)()

    async def _post(self) -> SendResult:
        delivery = self._delivery
        arguments = dict(delivery.arguments)
        if delivery.target:
            arguments["thread_ts"] = self._target_ts()
        if delivery.attempt > 1:  # an earlier attempt may have got through although no answer came
            since = delivery.first_attempt_at.timestamp()
            for place in await self._standing(delivery.id, arguments.get("thread_ts"), since):
                return SendResult(delivery, *place)
        arguments["metadata"] = {"event_type": EVENT_TYPE, "event_payload": {"id": delivery.id}}
        answer = await self._call(POST, arguments | {"channel": delivery.channel})
        return SendResult(delivery, answer["channel"], answer["ts"])

    async def _update(self) -> SendResult:
        place = {"channel": self._delivery.target_channel, "ts": self._target_ts()}
        # A field that is left out stays as it was: an edit without blocks has to say so.
        await self._call(UPDATE, {"blocks": []} | self._delivery.arguments | place)
        return SendResult(self._delivery)

    async def _take_strays_away(self) -> SendResult:
        """Delete what a process that had lost its lease posted besides the one message that counts."""
        delivery, look = self._delivery, self._delivery.arguments
        if delivery.target and delivery.target_ts:
            for channel, ts in await self._standing(delivery.target, look["thread_ts"], look["since"]):
                if ts != delivery.target_ts:
                    await self._delete(channel, ts)
        return SendResult(delivery)

    async def _delete(self, channel: str, ts: str) -> None:
        try:
            await self._call("chat.delete", {"channel": channel, "ts": ts})
        except SlackApiError as error:
            if error.response.get("error") not in STAYS:
                raise

    async def _publish(self) -> SendResult:
        await self._call(HOME, self._delivery.arguments | {"user_id": self._delivery.channel})
        return SendResult(self._delivery)

    async def _whisper(self) -> SendResult:
        await self._call(self._delivery.method, self._delivery.arguments | {"channel": self._delivery.channel})
        return SendResult(self._delivery)

    async def _respond(self) -> SendResult:
        arguments = dict(self._delivery.arguments)
        client = self._caller.client
        webhook = AsyncWebhookClient(arguments.pop("response_url"), session=client.session)
        webhook.proxy = client.proxy
        await self._fence()
        async with asyncio.timeout(self._caller.lease.call_seconds):
            answer = await webhook.send_dict(arguments)
        if answer.status_code != 200 or answer.body not in SAID_OK:
            retry_after = {name.lower(): value for name, value in answer.headers.items()}.get("retry-after")
            raise ResponseRefused(answer.status_code, answer.body, retry_after)
        return SendResult(self._delivery)

    def _target_ts(self) -> str:
        if not self._delivery.target_ts:
            raise NeverPosted("the message that it belongs to was never posted")
        return self._delivery.target_ts

    async def _standing(self, delivery: str, thread_ts: str | None, since: float) -> list[tuple[str, str]]:
        """Where in Slack messages of that delivery stand, as channel and ts; `since` in seconds since 1970."""
        channel = await self._channel()
        look = {
            "channel": channel,
            "oldest": f"{since - CLOCKS_DIFFER:.6f}",
            "include_all_metadata": True,
            "limit": 200,
        }
        method = "conversations.replies" if thread_ts else "conversations.history"
        cursor = {"ts": thread_ts} if thread_ts else {}
        found: list[tuple[str, str]] = []
        while True:
            try:
                page = await self._call(method, look | cursor, verb="GET")
            except SlackApiError as error:
                if error.response.get("error") == "thread_not_found":
                    return []  # nothing stands there; what posting there means, Slack says next
                raise
            for message in page.get("messages") or []:
                metadata = message.get("metadata") or {}
                if (metadata.get("event_payload") or {}).get("id") == delivery:
                    found.append((channel, str(message["ts"])))
            following = (page.get("response_metadata") or {}).get("next_cursor")
            if not following:
                return found
            cursor["cursor"] = following

    async def _channel(self) -> str:
        """The channel to look into. Posting takes a person's id as it is; looking does not."""
        to, direct = self._delivery.channel or "", self._caller.direct
        if not to.startswith(("U", "W")):
            return to
        if to not in direct:
            opened = await self._call("conversations.open", {"users": to})
            direct[to] = opened["channel"]["id"]
        return direct[to]

    async def _call(self, method: str, arguments: dict[str, Any], *, verb: str = "POST") -> dict[str, Any]:
        await self._fence()
        given = {"params": arguments} if verb == "GET" else {"json": arguments}
        async with asyncio.timeout(self._caller.lease.call_seconds):
            answer = await self._caller.client.api_call(method, http_verb=verb, **given)
        return dict(answer.data) if isinstance(answer.data, dict) else {}

    async def _fence(self) -> None:
        """Return when a call that begins now surely ends within the lease.

        Raises:
            NotOurs: the lease has passed to somebody else.
        """
        caller = self._caller
        while not caller.lease.allows_call(self._delivery.lease_until, caller.now()):
            extended = await asyncio.to_thread(caller.deliveries.extend_lease, self._delivery, caller.now())
            if extended is None:
                raise DeliveryTakenOver(self._delivery.id)
            self._delivery = extended
