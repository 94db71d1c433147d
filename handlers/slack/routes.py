"""How what Slack sends finds its function.

Two kinds of function, and only two:

- *work* is done later: what arrived is written in the inbox before Slack gets its ack, and a worker calls
  `work(arrival, house)` until its results are committed. It changes state and speaks through the outbox.
- *visits* are answered at once, within Slack's three seconds, because they need the trigger (a modal) or answer with
  the ack itself (errors in a form, options of a select). They change nothing.
"""

import asyncio
import logging
import re
import uuid
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from foundation.errors import Invalid, Refused
from foundation.people import Person
from handlers.context import House
from handlers.slack import payloads
from handlers.slack.blocks.builders import modal, section
from storage.engine.inbox import Arrival, NewArrival

R = TypeVar("R")

log = logging.getLogger(__name__)

Body = Mapping[str, Any]
Work = Callable[[Arrival, House], None]
Check = Callable[[Body, House], None]
UNEXPECTED = "Something went wrong on our side. Please try again; if it stays, tell the PMO the reference {reference}."


class Keeper(Protocol):
    """Writes what arrived; returns when it is safe in the database."""

    async def keep(self, arrival: NewArrival) -> None: ...


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody at the door, who needs an answer now."""

    body: Body
    house: House
    client: AsyncWebClient
    ack: AsyncAck

    @property
    def person(self) -> Person:
        return self.house.people.get(payloads.place(self.body).user)

    async def open(self, view: Mapping[str, Any]) -> None:
        """Open a modal, or put it on the stack when one is open."""
        call = self.client.views_push if self.body.get("view", {}).get("type") == "modal" else self.client.views_open
        await call(trigger_id=self.body["trigger_id"], view=dict(view))

    async def look(self, find: Callable[[], R]) -> R:
        """Call something that reads the database, off the event loop."""
        return await asyncio.to_thread(find)


Call = Callable[[Visit], Awaitable[None]]


class Routes:
    """Wires functions to Bolt and remembers the names, for the worker and for the manifest."""

    def __init__(self, app: AsyncApp, house: House, keeper: Keeper) -> None:
        self.works: dict[str, Work] = {}
        self.commands: set[str] = set()
        self.events: set[str] = set()
        self.shortcuts: set[str] = set()
        self.actions: set[str] = set()
        self.views: set[str] = set()
        self.options: set[str] = set()
        self._app = app
        self._house = house
        self._keeper = keeper

    def event(self, name: str, work: Work, *, when: Callable[[Body], bool] = lambda _: True) -> None:
        """Work for an event. Bolt acks events before their listener runs, so it is kept in a middleware."""
        route = self._remember(f"event:{name}", work)
        self.events.add(name)

        async def keep(body: Body, next: Callable[[], Awaitable[None]]) -> None:  # noqa: A002 (Bolt's name)
            if when(body):
                await self._keep(route, body)
            await next()

        async def done() -> None:
            """The ack has been sent by Bolt; the work is the worker's."""

        self._app.event(name, middleware=[keep])(done)

    def command(self, name: str, work: Work) -> None:
        """Work for a slash command."""
        self.commands.add(name)
        self._app.command(name)(self._later(self._remember(f"command:{name}", work)))

    def action(self, action_id: str, work: Work) -> None:
        """Work for a button or a select; “noun.verb.*” stands for all ids that begin so."""
        self.actions.add(action_id)
        self._app.action(_pattern(action_id))(self._later(self._remember(f"action:{action_id}", work)))

    def submission(self, callback_id: str, work: Work, check: Check) -> None:
        """Work for a modal. `check` raises Invalid, and its sentences stand under the fields of the open modal."""
        route = self._remember(f"view:{callback_id}", work)
        self.views.add(callback_id)

        async def listener(visit: Visit) -> None:
            await visit.look(lambda: check(visit.body, self._house))
            await self._keep(route, visit.body)
            await visit.ack()

        self._app.view(callback_id)(self._now(listener, acks=True))

    def command_now(self, name: str, call: Call) -> None:
        self.commands.add(name)
        self._app.command(name)(self._now(call))

    def shortcut_now(self, callback_id: str, call: Call) -> None:
        self.shortcuts.add(callback_id)
        self._app.shortcut(callback_id)(self._now(call))

    def action_now(self, action_id: str, call: Call) -> None:
        """A button that opens something; “noun.verb.*” stands for all ids that begin so."""
        self.actions.add(action_id)
        self._app.action(_pattern(action_id))(self._now(call))

    def submission_now(self, callback_id: str, call: Call) -> None:
        """A step of a modal that changes nothing yet; `call` acks with the next view."""
        self.views.add(callback_id)
        self._app.view(callback_id)(self._now(call, acks=True))

    def options_now(self, action_id: str, call: Call) -> None:
        """The choices of an external select; `call` acks with them."""
        self.options.add(action_id)
        self._app.options(action_id)(self._now(call, acks=True))

    def _remember(self, route: str, work: Work) -> str:
        if route in self.works:
            raise ValueError(f"The route {route} is taken.")
        self.works[route] = work
        return route

    async def _keep(self, route: str, body: Body) -> None:
        arrival = NewArrival(payloads.key(body), route, _without_token(body), self._house.now())
        await self._keeper.keep(arrival)

    def _later(self, route: str) -> Callable[..., Awaitable[None]]:
        async def listener(visit: Visit) -> None:
            await self._keep(route, visit.body)
            await visit.ack()

        return self._now(listener, acks=True)

    def _now(self, call: Call, *, acks: bool = False) -> Callable[..., Awaitable[None]]:
        """Give the function its visit, and explain what it raises to the person in the place where they are."""

        async def listener(ack: AsyncAck, body: Body, client: AsyncWebClient) -> None:
            visit = Visit(body, self._house, client, ack)
            try:
                if not acks:
                    await ack()
                await call(visit)
            except Invalid as refused:
                await _explain(visit, refused.message, refused.fields)
            except Refused as refused:
                await _explain(visit, refused.message)
            except SlackApiError as error:
                await _explain(visit, _slack_words(error))
            except Exception:
                await _explain(visit, UNEXPECTED.format(reference=_logged()))

        return listener


def _pattern(action_id: str) -> str | re.Pattern[str]:
    """What Bolt is to listen for; its own patterns may match in the middle, ours never do."""
    if not action_id.endswith(".*"):
        return action_id
    return re.compile(r"\A" + re.escape(action_id.removesuffix("*")) + r".+\Z")


def _logged() -> str:
    reference = uuid.uuid4().hex[:8]
    log.exception("Unexpected error %s", reference)
    return reference


def _slack_words(error: SlackApiError) -> str:
    code = error.response.get("error", "")
    if code in ("expired_trigger_id", "exchanged_trigger_id", "trigger_expired"):
        return "That took too long for Slack. Please try again."
    log.error("Slack refused %s: %s", error.response.get("error"), error.response.get("response_metadata"))
    return f"Slack did not accept that ({code}). Please try again; if it stays, tell the PMO."


async def _explain(visit: Visit, words: str, fields: Mapping[str, str] | None = None) -> None:
    """Say it under the fields of an open form, else in the place where the person is, to them only."""
    body = visit.body
    blocks = [block["block_id"] for block in body.get("view", {}).get("blocks", ()) if block["type"] == "input"]
    if body.get("type") == "view_submission" and blocks:
        errors = {key: words_ for key, words_ in (fields or {}).items() if key in blocks}
        await visit.ack(response_action="errors", errors=errors or {blocks[0]: words})
        return
    await visit.ack()
    if body.get("type") == "shortcut" and await _shown(visit, words):
        return
    await _tell(visit.client, payloads.place(body), words)


async def _shown(visit: Visit, words: str) -> bool:
    """A shortcut comes from no channel, but a window can be opened for it; unless its trigger is used up or too old."""
    try:
        await visit.open(modal("That is not possible", [section(words)]))
    except SlackApiError:
        return False
    return True


async def _tell(client: AsyncWebClient, where: payloads.Place, words: str) -> None:
    """By the address that came along if there is one: it also works in channels where the bot is not."""
    if where.response_url:
        webhook = AsyncWebhookClient(where.response_url, session=client.session)
        webhook.proxy = client.proxy
        await webhook.send_dict({"text": words, "replace_original": False})
    elif where.channel:
        await client.chat_postEphemeral(channel=where.channel, user=where.user, text=words)
    else:
        await client.chat_postMessage(channel=where.user, text=words)


def _without_token(body: Body) -> dict[str, Any]:
    """Slack's deprecated verification token is a secret: it is not kept."""
    return {name: value for name, value in body.items() if name != "token"}
