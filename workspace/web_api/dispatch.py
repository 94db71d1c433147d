"""From an HTTP request to a method of the Web API and back: token, scopes, rates, faults, and the log of calls."""

import asyncio
import json
import time
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from workspace.errors import Failure
from workspace.faults import Fault
from workspace.hub import Hub
from workspace.rates import Rates
from workspace.records import Json
from workspace.web_api import METHODS
from workspace.web_api.call import Call, Method

CALLS_KEPT = 5_000


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a call answers: a body (or, for a broken server, only words), a status and headers."""

    body: Json
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    words: str = ""

    def response(self) -> web.Response:
        if self.words:
            return web.Response(status=self.status, text=self.words)
        return web.json_response(self.body, status=self.status, headers=self.headers)


@dataclass(slots=True)
class WebApi:
    """Serves /api/METHOD."""

    hub: Hub
    rates: Rates
    calls: deque[Json] = field(default_factory=lambda: deque(maxlen=CALLS_KEPT))

    async def serve(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        started = time.perf_counter()
        args = await read_arguments(request)
        token = args.pop("token", None) or request.headers.get("Authorization", "").partition(" ")[2].strip()
        faults = self.hub.faults.for_call(method)
        wait = self.hub.options.latency_ms + sum(fault.ms for fault in faults if fault.kind == "delay")
        if wait:
            await asyncio.sleep(wait / 1000)
        outcome = self._answer(method, token, args, faults)
        self._note(method, args, outcome, started)
        if any(fault.kind == "lost_response" for fault in faults) and request.transport:
            request.transport.abort()
        return outcome.response()

    def _note(self, method: str, args: Json, outcome: Outcome, started: float) -> None:
        self.calls.append(
            {
                "method": method,
                "args": args,
                "at": self.hub.clock.now(),
                "ms": (time.perf_counter() - started) * 1000,
                "status": outcome.status,
                "ok": bool(outcome.body.get("ok")),
                "error": outcome.body.get("error"),
                "ts": outcome.body.get("ts"),
            }
        )

    def _answer(self, name: str, token: str, args: Json, faults: list[Fault]) -> Outcome:
        broken = next((outcome for outcome in map(_broken, faults) if outcome), None)
        if broken:
            return broken
        headers = {"x-oauth-scopes": ",".join(self.hub.manifest.scopes)}
        try:
            method = self._allowed(name, token)
            headers |= {"x-accepted-oauth-scopes": ",".join(method.scopes)} if method.scopes else {}
            wait = self.rates.count(name, method.tier, self.hub.state.channel_id(str(args.get("channel", ""))))
            if wait:
                return _too_many(wait)
            return Outcome({"ok": True} | method.run(Call(self.hub, name, args)), headers=headers)
        except Failure as failure:
            return Outcome({"ok": False, "error": failure.code} | failure.extra, headers=headers)

    def _allowed(self, name: str, token: str) -> Method:
        method = METHODS.get(name)
        if method is None:
            raise Failure("unknown_method", req_method=name)
        if method.by == "any":
            return method
        if not token:
            raise Failure("not_authed")
        self._check_token(method, token)
        self._check_scopes(method)
        return method

    def _check_token(self, method: Method, token: str) -> None:
        tokens = {"bot": self.hub.tokens.bot, "app": self.hub.tokens.app}
        if token not in tokens.values():
            raise Failure("invalid_auth")
        if self.hub.token_revoked:
            raise Failure("token_revoked")
        if token != tokens[method.by]:
            raise Failure("not_allowed_token_type")

    def _check_scopes(self, method: Method) -> None:
        granted = self.hub.manifest.scopes
        if method.scopes and not set(method.scopes) & set(granted):
            raise Failure("missing_scope", needed=",".join(method.scopes), provided=",".join(granted))


def _broken(fault: Fault) -> Outcome | None:
    """What a fault answers instead of the method."""
    if fault.kind == "ratelimit":
        return _too_many(fault.retry_after)
    if fault.kind == "status":
        return Outcome({}, fault.status, words="Something went wrong on our side.")
    return Outcome({"ok": False, "error": fault.error}) if fault.kind == "error" else None


def _too_many(seconds: int) -> Outcome:
    return Outcome({"ok": False, "error": "ratelimited"}, 429, {"Retry-After": str(seconds)})


async def read_arguments(request: web.Request) -> Json:
    """The query, and the form or JSON body, merged; the body wins."""
    args: dict[str, Any] = dict(request.query)
    if not request.can_read_body:
        return args
    if request.content_type == "application/json":
        try:
            body = await request.json()
        except json.JSONDecodeError:
            return args
        return args | body if isinstance(body, dict) else args
    form = await request.post()
    return args | {name: value for name, value in form.items() if isinstance(value, str)}
