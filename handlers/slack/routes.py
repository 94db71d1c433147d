"""How a payload from Slack finds its handler. There are two kinds of handler, and only two:

- A *deferred* handler changes state and posts through the outbox. Its payload is stored in the inbox before Slack gets
  its ack; a worker then calls the handler until its results are committed.
- An *immediate* handler answers within Slack's three seconds, because it needs the trigger (to open a modal) or answers
  with the ack itself (errors in a form, options of a select). It changes nothing.

A deferred handler that takes long, and only answers, is registered as `heavy`, always or for some calls. It then has a
thread of its own, and nothing waits for it, not even what the same person does next.

Each route says what it `needs`: no handler runs for a person whose access doesn't cover that (see handlers.slack.gate).
None is for what no person does, such as Slack's notice that a channel was renamed.
"""

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Protocol

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from foundation.access import Access
from foundation.errors import InvalidInput, NotAllowed, UserError
from handlers.context import AppContext
from handlers.slack import payloads
from handlers.slack.blocks.builders import build_modal, section
from handlers.slack.calls import BlockingCall, DeferredCall, HandlerCall, ImmediateCall, Payload
from handlers.slack.errors import CALL_ERRORS, UNEXPECTED_ERROR, explain_slack_error, log_unexpected_error, read_cause
from handlers.slack.gate import check_access, is_ignored
from handlers.slack.message_events import identify_message
from storage.db_errors import DatabaseUnavailable
from storage.engine.inbox import NewArrival

log = logging.getLogger(__name__)

AGENT_VIEW_SECONDS = 3.0
LONGEST_ID = 40  # of a person, as stored

DeferredHandler = Callable[[DeferredCall], object]
ImmediateHandler = Callable[[ImmediateCall], Awaitable[None]]
SubmissionCheck = Callable[[BlockingCall], object]
IsHeavy = Callable[[HandlerCall], bool]


def always(_: HandlerCall) -> bool:
    """Every call is heavy."""
    return True


def never(_: HandlerCall) -> bool:
    """No call is heavy."""
    return False


class ArrivalSink(Protocol):
    """Writes what arrived; returns when it is safe in the database."""

    async def write(self, arrival: NewArrival) -> None: ...


class Routes:
    """Wires handlers to Bolt. Remembers the names for the worker and the manifest."""

    def __init__(self, app: AsyncApp, ctx: AppContext, inbox: ArrivalSink) -> None:
        self.deferred_handlers: dict[str, DeferredHandler] = {}
        self.commands: set[str] = set()
        self.events: set[str] = set()
        self.shortcuts: set[str] = set()
        self.actions: set[str] = set()
        self.views: set[str] = set()
        self.options: set[str] = set()
        self.needs: dict[str, Access | None] = {}  # by route, such as “action:help.show”
        self._is_heavy: dict[str, IsHeavy] = {}  # by route
        self._app = app
        self._ctx = ctx
        self._inbox = inbox
        self._companions: dict[str, ImmediateHandler] = {}  # by event
        self._accompanying: set[asyncio.Task[None]] = set()
        app.use(_make_storable)

    def use_context(self, ctx: AppContext) -> None:
        """Work with this context from the next payload on; calls under way keep theirs."""
        self._ctx = ctx

    def accompany_event(self, name: str, handler: ImmediateHandler) -> None:
        """What the agent view shows while a deferred handler of the event is at work. Nothing waits for it."""
        self._companions[name] = handler

    def handle_event(self, name: str, handler: ImmediateHandler) -> None:
        """An event that only the agent view is about. It isn't stored: if its handler fails, nothing is lost."""
        self.events.add(name)

        async def listener(body: Payload, client: AsyncWebClient, ack: AsyncAck) -> None:
            await self._show_in_agent_view(handler, ImmediateCall(body, self._ctx, client, ack))

        self._app.event(name)(listener)

    def defer_event(
        self,
        name: str,
        handler: DeferredHandler,
        *,
        needs: Access | None,
        when: Callable[[BlockingCall], Awaitable[bool]] | None = None,
    ) -> None:
        """A deferred handler of an event. What `when` says no to is neither stored nor logged."""
        route = self._remember_handler(f"event:{name}", handler, needs)
        self.events.add(name)

        # Bolt acks an event before its listener runs. Only a middleware runs early enough to store it first.
        async def store(
            body: Payload,
            client: AsyncWebClient,
            ack: AsyncAck,
            next: Callable[[], Awaitable[None]],  # noqa: A002 (Bolt's name)
        ) -> BoltResponse | None:
            ctx = self._ctx
            try:
                if when is None or await when(BlockingCall(body, ctx)):
                    self._accompany(name, ImmediateCall(body, ctx, client, ack))
                    await self._store_arrival(route, body)
            except DatabaseUnavailable as error:
                log.error("An event couldn't be stored, so Slack will deliver it again: %s", error.message)
                return BoltResponse(status=HTTPStatus.SERVICE_UNAVAILABLE)
            await next()
            return None

        async def finish() -> None:
            """Bolt has acked, and the worker does the work."""

        self._app.event(name, middleware=[store])(finish)

    def ignore_other_events(self) -> None:
        """Acknowledge every event that has no handler; call this last. Slack would deliver it again and again."""

        async def ignore() -> None:
            """Bolt has acked."""

        self._app.event(re.compile(r".*"))(ignore)

    def defer_command(self, name: str, handler: DeferredHandler, *, needs: Access, heavy: IsHeavy = never) -> None:
        """A deferred handler of a slash command."""
        self.commands.add(name)
        self._app.command(name)(self._defer(self._remember_handler(f"command:{name}", handler, needs, heavy)))

    def defer_action(self, action_id: str, handler: DeferredHandler, *, needs: Access, heavy: IsHeavy = never) -> None:
        """A deferred handler of a button or select. “noun.verb.*” matches every id that starts with “noun.verb.”."""
        self.actions.add(action_id)
        route = self._remember_handler(f"action:{action_id}", handler, needs, heavy)
        self._app.action(_match_action(action_id))(self._defer(route))

    def defer_submission(
        self, callback_id: str, handler: DeferredHandler, check: SubmissionCheck, *, needs: Access
    ) -> None:
        """A deferred handler of a form. `check` raises InvalidInput, which shows its messages under the fields."""
        route = self._remember_handler(f"view:{callback_id}", handler, needs)
        self.views.add(callback_id)

        async def listener(call: ImmediateCall) -> None:
            await asyncio.to_thread(check, BlockingCall(call.payload, call.ctx))
            await self._store_arrival(route, call.payload)
            await call.ack()

        self._app.view(callback_id)(self._answer(listener, needs, acks=True))

    def defer_shortcut(self, callback_id: str, handler: DeferredHandler, *, needs: Access) -> None:
        """A deferred handler of a shortcut in the menu of a message."""
        self.shortcuts.add(callback_id)
        route = self._remember_handler(f"shortcut:{callback_id}", handler, needs)
        self._app.shortcut(callback_id)(self._defer(route))

    def handle_command(self, name: str, handler: ImmediateHandler, *, needs: Access) -> None:
        self.commands.add(name)
        self.needs[f"command:{name}"] = needs
        self._app.command(name)(self._answer(handler, needs))

    def handle_shortcut(self, callback_id: str, handler: ImmediateHandler, *, needs: Access) -> None:
        self.shortcuts.add(callback_id)
        self.needs[f"shortcut:{callback_id}"] = needs
        self._app.shortcut(callback_id)(self._answer(handler, needs))

    def handle_action(self, action_id: str, handler: ImmediateHandler, *, needs: Access) -> None:
        """A button that opens something. “noun.verb.*” matches every id that starts with “noun.verb.”."""
        self.actions.add(action_id)
        self.needs[f"action:{action_id}"] = needs
        self._app.action(_match_action(action_id))(self._answer(handler, needs))

    def handle_options(self, action_id: str, handler: ImmediateHandler, *, needs: Access) -> None:
        """The options of an external select; the handler acks with them."""
        self.options.add(action_id)
        self.needs[f"options:{action_id}"] = needs
        self._app.options(action_id)(self._answer(handler, needs, acks=True))

    def _accompany(self, event: str, call: ImmediateCall) -> None:
        """Begin before the event is stored, so that “I'm at work” doesn't arrive after the answer."""
        if handler := self._companions.get(event):
            task = asyncio.create_task(self._show_in_agent_view(handler, call))
            self._accompanying.add(task)
            task.add_done_callback(self._accompanying.discard)

    async def _show_in_agent_view(self, handler: ImmediateHandler, call: ImmediateCall) -> None:
        if not self._ctx.has_agent_view:
            return
        try:
            async with asyncio.timeout(AGENT_VIEW_SECONDS):
                await handler(call)
        except Exception as error:  # decoration, whatever went wrong
            log.info("The agent view couldn't be updated (%s)", read_cause(error))

    def _remember_handler(
        self, route: str, handler: DeferredHandler, needs: Access | None, heavy: IsHeavy = never
    ) -> str:
        if route in self.deferred_handlers:
            raise ValueError(f"The route {route} has a handler already.")
        self.deferred_handlers[route] = handler if needs is None else _guard(handler, needs)
        self.needs[route] = needs
        self._is_heavy[route] = heavy
        return route

    async def _store_arrival(self, route: str, body: Payload) -> None:
        key, stored = payloads.identify_payload(body), payloads.remove_token(body)
        place, is_heavy = payloads.find_person_place(body), self._is_heavy[route](HandlerCall(body, self._ctx))
        person = place.user[:LONGEST_ID] if place else None
        arrival = NewArrival(key, route, stored, self._ctx.now(), identify_message(body), person, is_heavy)
        await self._inbox.write(arrival)
        log.info("Stored %s", route)

    def _defer(self, route: str) -> Callable[..., Awaitable[None]]:
        async def listener(call: ImmediateCall) -> None:
            await self._store_arrival(route, call.payload)
            await call.ack()

        # Storing it comes first, so the worker asks who it is from.
        return self._answer(listener, None, acks=True)

    def _answer(
        self, handler: ImmediateHandler, needs: Access | None, *, acks: bool = False
    ) -> Callable[..., Awaitable[None]]:
        """Bolt's listener for a handler. Every error is explained to the person where they are.

        A listener that acks and then raises loses its ack, and Slack shows a failure: nothing may escape from here.
        """

        async def listener(ack: AsyncAck, body: Payload, client: AsyncWebClient) -> None:
            call = ImmediateCall(body, self._ctx, client, ack)
            try:
                if not acks:
                    await ack()
                if needs is None or await _is_admitted(call, needs, has_acked=not acks):
                    await handler(call)
            except InvalidInput as error:
                await _explain(call, error.message, error.fields)
            except UserError as error:
                await _explain(call, error.message)
            except CALL_ERRORS as error:
                await _explain(call, explain_slack_error(error))
            except Exception:
                reference = log_unexpected_error(f"answering {body.get('type') or body.get('command')}")
                await _explain(call, UNEXPECTED_ERROR.format(reference))

        return listener


async def _make_storable(
    req: AsyncBoltRequest,
    next: Callable[[], Awaitable[None]],  # noqa: A002 (Bolt's name)
) -> None:
    """Before any listener: what a database refuses is never acknowledged, so Slack would deliver it again and again."""
    req.body = payloads.make_payload_storable(req.body)
    await next()


def _guard(handler: DeferredHandler, needs: Access) -> DeferredHandler:
    """The handler, for those only whose access covers `needs`."""

    def guarded(call: DeferredCall) -> object:
        for user in (call.place.user, *payloads.read_chosen_people(call.payload)):
            call.ctx.directory.look_up(user)
        if is_ignored(call.person):
            with call.transaction():
                return None
        check_access(call.person, needs, call.ctx.people)
        if needs > Access.HANDBOOK:  # it may post to the channels of the PMO
            call.ctx.check_channels()
        return handler(call)

    return guarded


async def _is_admitted(call: ImmediateCall, needs: Access, *, has_acked: bool) -> bool:
    """Whether the handler may run. Where Slack waits for the ack, what is remembered of the person has to do.

    Raises:
        NotAllowed: the person's access doesn't cover what the route needs.
    """
    if has_acked:
        await call.ctx.directory.look_up_soon(call.place.user)
    if is_ignored(call.person):
        await call.ack()
        return False
    try:
        check_access(call.person, needs, call.ctx.people)
    except NotAllowed:
        if not payloads.is_search(call.payload):
            raise
        await call.ack(options=[])  # whoever types into a field gets no message for each letter
        return False
    return True


def _match_action(action_id: str) -> str | re.Pattern[str]:
    """What Bolt listens for. Bolt's own patterns may match in the middle; ours match whole ids."""
    if not action_id.endswith(".*"):
        return action_id
    return re.compile(r"\A" + re.escape(action_id.removesuffix("*")) + r".+\Z")


async def _explain(call: ImmediateCall, text: str, fields: Mapping[str, str] | None = None) -> None:
    """Show an error under the fields of the submitted form, or else to the person alone, where they are."""
    if inputs := payloads.read_input_blocks(call.payload):
        errors = {key: problem for key, problem in (fields or {}).items() if key in inputs}
        await call.ack(response_action="errors", errors=errors or {inputs[0]: text})
        return
    await call.ack()
    if payloads.is_shortcut(call.payload) and await _explain_in_modal(call, text):
        return
    await _explain_in_place(call.client, call.place, text)


async def _explain_in_modal(call: ImmediateCall, text: str) -> bool:
    """Whether a modal could be opened. A shortcut has no channel, but it has a trigger, if that still works."""
    try:
        await call.open_modal(build_modal("That isn't possible", [section(text)]))
    except CALL_ERRORS:
        return False
    return True


async def _explain_in_place(client: AsyncWebClient, place: payloads.Place, text: str) -> None:
    """To the person alone, where they are; if that can't be, in their direct messages."""
    if not (await _explain_by_url(client, place, text) or await _explain_in_channel(client, place, text)):
        try:
            await client.chat_postMessage(channel=place.user, text=text)
        except CALL_ERRORS as error:
            log.error("An explanation couldn't be shown: %s", read_cause(error))


async def _explain_by_url(client: AsyncWebClient, place: payloads.Place, text: str) -> bool:
    """Whether there is a response_url and it works. It also does in channels that the bot isn't in."""
    if not place.response_url:
        return False
    webhook = AsyncWebhookClient(place.response_url, session=client.session)
    webhook.proxy = client.proxy
    try:
        answer = await webhook.send_dict({"text": text, "response_type": "ephemeral", "replace_original": False})
    except CALL_ERRORS:
        return False
    return answer.status_code == HTTPStatus.OK


async def _explain_in_channel(client: AsyncWebClient, place: payloads.Place, text: str) -> bool:
    if not place.channel:
        return False
    try:
        await client.chat_postEphemeral(channel=place.channel, user=place.user, text=text)
    except CALL_ERRORS:
        return False
    return True
