"""Signed HTTP requests to the app's own address, instead of Socket Mode."""

import asyncio
import hashlib
import hmac
import json
import logging
import time
import uuid
from typing import Any
from urllib.parse import urlencode

import aiohttp

from workspace.deliveries import AppDelivery, DeliveryLog
from workspace.errors import NoAppResponse
from workspace.json_text import parse_json
from workspace.options import Options
from workspace.records import Json

REQUESTS_AT_ONCE = 50
logger = logging.getLogger(__name__)


def sign_request(secret: str, timestamp: str, body: str) -> str:
    """Slack's `X-Slack-Signature`: v0, over the timestamp and the raw body."""
    return "v0=" + hmac.new(secret.encode(), f"v0:{timestamp}:{body}".encode(), hashlib.sha256).hexdigest()


class HttpTransport:
    """Posts events with retries, and commands and interactions once, to one request URL."""

    def __init__(self, options: Options, log: DeliveryLog, signing_secret: str, app_name: str) -> None:
        self._options = options
        self._log = log
        self._secret = signing_secret
        self._app_name = app_name
        self._session: aiohttp.ClientSession | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._room = asyncio.Semaphore(REQUESTS_AT_ONCE)

    @property
    def connected(self) -> bool:
        return True

    def send_event(self, payload: Json) -> None:
        delivery = self._log.start_delivery("events_api", payload, payload["event_id"], answered=False)
        task = asyncio.get_running_loop().create_task(self._deliver(delivery))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _deliver(self, delivery: AppDelivery) -> None:
        body = json.dumps(delivery.payload, ensure_ascii=False)
        for wait in (None, *self._options.retry_seconds):
            if wait is not None:
                await asyncio.sleep(wait)
            if await self._attempt(delivery, body):
                return
        delivery.give_up()

    async def _attempt(self, delivery: AppDelivery, body: str) -> bool:
        headers = {"Content-Type": "application/json"}
        if delivery.attempts:
            headers |= {"X-Slack-Retry-Num": str(delivery.attempts), "X-Slack-Retry-Reason": delivery.retry_reason}
        delivery.record_attempt()
        try:
            status, _, told_not_to = await self._post(body, headers)
        except NoAppResponse as problem:
            delivery.retry_reason = problem.code
            return False
        if 200 <= status < 300 or told_not_to:
            delivery.acknowledge(None)
            return True
        delivery.retry_reason = "http_error"
        return False

    async def send_request(self, kind: str, payload: Json) -> Any:
        delivery = self._log.start_delivery(kind, payload, str(uuid.uuid4()), answered=False)
        fields = payload if kind == "slash_commands" else {"payload": json.dumps(payload, ensure_ascii=False)}
        delivery.record_attempt()
        try:
            status, answer, _ = await self._post(
                urlencode(fields), {"Content-Type": "application/x-www-form-urlencoded"}
            )
        except NoAppResponse:
            delivery.give_up()
            raise
        if not 200 <= status < 300:
            delivery.give_up()
            raise self._failed(f"it answered {status}")
        try:
            parsed = _parse_answer(answer)
        except UnicodeDecodeError as problem:
            logger.warning("The answer to %s is not UTF-8: %s", kind, problem)
            delivery.give_up()
            raise self._failed("its answer is no text") from None
        delivery.acknowledge(parsed)
        return parsed

    def _failed(self, why: str) -> NoAppResponse:
        return NoAppResponse("dispatch_failed", f"{self._app_name} could not do that ({why}). Try again.")

    async def _post(self, body: str, headers: dict[str, str]) -> tuple[int, bytes, bool]:
        """Return (status, body, whether the app refuses retries).

        Raises NoAppResponse `http_timeout` or `connection_failed`.
        """
        timestamp = str(int(time.time()))
        signed = {
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": sign_request(self._secret, timestamp, body),
        }
        self._session = self._session or aiohttp.ClientSession()
        try:
            async with (
                self._room,
                asyncio.timeout(self._options.ack_seconds),
                self._session.post(self._options.request_url, data=body.encode(), headers=headers | signed) as response,
            ):
                return response.status, await response.read(), response.headers.get("X-Slack-No-Retry") == "1"
        except TimeoutError:
            raise NoAppResponse("http_timeout", f"{self._app_name} did not respond in time. Try again.") from None
        except aiohttp.ClientError:
            message = f"{self._app_name} cannot be reached. Start the app and try again."
            raise NoAppResponse("connection_failed", message) from None

    async def close(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._session:
            await self._session.close()


def _parse_answer(answer: bytes) -> Any:
    """JSON if it is JSON, else the text itself; nothing if it is empty. Raises UnicodeDecodeError."""
    text = answer.decode()
    if not text.strip():
        return None
    try:
        return parse_json(text)
    except ValueError:
        return text
