"""Makes a delivery's calls to Slack, each of them fenced by the lease.

A process may be stopped at any moment and continue minutes later, when another process has sent what it held. So each
call begins only while enough of the lease is left, and the lease is extended only while the database says that the
delivery is still ours. An earlier attempt may have got through although no answer came: the delivery's id is in the
message's metadata, so Slack's own history shows whether it's there.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.engine.error_policy import NeverPosted, ResponseRefused, refuses_for_good, rejects_layout
from bot.engine.refusals import METADATA_REFUSED, THREAD_REFUSED
from bot.engine.slack_methods import (
    DELETE_MESSAGE,
    OPEN_DIRECT_MESSAGE,
    POST_EPHEMERAL,
    POST_MESSAGE,
    PUBLISH_VIEW,
    READ_CHANNEL,
    READ_THREAD,
    UPDATE_MESSAGE,
)
from foundation.memo import Memo
from handlers.slack.blocks.notes import add_note
from handlers.slack.blocks.simpler import SimplerMessages, build_text_view
from handlers.slack.errors import choose_log_level, read_cause, read_error_code, read_problems
from storage.engine.claiming import LOOK_FOR, Delivery
from storage.engine.deliveries import Deliveries, SendResult
from storage.engine.delivery_kinds import DeliveryKind
from storage.engine.lease import Lease

log = logging.getLogger(__name__)

EVENT_TYPE = "pmo_delivery"
NO_BLOCKS: dict[str, Any] = {"blocks": []}  # Slack may leave a field of an edit as it was if it isn't named
ALWAYS_BLIND = 5  # attempts that may post without a look; of the later ones only the 8th, the 16th, the 32nd …
MAY_BE_DOUBLE = "Slack didn't confirm my first attempt to send this, so you may see it twice."
MOST_LOOKED_FOR = 10_000  # deliveries at a time
CLOCKS_DIFFER = 300.0  # seconds by which our clock may be ahead of Slack's
CANNOT_DELETE = ("message_not_found", "cant_delete_message")  # it's gone already, or the workspace allows nobody to
ACCEPTED = ("ok", "", '{"ok":true}', '{"ok": true}')


class DeliveryTakenOver(Exception):
    """Another process has taken the delivery over; nothing is sent here."""


class SlackDeliveryClient:
    """Sends deliveries. Holds what all of them share. `steady` is a clock in seconds that nobody can set."""

    def __init__(
        self,
        client: AsyncWebClient,
        deliveries: Deliveries,
        lease: Lease,
        now: Callable[[], datetime],
        steady: Callable[[], float] = time.monotonic,
    ) -> None:
        self.client = client
        self.deliveries = deliveries
        self.lease = lease
        self.now = now
        self.steady = steady
        self.failed_looks: Memo[str, float] = Memo(MOST_LOOKED_FOR)  # by delivery: when the first one failed
        self.direct_channels: dict[str, str] = {}  # user → the channel of their direct messages

    async def send(self, delivery: Delivery) -> SendResult:
        """Send it, or find that it was sent.

        Raises:
            DeliveryTakenOver: nothing was sent.
            Exception: what bot.engine.error_policy can decide on.
        """
        return await SENDERS[delivery.kind](_Calls(self, delivery))


class _Calls:
    """The calls of one delivery; each extends the lease when it needs to."""

    def __init__(self, shared: SlackDeliveryClient, delivery: Delivery) -> None:
        self._shared = shared
        self._delivery = delivery

    async def post(self) -> SendResult:
        delivery = self._delivery
        arguments = dict(delivery.arguments)
        if delivery.target:
            arguments["thread_ts"] = self._target_ts()
        # From the second attempt on, look before posting: the first may have got through without an answer. A search
        # that finds the id costs a call; a message that is posted twice can't be taken back from those who read it.
        if delivery.is_repeated:
            try:
                found = await self._find_messages(arguments.get("thread_ts"))
            except SlackApiError as error:
                if not self._posts_without_look(error):
                    raise
                found, arguments = [], add_note(arguments, MAY_BE_DOUBLE)
            if found:
                await self._bring_up_to_date(*found[0])
                return SendResult(delivery, *found[0])
        arguments["metadata"] = {"event_type": EVENT_TYPE, "event_payload": {"id": delivery.id}}
        # A reply goes where its message is: that may have become a direct message.
        arguments["channel"] = delivery.target_channel or delivery.channel
        answer = await self._call_or_simplify(POST_MESSAGE, arguments)
        return SendResult(delivery, answer["channel"], answer["ts"])

    async def edit(self) -> SendResult:
        place = {"channel": self._delivery.target_channel, "ts": self._target_ts()}
        await self._call_or_simplify(UPDATE_MESSAGE, NO_BLOCKS | self._delivery.arguments | place)
        return SendResult(self._delivery)

    async def remove_duplicates(self) -> SendResult:
        """Delete the extra messages of a process that had lost its lease; the recorded one stays."""
        delivery, search = self._delivery, self._delivery.arguments
        if delivery.target and delivery.target_ts:
            for channel, ts in await self._search(delivery.target, search.get("thread_ts"), search["since"]):
                if ts != delivery.target_ts:
                    await self._delete_message(channel, ts)
        return SendResult(delivery)

    async def publish_home(self) -> SendResult:
        person, view = {"user_id": self._delivery.channel}, self._delivery.arguments["view"]
        versions = SimplerMessages({"blocks": view["blocks"]})
        while True:
            try:
                await self._call(PUBLISH_VIEW, {"view": view} | person)
            except SlackApiError as error:
                simpler = self._find_simpler(versions, error)
                if simpler is None:
                    raise
                view = dict(view) | {"blocks": simpler["blocks"]} if "blocks" in simpler else build_text_view(view)
            else:
                return SendResult(self._delivery)

    async def post_ephemeral(self) -> SendResult:
        await self._call_or_simplify(POST_EPHEMERAL, self._delivery.arguments | {"channel": self._delivery.channel})
        return SendResult(self._delivery)

    async def respond(self) -> SendResult:
        arguments: Mapping[str, Any] = self._delivery.arguments
        versions = SimplerMessages(arguments)
        while True:
            try:
                return await self._send_to_url(dict(arguments))
            except ResponseRefused as error:
                simpler = self._find_simpler(versions, error)
                if simpler is None:
                    raise
                arguments = simpler

    async def _send_to_url(self, arguments: dict[str, Any]) -> SendResult:
        client = self._shared.client
        webhook = AsyncWebhookClient(arguments.pop("response_url"), session=client.session)
        webhook.proxy = client.proxy
        # Named in every reply: what a server takes it for when it's missing isn't the same everywhere.
        arguments = {"response_type": "ephemeral"} | arguments
        await self._ensure_lease()
        async with asyncio.timeout(self._shared.lease.call_seconds):
            answer = await webhook.send_dict(arguments)
        if answer.status_code != 200 or answer.body not in ACCEPTED:
            retry_after = {name.lower(): value for name, value in answer.headers.items()}.get("retry-after")
            raise ResponseRefused(answer.status_code, answer.body, retry_after)
        return SendResult(self._delivery)

    async def _delete_message(self, channel: str, ts: str) -> None:
        try:
            await self._call(DELETE_MESSAGE, {"channel": channel, "ts": ts})
        except SlackApiError as error:
            if read_error_code(error) not in CANNOT_DELETE:
                raise

    def _target_ts(self) -> str:
        if not self._delivery.target_ts:
            raise NeverPosted("the message it belongs to was never posted")
        return self._delivery.target_ts

    async def _find_messages(self, thread_ts: str | None) -> list[tuple[str, str]]:
        """Where an earlier attempt has posted this delivery's message."""
        since = self._delivery.search_from or self._delivery.first_attempt_at
        return await self._search(self._delivery.id, thread_ts, since.timestamp())

    async def _bring_up_to_date(self, channel: str, ts: str) -> None:
        """Edit a message that was sent before the database was restored: it may show what was lost."""
        if self._delivery.may_be_outdated:
            content = {name: value for name, value in self._delivery.arguments.items() if name != "thread_ts"}
            try:
                await self._call_or_simplify(UPDATE_MESSAGE, NO_BLOCKS | content | {"channel": channel, "ts": ts})
            except SlackApiError as error:
                if not refuses_for_good(error):
                    raise

    def _posts_without_look(self, error: SlackApiError) -> bool:
        """Whether to post although nobody can say if an earlier attempt got through."""
        # An answer that comes twice does less harm than none. So it is posted if Slack will never let us look, or
        # couldn't for a while. Each such attempt may add a message if answers keep getting lost, so they become rare.
        # How long, a clock says that nobody can set: one that is set forward during an outage would double everything.
        delivery, steady = self._delivery, self._shared.steady
        failing_for = steady() - self._shared.failed_looks.get(delivery.id, steady)
        log.log(choose_log_level(error), "Can't look for delivery %s (%s)", delivery.id, read_cause(error))
        is_turn = delivery.attempt <= ALWAYS_BLIND or delivery.attempt.bit_count() == 1
        return is_turn and (refuses_for_good(error) or failing_for >= LOOK_FOR.total_seconds())

    async def _search(self, delivery: str, thread_ts: str | None, since: float) -> list[tuple[str, str]]:
        """Channel and ts of every message in Slack that carries this delivery's id; `since` in Unix seconds."""
        channel = await self._find_channel()
        # `oldest` bounds the search by the first attempt. Our clock may be ahead of Slack's, which would hide the very
        # message that is looked for, so the search begins a little earlier.
        search = {
            "channel": channel,
            "oldest": f"{since - CLOCKS_DIFFER:.6f}",
            "include_all_metadata": True,
            "limit": 200,
        }
        method = READ_THREAD if thread_ts else READ_CHANNEL
        cursor = {"ts": thread_ts} if thread_ts else {}
        found: list[tuple[str, str]] = []
        while True:
            try:
                page = await self._call(method, search | cursor, verb="GET")
            except SlackApiError as error:
                if read_error_code(error) == "thread_not_found":
                    return []  # nothing was posted there; the post itself will show what that means
                raise
            for message in page.get("messages") or []:
                metadata = message.get("metadata") or {}
                if (metadata.get("event_payload") or {}).get("id") == delivery:
                    found.append((channel, str(message["ts"])))
            following = (page.get("response_metadata") or {}).get("next_cursor")
            if not following:
                return found
            cursor["cursor"] = following

    async def _find_channel(self) -> str:
        """The channel to search. Posting accepts a person's id, reading the history doesn't."""
        recipient = self._delivery.target_channel or self._delivery.channel or ""
        known = self._shared.direct_channels
        if not recipient.startswith(("U", "W")):
            return recipient
        if recipient not in known:
            opened = await self._call(OPEN_DIRECT_MESSAGE, {"users": recipient})
            known[recipient] = opened["channel"]["id"]
        return known[recipient]

    async def _call_or_simplify(self, method: str, arguments: dict[str, Any]) -> dict[str, Any]:
        """Send a message; as long as Slack refuses how it looks, in simpler and simpler forms."""
        # Each refusal says that nothing was posted, so no version can double another.
        versions = SimplerMessages(arguments)
        while True:
            try:
                return await self._call(method, arguments)
            except SlackApiError as error:
                code = read_error_code(error)
                dropped = _find_refused_argument(code, arguments, self._delivery)
                if dropped:
                    arguments = {name: value for name, value in arguments.items() if name != dropped}
                    versions = SimplerMessages(arguments)
                    continue
                simpler = self._find_simpler(versions, error)
                if simpler is None:
                    raise
                arguments = (NO_BLOCKS if method == UPDATE_MESSAGE else {}) | simpler

    def _find_simpler(self, versions: SimplerMessages, error: SlackApiError | ResponseRefused) -> dict[str, Any] | None:
        problems = [] if isinstance(error, ResponseRefused) else read_problems(error)
        simpler = versions.find_next(problems) if rejects_layout(error) else None
        if simpler:
            cause = error if isinstance(error, ResponseRefused) else read_cause(error)
            log.warning("Slack refused delivery %s (%s); trying a simpler form", self._delivery.id, cause)
        return simpler

    async def _call(self, method: str, arguments: dict[str, Any], *, verb: str = "POST") -> dict[str, Any]:
        await self._ensure_lease()
        given = {"params": arguments} if verb == "GET" else {"json": arguments}
        async with asyncio.timeout(self._shared.lease.call_seconds):
            answer = await self._shared.client.api_call(method, http_verb=verb, **given)
        return dict(answer.data) if isinstance(answer.data, dict) else {}

    async def _ensure_lease(self) -> None:
        """Return when a call that begins now is sure to end within the lease.

        Raises:
            DeliveryTakenOver: another process holds it now.
        """
        # In a loop, because the process may be stopped between extending the lease and looking at the clock. It may
        # still be stopped between that look and the call; storage.engine.duplicates repairs what goes wrong then.
        shared = self._shared
        while not self._is_lease_long_enough(shared.now()):
            extended = await asyncio.to_thread(shared.deliveries.extend_lease, self._delivery, shared.now())
            if extended is None:
                raise DeliveryTakenOver(self._delivery.id)
            self._delivery = extended

    def _is_lease_long_enough(self, now: datetime) -> bool:
        # After the clock was set back, only the database knows when the lease ends; see storage.engine.clock_changes.
        lease, until = self._shared.lease, self._delivery.lease_until
        return lease.allows_call(until, now) and lease.can_end_at(until, now)


def _find_refused_argument(code: str, arguments: Mapping[str, Any], delivery: Delivery) -> str | None:
    """The argument without which the message would do, if it is what Slack refuses."""
    # Without metadata a repeat can't find the message. That is better than no message.
    if code in METADATA_REFUSED and "metadata" in arguments:
        return "metadata"
    # Where everybody can read the thread anyway, the message may stand outside it. An answer in a channel rather goes
    # to the asker alone.
    is_for_readers = delivery.person is None or str(delivery.channel).startswith(("D", "U", "W"))
    return "thread_ts" if code in THREAD_REFUSED and is_for_readers and "thread_ts" in arguments else None


SENDERS: Mapping[DeliveryKind, Callable[[_Calls], Awaitable[SendResult]]] = {
    DeliveryKind.POST: _Calls.post,
    DeliveryKind.EDIT: _Calls.edit,
    DeliveryKind.EPHEMERAL: _Calls.post_ephemeral,
    DeliveryKind.RESPOND: _Calls.respond,
    DeliveryKind.HOME: _Calls.publish_home,
    DeliveryKind.REMOVE_DUPLICATES: _Calls.remove_duplicates,
}
