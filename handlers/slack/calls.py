"""What a handler is called with: one object with the payload, the person, the place, and access to the database."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from slack_bolt.async_app import AsyncAck
from slack_sdk.web.async_client import AsyncWebClient

from foundation.people import Person
from handlers.context import AppContext
from handlers.slack import payloads
from handlers.slack.gate import identify_person
from handlers.slack.payloads import Place
from storage.db_errors import retry_once
from storage.engine.inbox import Arrival
from storage.store import Transaction

R = TypeVar("R")

Payload = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class HandlerCall:
    """One payload from Slack, read through `handlers.slack.payloads`."""

    payload: Payload
    ctx: AppContext

    @property
    def place(self) -> Place:
        return payloads.read_place(self.payload)

    @property
    def person(self) -> Person:
        """Whoever typed, clicked or submitted."""
        return identify_person(self.payload, self.ctx)

    @property
    def value(self) -> str:
        """The value of the button or option that was clicked."""
        return payloads.read_value(self.payload)

    @property
    def action_id(self) -> str:
        """The id of the element that was clicked."""
        return payloads.read_action_id(self.payload)

    @property
    def submitted(self) -> dict[str, Any]:
        """The values of a submitted form, by block_id."""
        return payloads.read_submitted(self.payload)

    @property
    def metadata(self) -> str:
        """The private_metadata of a submitted form."""
        return payloads.read_metadata(self.payload)

    @property
    def command_text(self) -> str:
        """What was typed after a slash command."""
        return payloads.read_command_text(self.payload)


@dataclass(frozen=True, slots=True)
class BlockingCall(HandlerCall):
    """A call that runs in a worker thread and may wait for the database."""

    def read(self, fn: Callable[[Transaction], R]) -> R:
        """The result of `fn` in a read-only transaction; in a second one if the database connection is lost."""
        return retry_once(lambda: self._read(fn))

    def _read(self, fn: Callable[[Transaction], R]) -> R:
        with self.ctx.store.read_only(self.ctx.now()) as tx:
            return fn(tx)


@dataclass(frozen=True, slots=True)
class DeferredCall(BlockingCall):
    """Work on an arrival that is safe in the inbox."""

    arrival: Arrival

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """Commit every change and post together with the arrival's “done”.

        Raises:
            storage.engine.inbox.LeaseLost: another process took the arrival over; nothing is changed.
        """
        with self.ctx.store.arrival_transaction(self.arrival, self.ctx.now()) as tx:
            yield tx


@dataclass(frozen=True, slots=True)
class ImmediateCall(HandlerCall):
    """A call that Slack expects an answer to within three seconds. It runs on the event loop."""

    client: AsyncWebClient
    ack: AsyncAck

    async def read(self, fn: Callable[[Transaction], R]) -> R:
        """The result of `fn` in a read-only transaction, off the event loop."""
        return await asyncio.to_thread(BlockingCall(self.payload, self.ctx).read, fn)

    async def open_modal(self, view: Mapping[str, Any]) -> None:
        """Open a modal, or push it onto the stack if one is open."""
        call = self.client.views_push if payloads.read_open_modal(self.payload) else self.client.views_open
        await call(trigger_id=payloads.read_trigger(self.payload), view=dict(view))

    async def replace_modal(self, view: Mapping[str, Any]) -> None:
        """Show the view in place of the open modal, so that no outdated one is left behind; open it if none is."""
        if view_id := payloads.read_open_modal(self.payload):
            await self.client.views_update(view_id=view_id, view=dict(view))
        else:
            await self.open_modal(view)
