"""A workspace running in this process on a free port, and people who use it as their page would.

    async with running_workspace(manifest, seed) as ws:
        ben = ws.as_user("U02BEN")
        await ben.command("/pmo-request health-check")
        view = await ben.wait_view("request")
        assert await ben.submit(view, {"goal": "Know where we stand"}) == {}
        card = await ben.wait_message(lambda message: "Request" in message["text"])
        await ben.click(card, "Withdraw")

Everything a person waits for arrives on their WebSocket; nothing sleeps. Each version of a message and each view is
returned once, in order of arrival, so waiting twice for the same text means that it has to arrive twice.
"""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import aiohttp

from tests.workspace.visitor import SECONDS, Json, Visitor
from workspace.app_config import parse_manifest
from workspace.clock import MessageClock
from workspace.options import Options
from workspace.seed import Tokens, read_seed
from workspace.server import Server

SEED = Path(__file__).parent / "seed.yaml"
MANIFEST: Json = json.loads((Path(__file__).parent / "manifest.json").read_text(encoding="utf-8"))


@contextlib.asynccontextmanager
async def running_workspace(
    manifest: Json | None = None,
    seed: Path = SEED,
    *,
    clock: MessageClock | None = None,
    tokens: Tokens | None = None,
    **options: Any,
) -> AsyncIterator["RunningWorkspace"]:
    """Run a workspace on a free port. `options` are the fields of workspace.options.Options."""
    settings = replace(Options(port=0), **options)
    server = Server(parse_manifest(manifest or MANIFEST), read_seed(seed), settings, tokens, clock)
    await server.start()
    async with aiohttp.ClientSession() as session:
        running = RunningWorkspace(server, session)
        try:
            yield running
        finally:
            await running.leave()
            await server.close()


class RunningWorkspace:
    """The server, and what a test may do with it. Use `server.hub` for what no request can reach."""

    def __init__(self, server: Server, session: aiohttp.ClientSession) -> None:
        self.server = server
        self.session = session
        self._visitors: dict[str, Visitor] = {}

    @property
    def url(self) -> str:
        return self.server.url

    @property
    def api_url(self) -> str:
        return f"{self.url}/api/"

    @property
    def bot_token(self) -> str:
        return self.server.hub.tokens.bot

    @property
    def app_token(self) -> str:
        return self.server.hub.tokens.app

    @property
    def signing_secret(self) -> str:
        return self.server.hub.tokens.signing_secret

    def as_user(self, user: str) -> "Visitor":
        """Return this person, with one page open from now on."""
        if user not in self._visitors:
            self._visitors[user] = Visitor(self, user)
        return self._visitors[user]

    async def leave(self) -> None:
        for visitor in self._visitors.values():
            await visitor.leave()

    async def api(self, method: str, token: str | None = None, **args: Any) -> Json:
        """Call a Web API method with the bot's token. Returns the body, even of a refused call."""
        headers = {"Authorization": f"Bearer {self.bot_token if token is None else token}"}
        async with self.session.post(f"{self.api_url}{method}", json=args, headers=headers) as response:
            body: Json = await response.json()
        return body

    async def control(self, what: str, body: Any = None, **query: str) -> Json:
        verb = "GET" if body is None else "POST"
        async with self.session.request(verb, f"{self.url}/control/{what}", json=body, params=query) as response:
            answer: Json = await response.json()
        return answer

    async def calls(self, method: str = "") -> list[Json]:
        """Return the Web API calls so far, oldest first: method, args, ok, error, status, ms."""
        found: list[Json] = (await self.control("calls", **({"method": method} if method else {})))["calls"]
        return found

    async def events(self, kind: str = "") -> list[Json]:
        """Return the deliveries to the app so far: id, type, event_type, attempts, acked, ack_ms."""
        found: list[Json] = (await self.control("events", **({"type": kind} if kind else {})))["events"]
        return found

    async def faults(self, *faults: Json) -> None:
        """Replace the faults. Without arguments, nothing fails any more."""
        answer = await self.control("faults", list(faults))
        assert answer["ok"], answer

    async def disconnect(self) -> None:
        """Ask the app to reconnect its sockets, as Slack does from time to time."""
        await self.control("disconnect", {})

    async def drop_sockets(self) -> None:
        """Cut the app's sockets without notice."""
        await self.control("disconnect", {"drop": True})

    async def send_event(self, event: Json, times: int = 1, *, same_id: bool = False) -> list[str]:
        answer = await self.control("event", {"event": event, "times": times, "same_id": same_id})
        ids: list[str] = answer["event_ids"]
        return ids

    async def change_channel(self, channel: str, **change: Any) -> None:
        """Rename (`name=`) or archive (`archived=`) a channel, or remove the app from it (`app=False`)."""
        answer = await self.control("channel", {"channel": channel, **change})
        assert answer["ok"], answer

    async def deactivate(self, user: str, *, deleted: bool = True) -> None:
        """Deactivate a person's account, or activate it again."""
        answer = await self.control("person", {"user": user, "deleted": deleted})
        assert answer["ok"], answer

    async def change_usergroup(self, usergroup: str, **change: Any) -> None:
        """Change the members (`users=`) of a group, rename it (`name=`), disable it (`disabled=`) or delete it."""
        answer = await self.control("usergroup", {"usergroup": usergroup, **change})
        assert answer["ok"], answer

    async def uninstall_app(self) -> None:
        assert (await self.control("app", {"installed": False}))["ok"]

    async def revoke_tokens(self) -> None:
        assert (await self.control("token", {"revoked": True}))["ok"]

    async def wait_connected(self, seconds: float = SECONDS) -> None:
        """Wait for the app's socket."""
        await self._until(lambda: self.server.hub.transport.connected, seconds)

    async def wait_disconnected(self, seconds: float = SECONDS) -> None:
        await self._until(lambda: not self.server.hub.transport.connected, seconds)

    async def wait_quiet(self, seconds: float = SECONDS) -> None:
        """Wait until everything sent to the app so far is acknowledged or given up."""
        log = self.server.hub.log
        await self._until(lambda: all(item.is_done for item in log.deliveries), seconds)

    async def _until(self, holds: Callable[[], bool], seconds: float) -> None:
        async with asyncio.timeout(seconds):
            await self.server.hub.log.wait_until(holds)
