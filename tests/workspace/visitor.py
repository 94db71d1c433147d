"""One person who uses the workspace as its page does."""

import asyncio
import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from tests.workspace import filling

if TYPE_CHECKING:
    from tests.workspace.running import RunningWorkspace

Json = dict[str, Any]
Wanted = Callable[[Json], Any]
SECONDS = 10.0


class ActionRefused(AssertionError):
    """The workspace refused something a person did. `code` is Slack's error, `message` what the person reads."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


class Visitor:
    """One person with one page open: acts through the page's API, waits on the page's WebSocket."""

    def __init__(self, workspace: "RunningWorkspace", user: str) -> None:
        self.workspace = workspace
        self.user = user
        self.stack: list[Json] = []
        self.home_view: Json | None = None
        self._since = workspace.server.hub.clock.new_timestamp()
        self._frames: list[Json] = []
        self._seen: set[str] = set()
        self._arrived = asyncio.Condition()
        self._ready = asyncio.Event()
        self._reader = asyncio.create_task(self._read())

    # What the person does

    async def post(
        self,
        channel: str,
        text: str,
        thread_ts: str = "",
        *,
        files: Mapping[str, bytes] | None = None,
        broadcast: bool = False,
    ) -> str:
        """Type a message; returns its ts. `files` are attached; `broadcast` also sends a reply to the channel."""
        attached = [await self.upload(name, content) for name, content in (files or {}).items()]
        where = {"channel": channel, "thread_ts": thread_ts, "broadcast": broadcast}
        return str((await self._do("post", text=text, files=attached, **where))["ts"])

    async def upload(self, name: str, content: bytes) -> str:
        """Upload a file without sharing it yet; returns its id."""
        query = {"user": self.user, "name": name}
        async with self.workspace.session.post(
            f"{self.workspace.url}/client/upload", params=query, data=content
        ) as response:
            answer = await response.json()
        self._check(answer)
        return str(answer["file"]["id"])

    async def edit(self, channel: str, ts: str, text: str) -> None:
        """Change one's own message."""
        await self._do("edit", channel=channel, ts=ts, text=text)

    async def delete(self, channel: str, ts: str) -> None:
        """Delete one's own message."""
        await self._do("delete", channel=channel, ts=ts)

    async def command(self, text: str, channel: str = "C01GENERAL", thread_ts: str = "") -> None:
        await self._do("command", channel=channel, text=text, thread_ts=thread_ts)

    async def click(self, holder: Json, wanted: str, value: Any = None, channel: str = "") -> None:
        """Use a button, a select or a menu of a message or a view, found by action_id or label.

        `value` is the selection: an option's value or text, a user id, a date…
        """
        block, element = filling.find_element(holder, wanted)
        extra = await self._suggestions(holder, block, element, value)
        action = filling.build_action(block, {**element, "options": extra} if extra else element, value, wanted)
        body = {"container": self._container(holder, channel), "action": action}
        await self._do("action", **body, state={"values": filling.read_initial_states(holder)})

    async def submit(self, view: Json, given: dict[str, Any] | None = None) -> dict[str, str]:
        """Fill in a modal by block_id or label and submit it. Returns the errors shown in it, by block_id."""
        values = filling.read_initial_states(view)
        for name, value in (given or {}).items():
            block, element = self._input(view, name)
            extra = await self._suggestions(view, block, element, value)
            values[block["block_id"]][element["action_id"]] = filling.build_filled_state(element, value, extra)
        answer = await self._do("submit", view_id=view["id"], state={"values": values})
        return dict(answer.get("errors") or {})

    async def close(self, view: Json, *, all_views: bool = False) -> None:
        await self._do("close", view_id=view["id"], all=all_views)

    async def shortcut(self, callback_id: str, channel: str = "", message: Json | None = None) -> None:
        kind = "message" if message else "global"
        ts = message["ts"] if message else ""
        await self._do("shortcut", callback_id=callback_id, type=kind, channel=channel, message_ts=ts)

    async def options(self, holder: Json, wanted: str, typed: str, channel: str = "") -> list[Json]:
        """Return the options an external select offers for the typed text."""
        block, element = filling.find_element(holder, wanted)
        place = {"block_id": block["block_id"], "action_id": element["action_id"], "value": typed}
        answer = await self._do("options", container=self._container(holder, channel), **place)
        groups = answer.get("option_groups") or []
        return list(answer.get("options") or [item for group in groups for item in group["options"]])

    async def open_home(self, tab: str = "home", viewing: str = "") -> Json | None:
        """Open the app's home, from a channel in view. Returns the view that is already published there."""
        view: Json | None = (await self._do("home", tab=tab, viewing=viewing))["view"]
        return view

    async def view(self, channel: str) -> None:
        """Look at a channel while the agent is visible beside it."""
        await self._do("context", viewing=channel)

    async def stop(self, channel: str, thread_ts: str) -> None:
        """Press the stop button of an agent's session."""
        await self._do("stop", channel=channel, thread_ts=thread_ts)

    async def react(self, channel: str, ts: str, name: str, *, add: bool = True) -> None:
        await self._do("react", channel=channel, ts=ts, name=name, add=add)

    async def read(self, channel: str, ts: str) -> None:
        await self._do("read", channel=channel, ts=ts)

    async def dm(self, other: str = "") -> str:
        """Return the channel of the direct message with this person, or with the app."""
        app = self.workspace.server.hub.state.app.bot_user_id
        return str((await self._do("dm", other=other or app))["channel"]["id"])

    async def group(self, *others: str) -> str:
        """Return the channel of the group message with these people and the app."""
        app = self.workspace.server.hub.state.app.bot_user_id
        return str((await self._do("dm", others=[*others, app]))["channel"]["id"])

    async def join(self, channel: str) -> None:
        await self._do("join", channel=channel)

    # What the person sees

    async def messages(self, channel: str, thread_ts: str = "", limit: int = 50) -> list[Json]:
        query = {"user": self.user, "channel": channel, "limit": str(limit)}
        async with self.workspace.session.get(
            f"{self.workspace.url}/client/messages", params=query | ({"thread_ts": thread_ts} if thread_ts else {})
        ) as response:
            answer = await response.json()
        self._check(answer)
        return [message | {"channel": channel} for message in answer["messages"]]

    async def boot(self) -> Json:
        async with self.workspace.session.get(
            f"{self.workspace.url}/client/boot", params={"user": self.user}
        ) as response:
            answer: Json = await response.json()
        self._check(answer)
        return answer

    async def wait_message(
        self, wanted: Wanted | str | None = None, channel: str = "", seconds: float = SECONDS
    ) -> Json:
        """Wait for the next message (new, changed or ephemeral) that matches, and return it with its `channel`.

        Text matches a message by someone else that contains it. Without `wanted`, any message by someone else matches.
        A function is called with every message, including the person's own.
        """

        def fits(frame: Json) -> Any:
            message = frame["message"]
            if channel and frame["channel"] != channel:
                return False
            if isinstance(wanted, str):
                return message.get("user") != self.user and wanted in filling.read_text(message)
            return wanted(message) if wanted else message.get("user") != self.user

        frame = await self.wait_frame(("message", "message_changed", "ephemeral"), fits, seconds)
        return frame["message"] | {"channel": frame["channel"]}

    async def wait_deleted(self, ts: str, seconds: float = SECONDS) -> Json:
        return await self.wait_frame(("message_deleted",), lambda frame: frame["ts"] == ts, seconds)

    async def wait_view(self, wanted: Wanted | str | None = None, seconds: float = SECONDS) -> Json:
        """Wait for the next view opened, pushed or updated that matches. Text is a callback_id or a title."""

        def fits(frame: Json) -> Any:
            view = frame["view"]
            if isinstance(wanted, str):
                return wanted in (view["callback_id"], view["title"]["text"])
            return wanted(view) if wanted else True

        view: Json = (await self.wait_frame(("view_opened", "view_pushed", "view_updated"), fits, seconds))["view"]
        return view

    async def wait_home(self, wanted: Wanted | None = None, seconds: float = SECONDS) -> Json:
        view: Json = (
            await self.wait_frame(("home",), lambda frame: wanted(frame["view"]) if wanted else True, seconds)
        )["view"]
        return view

    async def wait_closed(self, seconds: float = SECONDS) -> Json:
        return await self.wait_frame(("view_closed",), lambda frame: True, seconds)

    async def wait_error(self, seconds: float = SECONDS) -> str:
        return str((await self.wait_frame(("error",), lambda frame: True, seconds))["message"])

    async def wait_frame(self, kinds: tuple[str, ...], fits: Wanted, seconds: float = SECONDS) -> Json:
        """Wait for the first frame of these kinds that matches and wasn't returned before."""
        await self._ready.wait()
        try:
            async with asyncio.timeout(seconds), self._arrived:
                while True:
                    for index, frame in enumerate(self._frames):
                        if frame["type"] in kinds and fits(frame):
                            return self._frames.pop(index)
                    await self._arrived.wait()
        except TimeoutError:
            shown = "\n".join(f"  {json.dumps(frame)[:300]}" for frame in self._frames[-10:])
            raise AssertionError(f"{self.user} waited {seconds} s for {kinds}. The latest frames:\n{shown}") from None

    def nothing_came(self, *kinds: str) -> bool:
        """Whether no unread frame of these kinds has arrived."""
        return not any(frame["type"] in kinds for frame in self._frames)

    async def leave(self) -> None:
        self._reader.cancel()
        await asyncio.gather(self._reader, return_exceptions=True)

    # How it works

    async def _do(self, what: str, **body: Any) -> Json:
        await self._ready.wait()
        async with self.workspace.session.post(
            f"{self.workspace.url}/client/{what}", json={"user": self.user, **body}
        ) as response:
            answer: Json = await response.json()
        self._check(answer)
        return answer

    def _check(self, answer: Json) -> None:
        if not answer.get("ok"):
            raise ActionRefused(str(answer.get("error", "")), str(answer.get("message", "")))

    async def _read(self) -> None:
        address = f"{self.workspace.url}/client/socket"
        async with self.workspace.session.ws_connect(address, params={"user": self.user}) as socket:
            await self._catch_up()
            self._ready.set()
            async for item in socket:
                await self._take(json.loads(item.data))

    async def _catch_up(self) -> None:
        """Fetch the messages posted before the page's socket was open."""
        ephemerals = self.workspace.server.hub.state.ephemerals
        for channel in (await self.boot())["channels"]:
            if (channel["latest"] or "") > self._since or (self.user, channel["id"]) in ephemerals:
                for message in await self.messages(channel["id"]):
                    if message["ts"] > self._since:
                        kind = "ephemeral" if message.get("ephemeral") else "message"
                        await self._take({"type": kind, "channel": channel["id"], "message": message})

    async def _take(self, frame: Json) -> None:
        if "message" in frame and isinstance(frame["message"], dict):
            form = json.dumps([frame["channel"], frame["message"]], sort_keys=True)
            if form in self._seen:
                return
            self._seen.add(form)
        self._follow_views(frame)
        async with self._arrived:
            self._frames.append(frame)
            self._arrived.notify_all()

    def _follow_views(self, frame: Json) -> None:
        kind, view = frame["type"], frame.get("view")
        if kind == "view_opened":
            self.stack = [view]
        elif kind == "view_pushed":
            self.stack.append(view)
        elif kind == "view_updated":
            self.stack = [view if item["id"] == view["id"] else item for item in self.stack]
        elif kind == "home":
            self.home_view = view
        elif kind == "view_closed":
            ids = [item["id"] for item in self.stack]
            self.stack = (
                [] if frame["all"] or frame["view_id"] not in ids else self.stack[: ids.index(frame["view_id"])]
            )

    def _container(self, holder: Json, channel: str) -> Json:
        if "ts" not in holder:
            return {"type": "view", "view_id": holder["id"]}
        place = {"type": "message", "channel": channel or holder.get("channel", ""), "ts": holder["ts"]}
        return place | ({"thread_ts": holder["thread_ts"]} if holder.get("thread_ts") else {})

    def _input(self, view: Json, name: str) -> tuple[Json, Json]:
        for block, element in filling.iterate_elements(view):
            if block["block_id"] == name:
                return block, element
        return filling.find_element(view, name)

    async def _suggestions(self, holder: Json, block: Json, element: Json, value: Any) -> list[Json]:
        if "external" not in element["type"] or isinstance(value, dict) or value is None:
            return []
        wanted = value if isinstance(value, list) else [value]
        found = []
        for item in wanted:
            found += await self.options(holder, element["action_id"], str(item))
        return found
