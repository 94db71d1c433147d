"""Serve Web API requests: check token, scopes and rate limits, apply faults, and log the call."""

import asyncio
import time
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from workspace.errors import ApiError
from workspace.faults import Fault
from workspace.hub import Hub
from workspace.json_text import parse_json
from workspace.rate_limits import RateLimiter
from workspace.records import Json
from workspace.web_api import METHODS
from workspace.web_api.call import Call, Method

CALLS_KEPT = 5_000
POST_TYPES = ("application/json", "application/x-www-form-urlencoded", "multipart/form-data", "text/plain")
CHARSETS = ("utf-8", "utf8", "iso-8859-1")


@dataclass(frozen=True, slots=True)
class ApiResponse:
    """The response to a call: a status with headers and a JSON body, or only text for a simulated server error."""

    body: Json
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    text: str = ""

    def to_response(self) -> web.Response:
        if self.text:
            return web.Response(status=self.status, text=self.text)
        return web.json_response(self.body, status=self.status, headers=self.headers)


@dataclass(slots=True)
class WebApi:
    """Serves /api/METHOD."""

    hub: Hub
    rates: RateLimiter
    calls: deque[Json] = field(default_factory=lambda: deque(maxlen=CALLS_KEPT))

    async def serve(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        started = time.perf_counter()
        try:
            args = await read_arguments(request)
        except ApiError as failure:
            return self._log_call(method, {}, _refusal(failure), started)
        token = args.pop("token", None) or request.headers.get("Authorization", "").partition(" ")[2].strip()
        faults = self.hub.faults.for_call(method, args)
        wait = self.hub.options.latency_ms + sum(fault.ms for fault in faults if fault.kind == "delay")
        if wait:
            await asyncio.sleep(wait / 1000)
        outcome = self._run_call(method, token, args, faults)
        # The method has already run when the connection is cut, so the caller can't know whether the call succeeded.
        # It has to find out before it tries again, or a message appears twice.
        if any(fault.kind == "lost_response" for fault in faults) and request.transport:
            request.transport.abort()
        return self._log_call(method, args, outcome, started)

    def _log_call(self, method: str, args: Json, outcome: ApiResponse, started: float) -> web.Response:
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
        return outcome.to_response()

    def _run_call(self, name: str, token: str, args: Json, faults: list[Fault]) -> ApiResponse:
        broken = next(filter(None, (_fault_response(fault, args) for fault in faults)), None)
        if broken:
            return broken
        headers = {"x-oauth-scopes": ",".join(self.hub.manifest.scopes)}
        try:
            method = self._find_allowed_method(name, token)
            headers |= {"x-accepted-oauth-scopes": ",".join(method.scopes)} if method.scopes else {}
            # Slack counts calls by token, and there is one app here, so counting by method is enough. Calls with a
            # wrong token or a missing scope are refused before this and aren't counted.
            wait = self.rates.count(name, method.tier, self.hub.state.find_channel_id(str(args.get("channel", ""))))
            if wait:
                return _rate_limited(wait)
            return ApiResponse({"ok": True} | method.run(Call(self.hub, name, args)), headers=headers)
        except ApiError as failure:
            return _refusal(failure, headers)

    def _find_allowed_method(self, name: str, token: str) -> Method:
        method = METHODS.get(name)
        if method is None:
            raise ApiError("unknown_method", req_method=name)
        if method.by == "any":
            return method
        if not token:
            raise ApiError("not_authed")
        self._check_token(method, token)
        self._check_scopes(method)
        return method

    def _check_token(self, method: Method, token: str) -> None:
        tokens = {"bot": self.hub.tokens.bot, "app": self.hub.tokens.app}
        if token not in tokens.values():
            raise ApiError("invalid_auth")
        if self.hub.token_error and token == self.hub.tokens.bot:
            raise ApiError(self.hub.token_error)
        if token != tokens[method.by]:
            raise ApiError("not_allowed_token_type")

    def _check_scopes(self, method: Method) -> None:
        granted = self.hub.manifest.scopes
        if method.scopes and not set(method.scopes) & set(granted):
            raise ApiError("missing_scope", needed=",".join(method.scopes), provided=",".join(granted))


def _fault_response(fault: Fault, args: Json) -> ApiResponse | None:
    """Return the response that a fault gives instead of the method, if it gives one."""
    if fault.kind == "ratelimit":
        return _rate_limited(fault.retry_after)
    if fault.kind == "status":
        return ApiResponse({}, fault.status, text="Something went wrong on our side.")
    if fault.kind != "error":
        return None
    problems = [f"[ERROR] unsupported type: {fault.block} [json-pointer:{at}]" for at in fault.find_pointers(args)]
    where = {"response_metadata": {"messages": problems}} if problems else {}
    return ApiResponse({"ok": False, "error": fault.error} | where)


def _rate_limited(seconds: int) -> ApiResponse:
    return ApiResponse({"ok": False, "error": "ratelimited"}, 429, {"Retry-After": str(seconds)})


def _refusal(failure: ApiError, headers: dict[str, str] | None = None) -> ApiResponse:
    return ApiResponse({"ok": False, "error": failure.code} | failure.extra, headers=headers or {})


async def read_arguments(request: web.Request) -> Json:
    """Merge the query with the form or JSON body; the body wins. Raises ApiError for an unreadable body."""
    args: dict[str, Any] = dict(request.query)
    if not request.can_read_body:
        return args
    if "Content-Type" not in request.headers:
        raise ApiError("missing_post_type")
    if request.content_type not in POST_TYPES:
        raise ApiError("invalid_post_type")
    if (request.charset or "utf-8").lower() not in CHARSETS:
        raise ApiError("invalid_charset")
    return args | await (
        _read_json_object(request) if request.content_type == "application/json" else _read_form(request)
    )


async def _read_json_object(request: web.Request) -> Json:
    try:
        body = parse_json((await request.read()).decode(request.charset or "utf-8"))
    except ValueError:
        raise ApiError("invalid_json") from None
    if not isinstance(body, dict):
        raise ApiError("json_not_object")
    return body


async def _read_form(request: web.Request) -> Json:
    try:
        form = await request.post()
    except (ValueError, AssertionError):  # aiohttp raises AssertionError for a part without an end
        raise ApiError("invalid_form_data") from None
    return {name: value for name, value in form.items() if isinstance(value, str)}
