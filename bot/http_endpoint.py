"""Receives Slack's signed HTTP requests, within limits: neither a flood nor nonsense keeps Slack's own requests out."""

import asyncio
import contextlib
import logging
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from ipaddress import ip_address
from typing import Any

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.async_app import AsyncApp
from slack_sdk.signature import SignatureVerifier

from bot.refusal_log import RefusalLog
from bot.signed_requests import BadRequest, build_bolt_request, is_certificate_check, is_signed, parse_payload
from foundation import telemetry

log = logging.getLogger(__name__)

EVENTS_PATH = "/slack/events"
LINGER_SECONDS = 1.0  # for which what follows a refused request is read, so that the sender sees the refusal
STOP_SECONDS = 3.0  # Slack waits no longer than that for an answer
REPORT_AGAIN_AFTER = 60.0  # seconds


@dataclass(frozen=True, slots=True)
class HttpLimits:
    """What one request, and all of them together, may take. A proxy in front can only make them stricter."""

    header_seconds: float = 10.0
    body_seconds: float = 10.0
    body_bytes: int = 1 << 20  # Slack's payloads stay well below it
    connections: int = 200  # far below the 1,024 files that a process may open on most systems


@contextlib.asynccontextmanager
async def serve_requests(
    bolt: AsyncApp, secret: str, host: str, port: int, limits: HttpLimits = HttpLimits()
) -> AsyncIterator[tuple[str, int]]:
    """Pass signed requests to Bolt as long as this context lasts. Yields the address and port.

    Raises:
        OSError: the address or port can't be used.
    """
    with socket.create_server((host, port), family=_find_family(host)) as listener:
        server = BoundedServer(bolt, secret, limits)
        runner = web.ServerRunner(server, shutdown_timeout=STOP_SECONDS)
        await runner.setup()
        try:
            await web.SockSite(runner, listener).start()
            yield listener.getsockname()[:2]
        finally:
            await _finish_accepting(listener)
            await runner.cleanup()
            server.refusals.close()


def _find_family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ip_address(host).version == 6 else socket.AF_INET


async def _finish_accepting(listener: socket.socket) -> None:
    """Accept nothing more. What is being accepted reaches the server, which closes it; asyncio would forget it."""
    loop = asyncio.get_running_loop()
    loop.remove_reader(listener)
    for _ in range(3):  # the steps in which asyncio accepts a connection
        await asyncio.sleep(0)


class BoundedServer(web.Server):
    """Answers one request per connection, and holds a limited number of connections.

    One too many takes the place of the one that has owed the rest of its request for longest. If all requests are
    complete and being answered, it's refused.
    """

    def __init__(self, bolt: AsyncApp, secret: str, limits: HttpLimits) -> None:
        # A new connection is closed if the headers don't come within the “keepalive” timeout. None is kept alive: a
        # proxy would lose the requests that it sends just when such a connection is closed.
        super().__init__(
            self.answer,
            request_factory=partial(
                web.BaseRequest, loop=asyncio.get_running_loop(), client_max_size=limits.body_bytes
            ),
            keepalive_timeout=limits.header_seconds,
            lingering_time=LINGER_SECONDS,
            auto_decompress=False,  # Slack signs and sends plain text
            access_log=None,
            logger=_ServerLog(self),
        )
        self.refusals = RefusalLog(log)
        self._bolt = bolt
        self._verifier = SignatureVerifier(secret)
        self._limits = limits
        self._answering: set[asyncio.BaseProtocol] = set()
        self._report_after = 0.0

    def connection_made(self, handler: web.RequestHandler, transport: asyncio.Transport) -> None:
        super().connection_made(handler, transport)
        opened = [one for one in self.connections if one.transport is not None]
        if len(opened) > self._limits.connections:
            self._report_crowd()
            next(one for one in opened if one not in self._answering).force_close()

    def _report_crowd(self) -> None:
        now = asyncio.get_running_loop().time()
        if now >= self._report_after:
            self._report_after = now + REPORT_AGAIN_AFTER
            log.warning(
                "More than %s connections at once: closing those whose requests are incomplete. "
                "Let only Slack, or a proxy that limits clients, connect to this port.",
                self._limits.connections,
            )

    def note_refusal(self, sender: str | None, reason: str, status: int) -> None:
        telemetry.count_refusal(status)
        self.refusals.note(sender, reason)

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        """Bolt's response to a request of Slack's; anything else is refused and logged without its content."""
        try:
            response = await self._answer_signed(request)
        except BadRequest as refusal:
            self.note_refusal(request.remote, str(refusal), refusal.status)
            response = web.Response(status=refusal.status, text=f"{refusal}\n")
        except ConnectionError:  # it ended before the request did: nobody is there to be answered
            response = web.Response(status=HTTPStatus.BAD_REQUEST)
        response.force_close()
        return response

    async def _answer_signed(self, request: web.BaseRequest) -> web.StreamResponse:
        if request.path != EVENTS_PATH:
            raise BadRequest("there's nothing at this path", HTTPStatus.NOT_FOUND)
        if request.method != "POST":
            raise BadRequest("it isn't a POST request", HTTPStatus.METHOD_NOT_ALLOWED)
        body = await self._read_body(request)
        if not is_signed(self._verifier, body, request.headers):
            if is_certificate_check(body, request.content_type):
                return web.Response()
            raise BadRequest("its signature is missing, old or wrong", HTTPStatus.UNAUTHORIZED)
        bolt_request = build_bolt_request(parse_payload(body, request.content_type), request.headers)
        self._answering.add(request.protocol)
        try:
            return await to_aiohttp_response(await self._bolt.async_dispatch(bolt_request))
        finally:
            self._answering.discard(request.protocol)

    async def _read_body(self, request: web.BaseRequest) -> bytes:
        try:
            async with asyncio.timeout(self._limits.body_seconds):
                return await request.read()
        except TimeoutError:
            raise BadRequest("its body took too long", HTTPStatus.REQUEST_TIMEOUT) from None
        except web.HTTPRequestEntityTooLarge:
            raise BadRequest("its body is too large", HTTPStatus.REQUEST_ENTITY_TOO_LARGE) from None
        except web.RequestPayloadError:
            raise BadRequest("its body is malformed") from None


class _ServerLog(logging.Logger):
    """aiohttp's log of a server, without tracebacks: for a malformed request, they quote it."""

    def __init__(self, server: BoundedServer) -> None:
        super().__init__(f"{__name__}.aiohttp")
        self.parent = log
        self._server = server

    def exception(self, msg: object, *args: object, **given: Any) -> None:
        if not self._is_refusal(args, given.pop("exc_info", None)):
            super().error(msg, *args, **given)

    def debug(self, msg: object, *args: object, **given: Any) -> None:
        if not self._is_refusal(args, given.pop("exc_info", None)):
            super().debug(msg, *args, **given)

    def _is_refusal(self, args: tuple[object, ...], error: object) -> bool:
        """Whether aiohttp refused what isn't HTTP; then it's noted like every other refusal."""
        if not isinstance(error, HttpProcessingError):
            return False
        self._server.note_refusal(str(args[0]) if args else None, "it isn't valid HTTP", error.code)
        return True
