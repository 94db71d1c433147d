"""The API of the web page: sign in, read, and act as one of the people."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from workspace import events, interactions, membership, messages, typed_messages
from workspace.errors import ApiError, NoAppResponse
from workspace.hub import Hub
from workspace.json_text import parse_json
from workspace.records import Channel, Json
from workspace.serializers import page_channel, page_user
from workspace.typed_messages import Draft

PAGE_AT_MOST = 200
MESSAGES_BY_CODE = {
    "channel_not_found": "This channel doesn't exist.",
    "message_not_found": "This message no longer exists.",
    "not_found": "This form is no longer open. Open it again.",
    "thread_not_found": "This thread no longer exists.",
    "user_not_found": "This person isn't in this workspace.",
}


@dataclass(frozen=True, slots=True)
class ClientApi:
    hub: Hub

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/client/boot", self._handle_get(self.load_page)),
            web.get("/client/messages", self._handle_get(self.list_messages)),
            web.post("/client/post", self._handle_post(self.post_message)),
            web.post("/client/edit", self._handle_post(self.edit_message)),
            web.post("/client/delete", self._handle_post(self.delete_message)),
            web.post("/client/command", self._handle_post(self.run_command)),
            web.post("/client/action", self._handle_post(self.send_action)),
            web.post("/client/submit", self._handle_post(self.submit_view)),
            web.post("/client/close", self._handle_post(self.close_view)),
            web.post("/client/shortcut", self._handle_post(self.run_shortcut)),
            web.post("/client/options", self._handle_post(self.load_options)),
            web.post("/client/home", self._handle_post(self.open_home)),
            web.post("/client/context", self._handle_post(self.change_context)),
            web.post("/client/stop", self._handle_post(self.stop_session)),
            web.post("/client/react", self._handle_post(self.set_reaction)),
            web.post("/client/read", self._handle_post(self.mark_read)),
            web.post("/client/dm", self._handle_post(self.open_direct_message)),
            web.post("/client/join", self._handle_post(self.join_channel)),
            web.get("/client/socket", self.serve_socket),
        ]

    def _handle_get(
        self, run: Callable[[str, Mapping[str, Any]], Awaitable[Json]]
    ) -> Callable[..., Awaitable[web.Response]]:
        async def handle(request: web.Request) -> web.Response:
            return await self._respond(run, request.query)

        return handle

    def _handle_post(
        self, run: Callable[[str, Mapping[str, Any]], Awaitable[Json]]
    ) -> Callable[..., Awaitable[web.Response]]:
        async def handle(request: web.Request) -> web.Response:
            try:
                body = parse_json(await request.read())
            except ValueError:
                body = None
            if not isinstance(body, dict):
                return web.json_response(
                    {"ok": False, "error": "invalid_json", "message": "The request body must be a JSON object."},
                    status=400,
                )
            return await self._respond(run, body, acts=True)

        return handle

    async def _respond(
        self, run: Callable[[str, Mapping[str, Any]], Awaitable[Json]], given: Mapping[str, Any], *, acts: bool = False
    ) -> web.Response:
        user = str(given.get("user") or next(iter(self.hub.state.people)))
        person = self.hub.state.people.get(user)
        try:
            if person is None or person.id == self.hub.state.app.bot_user_id:
                raise ApiError("user_not_found", message=f"{user} isn't a person in this workspace.")
            if person.deleted and acts:
                raise ApiError("account_inactive", message=f"{person.real_name}'s account is deactivated.")
            return web.json_response({"ok": True} | await run(user, given))
        except ApiError as failure:
            words = MESSAGES_BY_CODE.get(failure.code, failure.code)
            return web.json_response({"ok": False, "error": failure.code, "message": words} | failure.extra)
        except NoAppResponse as problem:
            return web.json_response({"ok": False, "error": problem.code, "message": problem.message})

    def _find_channel(self, user: str, given: Mapping[str, Any], name: str = "channel") -> Channel:
        channel = self.hub.state.channels.get(str(given.get(name)))
        if channel is None or not self.hub.state.can_read(channel, user):
            raise ApiError("channel_not_found")
        return channel

    async def load_page(self, user: str, given: Mapping[str, Any]) -> Json:
        hub, state = self.hub, self.hub.state
        state.find_or_open_direct([user, state.app.bot_user_id])
        manifest = hub.manifest
        return {
            "team": {"id": state.team.id, "name": state.team.name, "domain": state.team.domain},
            "me": page_user(state, state.people[user]),
            "users": [page_user(state, person) for person in state.people.values()],
            "channels": [
                page_channel(state, item, user) for item in state.channels.values() if state.can_read(item, user)
            ],
            "app": {
                "id": state.app.id,
                "name": manifest.name,
                "bot_user_id": state.app.bot_user_id,
                "home_enabled": manifest.home_enabled,
                "messages_enabled": manifest.messages_enabled,
                "description": manifest.description,
                "is_agent": manifest.agent,
                "connected": hub.transport.connected,
            },
            "commands": [
                {"command": item.command, "description": item.description, "usage_hint": item.usage_hint}
                for item in interactions.available_commands(hub).values()
            ],
            "shortcuts": [
                {
                    "type": item.type,
                    "name": item.name,
                    "callback_id": item.callback_id,
                    "description": item.description,
                }
                for item in interactions.available_shortcuts(hub).values()
            ],
            "agent_prompts": list(manifest.prompts),
        }

    async def list_messages(self, user: str, given: Mapping[str, Any]) -> Json:
        channel = self._find_channel(user, given)
        timeline = self.hub.state.timelines[channel.id]
        thread_ts, before = str(given.get("thread_ts") or ""), str(given.get("before") or "")
        stamps = timeline.threads.get(thread_ts, []) if thread_ts else timeline.roots
        older = timeline.slice_between(stamps, "", before, inclusive=False)
        limit = _read_limit(given)
        wanted = older[-limit:]
        found = [timeline.by_ts[ts] for ts in wanted]
        if thread_ts in timeline.by_ts and len(wanted) == len(older):
            found.insert(0, timeline.by_ts[thread_ts])
        oldest = wanted[0] if wanted and len(wanted) < len(older) else ""
        mine = [
            message
            for message in self.hub.state.ephemerals.get((user, channel.id), [])
            if message.get("thread_ts", "") == thread_ts
            and oldest < message["ts"]
            and (not before or message["ts"] < before)
        ]
        return {"messages": sorted([*found, *mine], key=lambda item: item["ts"]), "has_more": len(wanted) < len(older)}

    async def post_message(self, user: str, given: Mapping[str, Any]) -> Json:
        channel = self._find_channel(user, given)
        draft = Draft(
            text=str(given.get("text") or ""),
            thread_ts=str(given.get("thread_ts") or ""),
            broadcast=bool(given.get("broadcast")),
            files=_read_names(given, "files"),
        )
        return {"ts": typed_messages.post_draft(self.hub, user, channel, draft)["ts"]}

    async def edit_message(self, user: str, given: Mapping[str, Any]) -> Json:
        channel = self._find_channel(user, given)
        text = str(given.get("text") or "")
        typed_messages.edit_own_message(self.hub, user, channel, str(given.get("ts")), text)
        return {}

    async def delete_message(self, user: str, given: Mapping[str, Any]) -> Json:
        typed_messages.delete_own_message(self.hub, user, self._find_channel(user, given), str(given.get("ts")))
        return {}

    async def join_channel(self, user: str, given: Mapping[str, Any]) -> Json:
        channel = self._find_channel(user, given)
        membership.join_channel(self.hub, channel, user)
        return {"channel": page_channel(self.hub.state, channel, user)}

    async def run_command(self, user: str, given: Mapping[str, Any]) -> Json:
        channel = self._find_channel(user, given)
        await interactions.run_command(
            self.hub, user, channel, str(given.get("text") or ""), str(given.get("thread_ts") or "")
        )
        return {}

    async def send_action(self, user: str, given: Mapping[str, Any]) -> Json:
        container, action, values = _read_object(given, "container"), _read_object(given, "action"), _read_values(given)
        with self._report_no_response(user):
            await interactions.send_block_action(self.hub, user, container, action, values)
        return {}

    def _report_no_response(self, user: str) -> "_NoResponseReport":
        return _NoResponseReport(self.hub, user)

    async def submit_view(self, user: str, given: Mapping[str, Any]) -> Json:
        errors = await interactions.submit_view(self.hub, user, str(given.get("view_id")), _read_values(given))
        return {"errors": errors} if errors else {}

    async def close_view(self, user: str, given: Mapping[str, Any]) -> Json:
        with self._report_no_response(user):
            await interactions.close_view(self.hub, user, str(given.get("view_id")), all_views=bool(given.get("all")))
        return {}

    async def run_shortcut(self, user: str, given: Mapping[str, Any]) -> Json:
        channel, ts = str(given.get("channel") or ""), str(given.get("message_ts") or "")
        with self._report_no_response(user):
            await interactions.use_shortcut(self.hub, user, str(given.get("callback_id")), channel, ts)
        return {}

    async def load_options(self, user: str, given: Mapping[str, Any]) -> Json:
        place = (str(given.get("block_id")), str(given.get("action_id")), str(given.get("value") or ""))
        return await interactions.load_options(self.hub, user, _read_object(given, "container"), *place)

    async def open_home(self, user: str, given: Mapping[str, Any]) -> Json:
        state = self.hub.state
        tab = str(given.get("tab") or "home")
        view = state.homes.get(user)
        channel = state.find_or_open_direct([user, state.app.bot_user_id])
        events.send_home_opened(self.hub, user, channel, tab, view, self._find_viewed(user, given))
        if tab == "messages" and self.hub.manifest.assistant:
            self._start_assistant_thread(user, channel)
        return {"view": view}

    def _find_viewed(self, user: str, given: Mapping[str, Any]) -> Channel | None:
        """The channel the person has in view; the conversation with the app itself doesn't count."""
        channel = self.hub.state.channels.get(str(given.get("viewing")))
        known = channel is not None and self.hub.state.can_read(channel, user)
        return channel if known and channel and not (channel.is_im and self.hub.state.has_bot(channel)) else None

    async def change_context(self, user: str, given: Mapping[str, Any]) -> Json:
        state = self.hub.state
        channel = state.find_or_open_direct([user, state.app.bot_user_id])
        events.send_context_changed(self.hub, user, channel, self._find_viewed(user, given))
        return {}

    async def stop_session(self, user: str, given: Mapping[str, Any]) -> Json:
        channel, thread_ts = self._find_channel(user, given), str(given.get("thread_ts"))
        replies = self.hub.state.timelines[channel.id].threads.get(thread_ts, [])
        found = [self.hub.state.find_message(channel.id, ts) for ts in replies]
        streaming = [message["ts"] for message in found if message and message.get("streaming")]
        events.send_session_stopped(self.hub, user, channel, thread_ts, streaming)
        return {}

    def _start_assistant_thread(self, user: str, channel: Channel) -> None:
        """Start a thread the first time someone opens the Messages tab of an app with the older assistant view."""
        if self.hub.state.timelines[channel.id].roots:
            return
        opening = {"text": "New Assistant Thread", "subtype": "assistant_app_thread"}
        root = messages.publish_message(self.hub, channel, messages.build_app_message(self.hub, opening), quiet=True)
        events.send_assistant_thread_started(self.hub, user, channel, root["ts"])

    async def set_reaction(self, user: str, given: Mapping[str, Any]) -> Json:
        channel = self._find_channel(user, given)
        message = self.hub.state.find_message(channel.id, str(given.get("ts")))
        if message is None:
            raise ApiError("message_not_found")
        messages.set_reaction(
            self.hub, channel, message, user, str(given.get("name")), add=bool(given.get("add", True))
        )
        return {}

    async def mark_read(self, user: str, given: Mapping[str, Any]) -> Json:
        channel = self._find_channel(user, given)
        self.hub.state.mark_read(user, channel.id, str(given.get("ts") or self.hub.clock.new_timestamp()))
        return {}

    async def open_direct_message(self, user: str, given: Mapping[str, Any]) -> Json:
        others = _read_names(given, "others") or (str(given.get("other")),)
        if any(other not in self.hub.state.people for other in others):
            raise ApiError("user_not_found")
        channel = membership.open_direct_message(self.hub, [user, *others])
        return {"channel": page_channel(self.hub.state, channel, user)}

    async def serve_socket(self, request: web.Request) -> web.StreamResponse:
        user = request.query.get("user", "")
        if user not in self.hub.state.people:
            return web.Response(status=404, text=f"{user} isn't a person in this workspace.")
        return await self.hub.pages.serve(request, user, {"type": "app", "connected": self.hub.transport.connected})


def _read_object(given: Mapping[str, Any], name: str) -> Json:
    """Read a field that holds an object; a missing one reads as empty. Raises ApiError `invalid_arguments`."""
    value = given.get(name) or {}
    if not isinstance(value, dict):
        raise ApiError("invalid_arguments", message=f"{name} must be an object.")
    return value


def _read_names(given: Mapping[str, Any], name: str) -> tuple[str, ...]:
    value = given.get(name) or []
    if not isinstance(value, list):
        raise ApiError("invalid_arguments", message=f"{name} must be a list.")
    return tuple(map(str, value))


def _read_values(given: Mapping[str, Any]) -> Json:
    """Read the entered values, `state.values` by block_id and action_id; empty if there are none."""
    values = _read_object(_read_object(given, "state"), "values")
    return {
        block: {action: _read_object(_read_object(values, block), action) for action in _read_object(values, block)}
        for block in values
    }


def _read_limit(given: Mapping[str, Any]) -> int:
    text = str(given.get("limit") or 50)
    if not text.isdecimal() or len(text) > 9 or not int(text):
        raise ApiError("invalid_arguments", message="limit must be a positive whole number.")
    return min(int(text), PAGE_AT_MOST)


@dataclass(frozen=True, slots=True)
class _NoResponseReport:
    """Context manager: if the app doesn't respond, tell the person on every open page and let the request succeed."""

    hub: Hub
    user: str

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, problem: BaseException | None, trace: object) -> bool:
        if isinstance(problem, NoAppResponse):
            self.hub.pages.push([self.user], {"type": "error", "message": problem.message})
            return True
        return False
