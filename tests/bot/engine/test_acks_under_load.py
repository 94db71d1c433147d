"""A command is acknowledged once it's in the database, whatever else the bot is doing."""

import asyncio
import json
import threading
from collections.abc import AsyncIterator

import pytest
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from slack_bolt.authorization import AuthorizeResult
from sqlalchemy import select

from bot.engine.inbox_writer import InboxWriter
from bot.engine.worker import THREADS, Worker
from foundation.access import Access
from handlers.context import AppContext
from handlers.slack.calls import DeferredCall
from handlers.slack.routes import Routes, always
from storage.engine.lease import Lease
from storage.tables.engine import ArrivalRow


class Bot:
    """Bolt, the inbox and the worker. What it is asked to do takes until `can_end`."""

    def __init__(self, ctx: AppContext) -> None:
        self.ctx = ctx
        self.can_end = threading.Event()
        self.at_work = threading.Semaphore(0)
        self.app = AsyncApp(signing_secret="secret", authorize=authorize, process_before_response=True)
        writer = InboxWriter(ctx.store.inbox, lambda: self.worker.wake())
        routes = Routes(self.app, ctx, writer)
        routes.defer_command("/pmo", self.take_long, needs=Access.NOTHING)
        routes.defer_command("/pmo-report", self.take_long, needs=Access.NOTHING, heavy=always)
        handlers = dict.fromkeys(routes.deferred_handlers, self.take_long)
        self.worker = Worker(ctx, handlers, "one", Lease(), lambda: None, writer.wait_until_idle)

    def take_long(self, call: DeferredCall) -> None:
        self.at_work.release()
        assert self.can_end.wait(20)
        with call.transaction():
            pass

    async def send(self, command: str, number: int) -> int:
        """Send it as somebody; the status of the ack."""
        body = {"command": command, "text": "", "user_id": f"U0{number}", "channel_id": "C07ASK", "team_id": "T1"}
        body |= {"trigger_id": f"{command}{number}", "response_url": "https://hooks.slack.com/sample"}
        request = AsyncBoltRequest(body=json.dumps(body), mode="socket_mode")
        request.body.update(body)
        response = await self.app.async_dispatch(request)
        return int(response.status)

    def is_stored(self, command: str, number: int) -> bool:
        with self.ctx.store.database.read_only() as session:
            key = ArrivalRow.key == f"trigger:{command}{number}"
            return session.scalar(select(ArrivalRow.id).where(key)) is not None


async def authorize() -> AuthorizeResult:
    return AuthorizeResult(enterprise_id=None, team_id="T1", bot_user_id="U00PMOBOT", bot_token="xoxb-1")


@pytest.fixture
async def bot(ctx: AppContext) -> AsyncIterator[Bot]:
    bot = Bot(ctx)
    running = asyncio.create_task(bot.worker.run())
    yield bot
    bot.can_end.set()
    bot.worker.stop()
    await running


async def test_command_is_acknowledged_while_all_threads_are_busy(bot: Bot) -> None:
    for number in range(10):
        assert await bot.send("/pmo-report", number) == 200
        assert await bot.send("/pmo", number) == 200
    for _ in range(THREADS + 1):
        assert await asyncio.to_thread(bot.at_work.acquire, timeout=10)
    assert await bot.send("/pmo", 99) == 200
    assert bot.is_stored("/pmo", 99)
    assert not bot.can_end.is_set()
