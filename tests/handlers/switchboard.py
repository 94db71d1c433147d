"""Sends payloads through Bolt and the worker, as Slack would, and collects everything that a person could read.

There is no Slack behind it: calls to its Web API are recorded and succeed.
"""

import asyncio
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse
from slack_sdk.webhook.async_client import AsyncWebhookClient
from slack_sdk.webhook.webhook_response import WebhookResponse
from sqlalchemy import select

from foundation.access import PersonKind
from foundation.errors import UserError
from handlers import register
from handlers.context import AppContext
from handlers.slack.calls import DeferredCall
from handlers.slack.routes import Routes
from storage.engine.inbox import NewArrival
from storage.engine.lease import Lease
from storage.tables.engine import DeliveryRow

OURS, THEIRS = "T00MERIDIAN", "T00BRIGHT"


class KnownPeople:
    """What Slack would say about people; those it isn't asked about are colleagues."""

    own_ids = frozenset({OURS})
    is_enterprise = False

    def __init__(self, kinds: Mapping[str, PersonKind]) -> None:
        self._kinds = kinds

    def recall(self, user: str) -> PersonKind:
        return self._kinds.get(user, PersonKind.UNLISTED)

    def look_up(self, user: str) -> None:
        """Everything is known."""

    async def look_up_soon(self, user: str) -> None:
        """Everything is known."""


class InboxSink:
    def __init__(self, ctx: AppContext) -> None:
        self._ctx = ctx

    async def write(self, arrival: NewArrival) -> None:
        await asyncio.to_thread(self._ctx.store.inbox.write, [arrival])


@dataclass
class Switchboard:
    """`shown` is everything since the last `clear`: acks, calls to Slack, deliveries, and what the worker would say."""

    ctx: AppContext
    app: AsyncApp
    routes: Routes
    shown: list[str] = field(default_factory=list)

    async def send(self, body: Mapping[str, Any]) -> str:
        """Everything that came of the payload, as text."""
        self.shown.clear()
        request = AsyncBoltRequest(body=json.dumps(body), mode="socket_mode")
        request.body.update(body)
        response = await self.app.async_dispatch(request)
        assert "unhandled request" not in str(response.body), body
        self.shown.append(str(response.body))
        await asyncio.to_thread(self._work)
        return "\n".join(self.shown)

    def _work(self) -> None:
        for arrival in self.ctx.store.inbox.claim("test", self.ctx.now(), 10, Lease()):
            call = DeferredCall(arrival.payload, self.ctx, arrival)
            try:
                self.routes.deferred_handlers[arrival.route](call)
            except UserError as error:
                self.shown.append(error.message)
                with call.transaction():
                    pass  # the worker's explanation would be in here
        self.shown.extend(self._read_deliveries())

    def _read_deliveries(self) -> Iterator[str]:
        """What is to be sent. It counts as sent from now on, so that a later edit or Home is a delivery of its own."""
        with self.ctx.store.transaction(self.ctx.now()) as tx:
            for row in tx.session.scalars(select(DeliveryRow).where(DeliveryRow.status == "waiting")).all():
                row.status, row.due_at = "done", None
                yield json.dumps([row.channel, row.person, row.arguments], ensure_ascii=False)


def open_switchboard(ctx: AppContext, monkeypatch: pytest.MonkeyPatch) -> Switchboard:
    async def authorize() -> AuthorizeResult:
        return AuthorizeResult(
            enterprise_id=None, team_id=OURS, bot_user_id="U00PMOBOT", bot_id="B1", bot_token="xoxb-1"
        )

    app = AsyncApp(signing_secret="secret", authorize=authorize, process_before_response=True)
    routes = Routes(app, ctx, InboxSink(ctx))
    register(routes)
    board = Switchboard(ctx, app, routes)

    async def record_call(client: AsyncWebClient, method: str, **given: Any) -> AsyncSlackResponse:
        board.shown.append(json.dumps([method, given], ensure_ascii=False, default=str))
        data = {"ok": True, "view": {"id": "V1"}}
        return AsyncSlackResponse(
            client=client, http_verb="POST", api_url=method, req_args={}, data=data, headers={}, status_code=200
        )

    async def record_reply(client: AsyncWebhookClient, body: Mapping[str, Any], *_: Any) -> WebhookResponse:
        board.shown.append(json.dumps(body, ensure_ascii=False))
        return WebhookResponse(url=client.url, status_code=200, body="ok", headers={})

    monkeypatch.setattr(AsyncWebClient, "api_call", record_call)
    monkeypatch.setattr(AsyncWebhookClient, "send_dict", record_reply)
    return board
