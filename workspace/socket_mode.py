"""Socket Mode: the app's WebSockets, envelopes, acknowledgements and retries."""

import asyncio
import json
import uuid
from collections import deque
from collections.abc import Callable
from typing import Any

from aiohttp import WSMsgType, web

from workspace.deliveries import AppDelivery, DeliveryLog
from workspace.errors import NoAppResponse
from workspace.json_text import parse_json
from workspace.options import Options
from workspace.records import Json

CONNECTIONS_AT_MOST = 10
DROPS_AT_MOST = 10
DRAIN_SECONDS = 10.0
RECONNECT_SECONDS = 3.0
ENVELOPES_KEPT = 50_000


class Connection:
    """One WebSocket of the app: its unacknowledged envelopes, and a queue so that sending never blocks."""

    def __init__(self, socket: web.WebSocketResponse, transport: asyncio.Transport | None) -> None:
        self.socket = socket
        self._transport = transport
        self.pending: dict[str, AppDelivery] = {}
        self.draining = False
        self.queue: asyncio.Queue[str] = asyncio.Queue()

    def send(self, frame: Json) -> None:
        self.queue.put_nowait(json.dumps(frame, ensure_ascii=False))

    def cut(self) -> None:
        """Cut the connection as a bad network does, without a close frame."""
        self.draining = True
        if self._transport:
            self._transport.abort()

    async def write(self) -> None:
        try:
            while True:
                await self.socket.send_str(await self.queue.get())
        except ConnectionError:
            return


class SocketMode:
    """Sends each envelope on one live connection, round-robin, and sends it again if it isn't acknowledged."""

    def __init__(self, options: Options, log: DeliveryLog, app_id: str, app_name: str) -> None:
        self._options = options
        self._log = log
        self._app_id = app_id
        self._app_name = app_name
        self._connections: list[Connection] = []
        self._turn = 0
        self._waiting: deque[AppDelivery] = deque()
        self._lost_at = -RECONNECT_SECONDS
        self._envelopes: dict[str, AppDelivery] = {}
        self._tickets: set[str] = set()
        self.on_change: Callable[[bool], None] = lambda connected: None

    @property
    def connected(self) -> bool:
        return bool(self._live)

    @property
    def _live(self) -> list[Connection]:
        """The connections that aren't about to be closed."""
        return [connection for connection in self._connections if not connection.draining]

    @property
    def connection_count(self) -> int:
        return len(self._connections)

    def new_ticket(self) -> str:
        ticket = str(uuid.uuid4())
        self._tickets.add(ticket)
        return ticket

    def redeem_ticket(self, ticket: str) -> bool:
        # A socket URL is good for one connection, as in Slack: a client that reconnects with an old URL must be
        # refused, so that it asks for a new one.
        known = ticket in self._tickets
        self._tickets.discard(ticket)
        return known

    def send_event(self, payload: Json) -> None:
        self._dispatch(self._log.start_delivery("events_api", payload, payload["event_id"], answered=False))

    async def send_request(self, kind: str, payload: Json) -> Any:
        delivery = self._log.start_delivery(kind, payload, str(uuid.uuid4()), answered=True)
        assert delivery.answer is not None  # noqa: S101  started with answered=True
        self._dispatch(delivery)
        # A command or interaction that times out isn't sent again: its trigger has expired, and the person has seen
        # the error. `shield` keeps the future usable, so that the delivery can be closed with the reason.
        try:
            return await asyncio.wait_for(asyncio.shield(delivery.answer), self._options.ack_seconds)
        except TimeoutError:
            problem = NoAppResponse("operation_timeout", f"{self._app_name} didn't respond in time. Try again.")
            delivery.answer.cancel()
            delivery.give_up(problem)
            raise problem from None

    def _dispatch(self, delivery: AppDelivery) -> None:
        # Slack spreads envelopes over all of the app's connections and promises no order. Taking the connections in
        # turn shows up an app that relies on one.
        live = self._live
        if live:
            self._turn += 1
            self._send_envelope(live[self._turn % len(live)], delivery)
        elif delivery.answer is None or self._is_reconnecting():
            self._hold_until_connected(delivery)
        else:
            message = f"{self._app_name} isn't connected. Start the app and try again."
            delivery.give_up(NoAppResponse("app_offline", message))

    def _is_reconnecting(self) -> bool:
        """Whether the app lost its connection so recently that it may be about to open a new one."""
        return asyncio.get_running_loop().time() - self._lost_at < RECONNECT_SECONDS

    def _hold_until_connected(self, delivery: AppDelivery) -> None:
        # Events wait here while the app is away. The queue is bounded, and the oldest event is dropped first, so an
        # app that never comes back doesn't fill the memory.
        self._waiting.append(delivery)
        if len(self._waiting) > self._options.waiting_events:
            self._waiting.popleft().give_up()

    def _send_envelope(self, connection: Connection, delivery: AppDelivery) -> None:
        # Every attempt has its own envelope_id, but the same payload and event_id. A late acknowledgement of an
        # earlier attempt still counts, so the delivery is found by any of its envelope ids.
        envelope_id = str(uuid.uuid4())
        connection.pending[envelope_id] = delivery
        self._envelopes[envelope_id] = delivery
        if len(self._envelopes) > ENVELOPES_KEPT:
            del self._envelopes[next(iter(self._envelopes))]
        connection.send(
            {
                "envelope_id": envelope_id,
                "type": delivery.kind,
                "payload": delivery.payload,
                "accepts_response_payload": delivery.kind != "events_api",
                "retry_attempt": delivery.attempts,
                "retry_reason": delivery.retry_reason,
            }
        )
        delivery.record_attempt()
        if delivery.answer is None:
            wait = self._options.ack_seconds
            delivery.timer = asyncio.get_running_loop().call_later(wait, self._on_ack_timeout, connection, envelope_id)

    def _on_ack_timeout(self, connection: Connection, envelope_id: str) -> None:
        delivery = connection.pending.pop(envelope_id, None)
        if delivery is None or delivery.is_done:
            return
        self._schedule_retry(delivery, "timeout")

    def _schedule_retry(self, delivery: AppDelivery, reason: str) -> None:
        # Envelopes lost with a cut connection don't use up the retries: the app never had the chance to acknowledge
        # them. `_redeliver_pending` counts those as drops and has a limit of its own.
        retries = delivery.attempts - 1 - delivery.drops
        if retries >= len(self._options.retry_seconds):
            delivery.give_up()
            return
        delivery.retry_reason = reason
        wait = self._options.retry_seconds[retries]
        delivery.timer = asyncio.get_running_loop().call_later(wait, self._dispatch, delivery)

    def _redeliver_pending(self, connection: Connection) -> None:
        # The app may have received these envelopes and handled them before the connection broke, but nobody can know.
        # They are sent again at once on another connection, so the app must recognize an event by its event_id.
        for envelope_id, delivery in list(connection.pending.items()):
            self._envelopes.pop(envelope_id, None)
            if delivery.is_done:
                continue
            delivery.stop_timer()
            delivery.drops += 1
            delivery.retry_reason = "connection_failed"
            if delivery.drops <= DROPS_AT_MOST:
                self._dispatch(delivery)
            else:
                delivery.give_up()

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        """Serve one connection of the app, from the hello frame until it closes."""
        socket = web.WebSocketResponse(heartbeat=30)
        await socket.prepare(request)
        if len(self._live) >= CONNECTIONS_AT_MOST:
            await socket.send_json({"type": "disconnect", "reason": "too_many_websockets", "debug_info": {}})
            await socket.close()
            return socket
        connection = Connection(socket, request.transport)
        writer = asyncio.create_task(connection.write())
        self._connections.append(connection)
        connection.send(self._build_hello())
        self._notify_change()
        waiting, self._waiting = self._waiting, deque()
        for delivery in waiting:
            if not delivery.is_done:
                self._dispatch(delivery)
        try:
            await self._read_frames(connection)
        finally:
            self._connections.remove(connection)
            self._lost_at = asyncio.get_running_loop().time()
            writer.cancel()
            self._redeliver_pending(connection)
            self._notify_change()
        return socket

    def _build_hello(self) -> Json:
        return {
            "type": "hello",
            "num_connections": len(self._live),
            "debug_info": {"host": "local", "build_number": 1, "approximate_connection_time": 18_060},
            "connection_info": {"app_id": self._app_id},
        }

    async def _read_frames(self, connection: Connection) -> None:
        async for message in connection.socket:
            if message.type == WSMsgType.TEXT:
                self._handle_frame(connection, message.data)
            elif message.type == WSMsgType.ERROR:
                return

    def _handle_frame(self, connection: Connection, text: str) -> None:
        try:
            frame = parse_json(text)
        except ValueError:
            return
        if not isinstance(frame, dict):
            return
        envelope_id = str(frame.get("envelope_id"))
        connection.pending.pop(envelope_id, None)
        delivery = self._envelopes.pop(envelope_id, None)
        if delivery:
            delivery.acknowledge(frame.get("payload"))

    def _notify_change(self) -> None:
        self._log.notify_watchers()
        self.on_change(self.connected)

    async def refresh(self, reason: str = "refresh_requested") -> None:
        """Ask the app to reconnect every socket. The old ones get no more envelopes and are closed after a while."""
        for connection in list(self._connections):
            # The app may still be handling envelopes from this socket. It has DRAIN_SECONDS to acknowledge them there
            # before the socket is closed.
            connection.draining = True
            self._lost_at = asyncio.get_running_loop().time()
            connection.send({"type": "disconnect", "reason": reason, "debug_info": {"host": "local"}})
            asyncio.get_running_loop().call_later(DRAIN_SECONDS, _close_soon, connection)
        self._notify_change()

    def drop(self, count: int | None = None) -> int:
        """Cut this many connections, or all of them. Returns how many were cut."""
        victims = self._connections[:count]
        for connection in victims:
            connection.cut()
        return len(victims)

    async def close(self) -> None:
        for delivery in self._envelopes.values():
            delivery.stop_timer()
        for connection in list(self._connections):
            await connection.socket.close()


def _close_soon(connection: Connection) -> None:
    task = asyncio.ensure_future(connection.socket.close())
    task.add_done_callback(lambda done: done.exception())
