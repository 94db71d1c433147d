"""The server: everything put together and served on one port."""

import asyncio
import os
from pathlib import Path

from aiohttp import web

from workspace import response_urls, security
from workspace.app_config import Manifest
from workspace.client_api import ClientApi
from workspace.clock import Clock
from workspace.control import Control
from workspace.deliveries import DeliveryLog, Outlet
from workspace.errors import ConfigProblem
from workspace.files import FILE_AT_MOST, FileRoutes
from workspace.http_delivery import HttpDelivery
from workspace.hub import Hub
from workspace.interactivity import Responses, Triggers
from workspace.keeping import Keeper
from workspace.options import Options
from workspace.rates import Rates
from workspace.seed import Seed, Tokens
from workspace.socket_mode import SocketMode
from workspace.state import State
from workspace.streams import Streams
from workspace.view_stack import Views
from workspace.web_api.dispatch import WebApi

STATIC = Path(__file__).parent / "static"


class Server:
    """One running workspace. `start` binds the port and sets `url`; `close` saves what is left."""

    def __init__(
        self, manifest: Manifest, seed: Seed, options: Options, tokens: Tokens | None = None, clock: Clock | None = None
    ) -> None:
        self.options = options
        clock = clock or Clock()
        self.keeper = Keeper(options.data / "workspace.sqlite3" if options.data else None)
        state = State(seed, self.keeper, clock)
        log = DeliveryLog()
        tokens = tokens or seed.tokens
        sockets = SocketMode(options, log, state.app.id, manifest.name)
        outlet: Outlet = sockets
        if options.request_url:
            outlet = HttpDelivery(options, log, tokens.signing_secret, manifest.name)
        self.hub = Hub(
            manifest=manifest,
            options=options,
            clock=clock,
            state=state,
            tokens=tokens,
            log=log,
            sockets=sockets,
            outlet=outlet,
            triggers=Triggers(clock, options.trigger_seconds, state.team.id),
            responses=Responses(clock),
            views=Views(state),
            streams=Streams(clock),
        )
        sockets.on_change = self._app_changed
        rates = Rates(clock, strict=options.strict_rates, messages_per_minute=options.messages_per_minute)
        self.api = WebApi(self.hub, rates)
        self._runner = web.AppRunner(self._application(), access_log=None, shutdown_timeout=0.5)

    @property
    def url(self) -> str:
        return self.hub.base_url

    def _app_changed(self, connected: bool) -> None:
        self.hub.pages.push_all({"type": "app", "connected": connected})

    def _application(self) -> web.Application:
        application = web.Application(
            middlewares=[security.guard(self.options.host)], client_max_size=FILE_AT_MOST + 1024 * 1024
        )
        application.on_response_prepare.append(security.add_headers)
        application.add_routes(
            [
                web.get("/", self._page),
                web.route("*", "/api/{method}", self.api.serve),
                web.get("/link/", self._link),
                web.get("/archives/{channel}/{message}", self._archive),
                web.post("/response/{team}/{key}", self._response),
                *ClientApi(self.hub).routes(),
                *FileRoutes(self.hub).routes(),
                *Control(self.hub, self.api).routes(),
            ]
        )
        if STATIC.is_dir():
            application.router.add_static("/static", STATIC)
        return application

    async def _page(self, request: web.Request) -> web.StreamResponse:
        page = STATIC / "index.html"
        if not page.is_file():
            return web.Response(text="The page is not installed; the Web API and Socket Mode are at work.")
        return web.FileResponse(page, headers={"Cache-Control": "no-cache"})

    async def _link(self, request: web.Request) -> web.StreamResponse:
        if not self.hub.sockets.take_ticket(request.query.get("ticket", "")):
            return web.Response(
                status=404, text="Ask apps.connections.open for an address; each is good for one socket."
            )
        return await self.hub.sockets.serve(request)

    async def _archive(self, request: web.Request) -> web.StreamResponse:
        """A permalink leads to the page, with the channel in its fragment."""
        raise web.HTTPFound(f"/#{request.match_info['channel']}")

    async def _response(self, request: web.Request) -> web.StreamResponse:
        return await response_urls.serve(self.hub, request)

    async def start(self) -> None:
        """Raises ConfigProblem if the port cannot be used."""
        await self._runner.setup()
        site = web.TCPSite(self._runner, self.options.host, self.options.port)
        try:
            await site.start()
        except OSError as problem:
            reason = os.strerror(problem.errno).lower() if problem.errno else str(problem)
            place = f"Port {self.options.port} on {self.options.host}"
            raise ConfigProblem(f"{place} cannot be used ({reason}). Choose another --port.") from None
        port = self._runner.addresses[0][1]
        self.hub.base_url = f"http://{_reachable(self.options.host)}:{port}"

    async def close(self) -> None:
        self.hub.pages.close()
        await self.hub.outlet.close()
        await self.hub.sockets.close()
        await self._runner.cleanup()
        await asyncio.to_thread(self.keeper.close)


def _reachable(host: str) -> str:
    """The address to open for a host that is listened on: loopback where that is every one, IPv6 in brackets."""
    if host in ("0.0.0.0", "::"):  # noqa: S104  only compared
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host
