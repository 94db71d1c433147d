"""Test control: what happened, and what is to go wrong. Described in README.md."""

import json
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from workspace import events
from workspace.deliveries import DeliveryLog
from workspace.errors import ConfigProblem
from workspace.hub import Hub
from workspace.records import Json
from workspace.web_api.dispatch import WebApi


@dataclass(frozen=True, slots=True)
class Control:
    hub: Hub
    api: WebApi

    @property
    def log(self) -> DeliveryLog:
        return self.hub.log

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/control/calls", self.calls),
            web.get("/control/events", self.events),
            web.get("/control/faults", self.show_faults),
            web.post("/control/faults", self.set_faults),
            web.post("/control/disconnect", self.disconnect),
            web.post("/control/event", self.event),
            web.post("/control/token", self.token),
            web.post("/control/rates", self.rates),
            web.post("/control/reset", self.reset),
        ]

    async def calls(self, request: web.Request) -> web.Response:
        wanted = request.query.get("method")
        found = [call for call in self.api.calls if not wanted or call["method"] == wanted]
        return web.json_response({"ok": True, "calls": found[-_limit(request) :]})

    async def events(self, request: web.Request) -> web.Response:
        wanted = request.query.get("type")
        found = [item.shown() for item in list(self.log.deliveries)]
        if wanted:
            found = [item for item in found if wanted in (item["type"], item["event_type"])]
        return web.json_response({"ok": True, "events": found[-_limit(request) :]})

    async def show_faults(self, request: web.Request) -> web.Response:
        return web.json_response({"ok": True, "faults": self.hub.faults.shown()})

    async def set_faults(self, request: web.Request) -> web.Response:
        try:
            self.hub.faults.replace(await _body(request))
        except (ConfigProblem, TypeError) as problem:
            return web.json_response({"ok": False, "message": str(problem)}, status=400)
        return web.json_response({"ok": True, "faults": self.hub.faults.shown()})

    async def disconnect(self, request: web.Request) -> web.Response:
        """Ask the app to open its sockets anew, or with `{"drop": true}` cut them without a word."""
        body = await _body(request)
        if body.get("drop"):
            return web.json_response({"ok": True, "dropped": self.hub.sockets.drop(body.get("count"))})
        await self.hub.sockets.refresh(str(body.get("reason") or "refresh_requested"))
        return web.json_response({"ok": True})

    async def event(self, request: web.Request) -> web.Response:
        """Send a raw event (`{"event": {…}, "times": 1}`), subscribed to or not: one event_id each unless `same_id`."""
        body = await _body(request)
        times = int(body.get("times", 1))
        raw: Json = dict(body.get("event") or {})
        if "type" not in raw:
            return web.json_response({"ok": False, "message": "Send {event: {type: …}}."}, status=400)
        envelopes = [events.envelope(self.hub, raw) for _ in range(times)]
        for envelope in envelopes:
            events.deliver(self.hub, envelopes[0] if body.get("same_id") else envelope)
        return web.json_response({"ok": True, "event_ids": [envelope["event_id"] for envelope in envelopes]})

    async def token(self, request: web.Request) -> web.Response:
        self.hub.token_revoked = bool((await _body(request)).get("revoked"))
        return web.json_response({"ok": True, "revoked": self.hub.token_revoked})

    async def rates(self, request: web.Request) -> web.Response:
        body = await _body(request)
        rates = self.api.rates
        rates.strict = bool(body.get("strict", rates.strict))
        rates.messages_per_minute = int(body.get("messages_per_minute", rates.messages_per_minute))
        rates.forget()
        return web.json_response({"ok": True, "strict": rates.strict, "messages_per_minute": rates.messages_per_minute})

    async def reset(self, request: web.Request) -> web.Response:
        """Begin again from the seed; connections stay, pages are asked to load anew."""
        self.hub.state.reset()
        self.hub.token_revoked = False
        self.hub.faults.replace([])
        self.api.rates.forget()
        self.api.calls.clear()
        self.log.deliveries.clear()
        self.hub.pages.push_all({"type": "reload"})
        return web.json_response({"ok": True})


def _limit(request: web.Request) -> int:
    text = request.query.get("limit", "1000")
    return int(text) if text.isdigit() and int(text) > 0 else 1000


async def _body(request: web.Request) -> Any:
    try:
        return await request.json()
    except json.JSONDecodeError:
        return {}
