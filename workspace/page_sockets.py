"""WebSockets of the open pages, and the frames pushed to them."""

import asyncio
import json
from collections import defaultdict
from collections.abc import Iterable

from aiohttp import WSMsgType, web

from workspace.records import Json

FRAMES_WAITING = 5_000


class PageSockets:
    """Each open page has a queue of frames and its own writer task, so a slow page doesn't delay the others."""

    def __init__(self) -> None:
        self._queues: dict[str, set[asyncio.Queue[str | None]]] = defaultdict(set)

    def push(self, users: Iterable[str], frame: Json) -> None:
        queues = [queue for user in users for queue in self._queues.get(user, ())]
        if not queues:
            return
        text = json.dumps(frame, ensure_ascii=False)
        for queue in queues:
            # A page that has stopped reading must not fill the memory. Its socket is closed, and when it reconnects
            # it fetches what it missed.
            if queue.qsize() < FRAMES_WAITING:
                queue.put_nowait(text)
            else:
                queue.put_nowait(None)

    def push_all(self, frame: Json) -> None:
        self.push(tuple(self._queues), frame)

    async def serve(self, request: web.Request, user: str, first: Json) -> web.WebSocketResponse:
        """Serve one page's WebSocket until it closes."""
        socket = web.WebSocketResponse(heartbeat=30)
        try:
            await socket.prepare(request)
        except ConnectionError:
            return socket  # the page was closed during the handshake
        queue: asyncio.Queue[str | None] = asyncio.Queue()
        queue.put_nowait(json.dumps(first))
        self._queues[user].add(queue)
        writer = asyncio.create_task(self._write(socket, queue))
        try:
            async for message in socket:
                if message.type == WSMsgType.ERROR:
                    break
        finally:
            self._queues[user].discard(queue)
            writer.cancel()
        return socket

    @staticmethod
    async def _write(socket: web.WebSocketResponse, queue: asyncio.Queue[str | None]) -> None:
        try:
            while (text := await queue.get()) is not None:
                await socket.send_str(text)
            await socket.close()
        except ConnectionError:
            return

    def close(self) -> None:
        for queues in self._queues.values():
            for queue in queues:
                queue.put_nowait(None)
