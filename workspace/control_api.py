"""The test-control API: see what happened, and inject faults. Documented in README.md."""

from dataclasses import dataclass
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler

from workspace import events, life, usergroups
from workspace.deliveries import DeliveryLog
from workspace.errors import ApiError, ConfigError
from workspace.hub import Hub
from workspace.json_fields import MOST, JsonFields
from workspace.json_text import parse_json
from workspace.serializers import channel_object, user_object
from workspace.web_api.dispatch import WebApi

TIMES_AT_MOST = 10_000


@dataclass(frozen=True, slots=True)
class ControlApi:
    hub: Hub
    api: WebApi

    @property
    def log(self) -> DeliveryLog:
        return self.hub.log

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/control/calls", _report_config_errors(self.list_calls)),
            web.get("/control/events", _report_config_errors(self.list_events)),
            web.get("/control/faults", _report_config_errors(self.list_faults)),
            web.post("/control/faults", _report_config_errors(self.set_faults)),
            web.post("/control/disconnect", _report_config_errors(self.disconnect)),
            web.post("/control/event", _report_config_errors(self.send_event)),
            web.post("/control/token", _report_config_errors(self.set_token)),
            web.post("/control/app", _report_config_errors(self.set_app)),
            web.post("/control/channel", _report_config_errors(self.change_channel)),
            web.post("/control/person", _report_config_errors(self.change_person)),
            web.post("/control/usergroup", _report_config_errors(self.change_usergroup)),
            web.post("/control/rates", _report_config_errors(self.set_rates)),
            web.post("/control/reset", _report_config_errors(self.reset)),
        ]

    async def list_calls(self, request: web.Request) -> web.Response:
        wanted = request.query.get("method")
        found = [call for call in self.api.calls if not wanted or call["method"] == wanted]
        return web.json_response({"ok": True, "calls": found[-_read_limit(request) :]})

    async def list_events(self, request: web.Request) -> web.Response:
        wanted = request.query.get("type")
        found = [item.to_json() for item in list(self.log.deliveries)]
        if wanted:
            found = [item for item in found if wanted in (item["type"], item["event_type"])]
        return web.json_response({"ok": True, "events": found[-_read_limit(request) :]})

    async def list_faults(self, request: web.Request) -> web.Response:
        return web.json_response({"ok": True, "faults": self.hub.faults.to_json()})

    async def set_faults(self, request: web.Request) -> web.Response:
        self.hub.faults.replace(await _read_json(request))
        return web.json_response({"ok": True, "faults": self.hub.faults.to_json()})

    async def disconnect(self, request: web.Request) -> web.Response:
        """Ask the app to reconnect its sockets, or with `{"drop": true}` cut them without notice."""
        wanted = await _read_fields(request)
        if wanted.flag("drop", False):
            return web.json_response({"ok": True, "dropped": self.hub.sockets.drop(wanted.integer("count", MOST))})
        await self.hub.sockets.refresh(wanted.text("reason", "refresh_requested"))
        return web.json_response({"ok": True})

    async def send_event(self, request: web.Request) -> web.Response:
        """Send a raw event (`{"event": {…}, "times": 1}`) even without a subscription, each with its own event_id
        unless `same_id` is set."""
        wanted = await _read_fields(request)
        raw, times = wanted.given.get("event"), wanted.integer("times", 1, 1, TIMES_AT_MOST)
        same = wanted.flag("same_id", False)
        if not isinstance(raw, dict) or not isinstance(raw.get("type"), str):
            raise wanted.error("event", "an object with a type")
        envelopes = [events.build_envelope(self.hub, raw) for _ in range(times)]
        for envelope in envelopes:
            events.deliver_event(self.hub, envelopes[0] if same else envelope)
        return web.json_response({"ok": True, "event_ids": [envelope["event_id"] for envelope in envelopes]})

    async def set_token(self, request: web.Request) -> web.Response:
        if (await _read_fields(request)).flag("revoked", False):
            life.revoke_tokens(self.hub)
        else:
            self.hub.token_error = ""
        return web.json_response({"ok": True, "revoked": bool(self.hub.token_error)})

    async def set_app(self, request: web.Request) -> web.Response:
        """`{"installed": false}` uninstalls the app, `true` installs it again with the same tokens."""
        if (await _read_fields(request)).flag("installed", True):
            self.hub.token_error = ""
        else:
            life.uninstall_app(self.hub)
        return web.json_response({"ok": True, "installed": not self.hub.token_error})

    async def change_channel(self, request: web.Request) -> web.Response:
        """Rename or archive a channel, or remove the app from it: `{"channel": "C…", "name": …, "archived": …, …}`."""
        wanted, state = await _read_fields(request), self.hub.state
        channel = state.channels.get(wanted.text("channel", "-"))
        if channel is None:
            raise wanted.error("channel", "the id of a channel")
        by = wanted.text("by", next(iter(channel.members), ""))
        if "name" in wanted.given:
            life.rename_channel(self.hub, channel, wanted.text("name", ""), by)
        if "archived" in wanted.given:
            life.archive_channel(self.hub, channel, by, archived=wanted.flag("archived", False))
        if not wanted.flag("app", True):
            life.remove_app(self.hub, channel, by)
        return web.json_response({"ok": True, "channel": channel_object(state, channel)})

    async def change_person(self, request: web.Request) -> web.Response:
        """`{"user": "U…", "deleted": true}` deactivates a person, `false` activates them again."""
        wanted, state = await _read_fields(request), self.hub.state
        user = wanted.text("user", "-")
        if user not in state.people:
            raise wanted.error("user", "the id of a person")
        life.set_deactivated(self.hub, user, deleted=wanted.flag("deleted", True))
        return web.json_response({"ok": True, "user": user_object(state, state.people[user])})

    async def change_usergroup(self, request: web.Request) -> web.Response:
        """`{"usergroup": "S…", "users": […], "name": …, "disabled": true, "deleted": true, "by": "U…"}`."""
        wanted, state = await _read_fields(request), self.hub.state
        group = state.usergroups.get(wanted.text("usergroup", "-"))
        if group is None:
            raise wanted.error("usergroup", "the id of a user group")
        by, users = wanted.text("by", next(iter(group.users), "USLACKBOT")), wanted.given.get("users")
        if isinstance(users, list):
            if unknown := [user for user in users if user not in state.people]:
                raise wanted.error("users", f"the ids of people; {unknown[0]} isn't one")
            usergroups.change_members(self.hub, group, users, by)
        if "name" in wanted.given:
            usergroups.rename_group(self.hub, state.usergroups[group.id], wanted.text("name", ""), by)
        if "disabled" in wanted.given:
            disabled = wanted.flag("disabled", False)
            usergroups.set_disabled(self.hub, state.usergroups[group.id], by, disabled=disabled)
        if wanted.flag("deleted", False):
            usergroups.delete_group(self.hub, state.usergroups[group.id])
        return web.json_response({"ok": True})

    async def set_rates(self, request: web.Request) -> web.Response:
        wanted, rates = await _read_fields(request), self.api.rates
        strict = wanted.flag("strict", rates.strict)
        rates.messages_per_minute = wanted.integer("messages_per_minute", rates.messages_per_minute, 1)
        rates.strict = strict
        rates.reset()
        return web.json_response({"ok": True, "strict": rates.strict, "messages_per_minute": rates.messages_per_minute})

    async def reset(self, request: web.Request) -> web.Response:
        """Start again from the seed. Connections stay open; pages are asked to reload."""
        self.hub.state.reset()
        self.hub.token_error = ""
        self.hub.faults.replace([])
        self.api.rates.reset()
        self.api.calls.clear()
        self.log.deliveries.clear()
        self.hub.pages.push_all({"type": "reload"})
        return web.json_response({"ok": True})


def _report_config_errors(run: Handler) -> Handler:
    """Answer a ConfigError with status 400 and its message."""

    async def handle(request: web.Request) -> web.StreamResponse:
        try:
            return await run(request)
        except (ApiError, ConfigError) as problem:
            return web.json_response({"ok": False, "message": str(problem)}, status=400)

    return handle


def _read_limit(request: web.Request) -> int:
    text = request.query.get("limit", "1000")
    return JsonFields({"limit": int(text) if text.isdecimal() and len(text) < 10 else text}).integer("limit", 1, 1)


async def _read_fields(request: web.Request) -> JsonFields:
    """Read the fields of the request; a missing body has none."""
    body = await _read_json(request) if request.can_read_body else {}
    if not isinstance(body, dict):
        raise ConfigError("The request body must be a JSON object.")
    return JsonFields(body)


async def _read_json(request: web.Request) -> Any:
    try:
        return parse_json(await request.read())
    except ValueError as problem:
        raise ConfigError(f"The request body must be JSON ({problem}).") from None
