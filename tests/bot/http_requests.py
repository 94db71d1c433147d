"""An HTTP endpoint on a free port, and requests to it, whole or in part, signed as Slack signs them."""

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_sdk.signature import SignatureVerifier

from bot.http_endpoint import EVENTS_PATH, HttpLimits, serve_requests
from bot.signed_requests import JSON_TYPE

SECRET = "signing-secret"


def sign(body: bytes, secret: str = SECRET, timestamp: str = "") -> dict[str, str]:
    timestamp = timestamp or str(int(time.time()))
    signature = SignatureVerifier(secret).generate_signature(timestamp=timestamp, body=body.decode("utf-8", "replace"))
    return {"X-Slack-Request-Timestamp": timestamp, "X-Slack-Signature": str(signature)}


def format_request(body: bytes, headers: Mapping[str, str], *, path: str = EVENTS_PATH, method: str = "POST") -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: bot", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def format_event(payload: Mapping[str, Any]) -> bytes:
    """A signed request with the event."""
    body = json.dumps(payload).encode()
    return format_request(body, {"Content-Type": JSON_TYPE, **sign(body)})


@dataclass
class Client:
    """One connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        with contextlib.suppress(ConnectionError):
            await self.writer.drain()

    async def read_to_end(self) -> bytes:
        """All that the server sends until it closes the connection."""
        try:
            return await asyncio.wait_for(self.reader.read(), 30)
        except ConnectionError:
            return b""

    async def read_status(self) -> int:
        """The status of the answer; 0 if the server closes the connection without one."""
        answer = await self.read_to_end()
        return int(answer.split(b" ", 2)[1]) if answer else 0


@dataclass
class Endpoint:
    address: tuple[str, int]
    clients: list[Client] = field(default_factory=list)

    async def connect(self, data: bytes = b"") -> Client:
        client = Client(*await asyncio.open_connection(*self.address))
        self.clients.append(client)
        await client.send(data)
        return client

    async def request(self, data: bytes) -> int:
        """The status of the answer to one request on a connection of its own."""
        return await (await self.connect(data)).read_status()


@contextlib.asynccontextmanager
async def open_test_endpoint(bolt: AsyncApp, limits: HttpLimits | None = None) -> AsyncIterator[Endpoint]:
    async with serve_requests(bolt, SECRET, "127.0.0.1", 0, limits or HttpLimits()) as address:
        endpoint = Endpoint(address)
        yield endpoint
    for client in endpoint.clients:
        client.writer.close()
        with contextlib.suppress(ConnectionError):
            await client.writer.wait_closed()
