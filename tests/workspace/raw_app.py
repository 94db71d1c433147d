"""An app without any library: one WebSocket with raw envelopes, acknowledged only when the test does so."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

from aiohttp import ClientWebSocketResponse, WSMsgType

from tests.workspace.running import RunningWorkspace

Json = dict[str, Any]
SECONDS = 10.0


class RawApp:
    def __init__(self, socket: ClientWebSocketResponse) -> None:
        self.socket = socket
        self._early: list[Json] = []

    async def frame(self) -> Json:
        async with asyncio.timeout(SECONDS):
            return dict(await self.socket.receive_json())

    async def envelope(self, kind: str = "events_api", event: str = "") -> Json:
        """Return the next envelope of this type (and with this event). Others stay in the queue."""
        for index, frame in enumerate(self._early):
            if _fits(frame, kind, event):
                return self._early.pop(index)
        while not _fits(frame := await self.frame(), kind, event):
            self._early.append(frame)
        return frame

    async def event(self, event: str) -> Json:
        """Acknowledge the next event of this type and return its payload."""
        envelope = await self.envelope(event=event)
        await self.ack(envelope)
        payload: Json = envelope["payload"]
        return payload

    async def interaction(self, kind: str = "interactive") -> tuple[Json, Json]:
        """Return (envelope, payload) of the next command or interaction."""
        envelope = await self.envelope(kind)
        return envelope, envelope["payload"]

    async def ack(self, envelope: Json, payload: Any = None) -> None:
        answer = {"envelope_id": envelope["envelope_id"]}
        await self.socket.send_json(answer | ({"payload": payload} if payload is not None else {}))

    async def closed(self) -> bool:
        async with asyncio.timeout(SECONDS):
            while True:
                message = await self.socket.receive()
                if message.type in (WSMsgType.CLOSE, WSMsgType.CLOSED, WSMsgType.ERROR, WSMsgType.CLOSING):
                    return True


def _fits(frame: Json, kind: str, event: str) -> bool:
    return frame["type"] == kind and (not event or frame["payload"]["event"]["type"] == event)


@contextlib.asynccontextmanager
async def connected_app(workspace: RunningWorkspace) -> AsyncIterator[RawApp]:
    """Open one connection and wait for its hello frame."""
    opened = await workspace.api("apps.connections.open", token=workspace.app_token)
    async with workspace.session.ws_connect(opened["url"]) as socket:
        app = RawApp(socket)
        assert (await app.frame())["type"] == "hello"
        yield app
