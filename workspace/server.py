"""The server: builds the workspace and serves it on one port."""

import asyncio
import os
from pathlib import Path

from aiohttp import web

from workspace import response_urls, security
from workspace.app_config import Manifest
from workspace.client_api import ClientApi
from workspace.clock import MessageClock
from workspace.control_api import ControlApi
from workspace.deliveries import AppTransport, DeliveryLog
from workspace.errors import ConfigError
from workspace.files import FILE_AT_MOST, FileRoutes
from workspace.http_transport import HttpTransport
from workspace.hub import Hub
from workspace.interactivity import ResponseUrls, Triggers
from workspace.options import Options
from workspace.rate_limits import RateLimiter
from workspace.saved_state import StateSaver
from workspace.seed import Seed, Tokens
from workspace.socket_mode import SocketMode
from workspace.state import WorkspaceState
from workspace.streams import Streams
from workspace.view_stack import ViewStacks
from workspace.web_api.dispatch import WebApi

STATIC = Path(__file__).parent / "static"


class Server:
    """One running workspace. `start` binds the port and sets `url`; `close` saves all pending changes."""

    def __init__(
        self,
        manifest: Manifest,
        seed: Seed,
        options: Options,
        tokens: Tokens | None = None,
        clock: MessageClock | None = None,
    ) -> None:
        self.options = options
        clock = clock or MessageClock()
        self.saver = StateSaver(options.data / "workspace.sqlite3" if options.data else None)
        state = WorkspaceState(seed, self.saver, clock)
        log = DeliveryLog()
        tokens = tokens or seed.tokens
        sockets = SocketMode(options, log, state.app.id, manifest.name)
        outlet: AppTransport = sockets
        if options.request_url:
            outlet = HttpTransport(options, log, tokens.signing_secret, manifest.name)
        self.hub = Hub(
            manifest=manifest,
            options=options,
            clock=clock,
            state=state,
            tokens=tokens,
            log=log,
            sockets=sockets,
            transport=outlet,
            triggers=Triggers(clock, options.trigger_seconds, state.team.id),
            response_urls=ResponseUrls(clock),
            view_stacks=ViewStacks(state),
            streams=Streams(clock),
        )
        sockets.on_change = self._on_connection_change
        rates = RateLimiter(clock, strict=options.strict_rates, messages_per_minute=options.messages_per_minute)
        self.api = WebApi(self.hub, rates)
        self._runner = web.AppRunner(self._build_application(), access_log=None, shutdown_timeout=0.5)

    @property
    def url(self) -> str:
        return self.hub.base_url

    def _on_connection_change(self, connected: bool) -> None:
        self.hub.pages.push_all({"type": "app", "connected": connected})

    def _build_application(self) -> web.Application:
        application = web.Application(
            middlewares=[security.guard_origin(self.options.host)], client_max_size=FILE_AT_MOST + 1024 * 1024
        )
        application.on_response_prepare.append(security.add_security_headers)
        application.add_routes(
            [
                web.get("/", self._serve_page),
                web.route("*", "/api/{method}", self.api.serve),
                web.get("/link/", self._serve_socket),
                web.get("/archives/{channel}/{message}", self._redirect_permalink),
                web.post("/response/{team}/{key}", self._serve_response_url),
                *ClientApi(self.hub).routes(),
                *FileRoutes(self.hub).routes(),
                *ControlApi(self.hub, self.api).routes(),
            ]
        )
        if STATIC.is_dir():
            application.router.add_static("/static", STATIC)
        return application

    async def _serve_page(self, request: web.Request) -> web.StreamResponse:
        page = STATIC / "index.html"
        if not page.is_file():
            return web.Response(text="The page isn't installed. The Web API and Socket Mode are running.")
        return web.FileResponse(page, headers={"Cache-Control": "no-cache"})

    async def _serve_socket(self, request: web.Request) -> web.StreamResponse:
        if not self.hub.sockets.redeem_ticket(request.query.get("ticket", "")):
            return web.Response(status=404, text="Call apps.connections.open to get a URL. Each URL opens one socket.")
        return await self.hub.sockets.serve(request)

    async def _redirect_permalink(self, request: web.Request) -> web.StreamResponse:
        """Redirect a permalink to the page, with the channel in the fragment."""
        raise web.HTTPFound(f"/#{request.match_info['channel']}")

    async def _serve_response_url(self, request: web.Request) -> web.StreamResponse:
        return await response_urls.serve_response_url(self.hub, request)

    async def start(self) -> None:
        """Bind the port and start serving. Raises ConfigError if the port can't be used."""
        await self._runner.setup()
        site = web.TCPSite(self._runner, self.options.host, self.options.port)
        try:
            await site.start()
        except OSError as problem:
            reason = os.strerror(problem.errno).lower() if problem.errno else str(problem)
            place = f"port {self.options.port} on {self.options.host}"
            raise ConfigError(f"Can't use {place} ({reason}). Choose another port with --port.") from None
        port = self._runner.addresses[0][1]
        self.hub.base_url = f"http://{_reachable_host(self.options.host)}:{port}"

    async def close(self) -> None:
        # The pages and the app are disconnected first, so nothing changes any more when the state is written. Writing
        # joins a thread, which must not block the event loop.
        self.hub.pages.close()
        await self.hub.transport.close()
        await self.hub.sockets.close()
        await self._runner.cleanup()
        await asyncio.to_thread(self.saver.close)


def _reachable_host(host: str) -> str:
    """Return the host to open in a browser: loopback for "all addresses", and IPv6 in brackets."""
    if host in ("0.0.0.0", "::"):  # noqa: S104  only compared
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host
