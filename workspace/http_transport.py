"""Signed HTTP requests to the app's request URL, instead of Socket Mode."""

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
    """Return Slack's `X-Slack-Signature`: an HMAC, version v0, of the timestamp and the raw body."""
    # The signature covers the exact bytes of the body, so the body must not be encoded again after signing. Apps reject
    # timestamps more than five minutes old, so every retry is signed afresh.
    return "v0=" + hmac.new(secret.encode(), f"v0:{timestamp}:{body}".encode(), hashlib.sha256).hexdigest()


class HttpTransport:
    """Posts to one request URL: events with retries, commands and interactions once."""

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
        # Slack delivers at least once: without a 2xx in time it posts the same event again. An app that was only slow
        # has then already handled it, and must recognize it by its event_id.
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
            status, _, no_retry = await self._post(body, headers)
        except NoAppResponse as problem:
            delivery.retry_reason = problem.code
            return False
        if 200 <= status < 300 or no_retry:
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
            raise self._dispatch_failure(f"it responded with status {status}")
        try:
            parsed = _parse_answer(answer)
        except UnicodeDecodeError as problem:
            logger.warning("The app's response to a %s request isn't valid UTF-8: %s", kind, problem)
            delivery.give_up()
            raise self._dispatch_failure("its response isn't valid text") from None
        delivery.acknowledge(parsed)
        return parsed

    def _dispatch_failure(self, why: str) -> NoAppResponse:
        return NoAppResponse("dispatch_failed", f"{self._app_name} couldn't do that ({why}). Try again.")

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
            # A burst opens at most REQUESTS_AT_ONCE requests at a time. Waiting for a turn comes before the timeout,
            # so it doesn't use up the app's time to respond.
            async with (
                self._room,
                asyncio.timeout(self._options.ack_seconds),
                self._session.post(self._options.request_url, data=body.encode(), headers=headers | signed) as response,
            ):
                return response.status, await response.read(), response.headers.get("X-Slack-No-Retry") == "1"
        except TimeoutError:
            raise NoAppResponse("http_timeout", f"{self._app_name} didn't respond in time. Try again.") from None
        except aiohttp.ClientError:
            message = f"Can't reach {self._app_name}. Start the app and try again."
            raise NoAppResponse("connection_failed", message) from None

    async def close(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._session:
            await self._session.close()


def _parse_answer(answer: bytes) -> Any:
    """Return parsed JSON, or the text itself if it isn't JSON, or None if it is empty. Raises UnicodeDecodeError."""
    text = answer.decode()
    if not text.strip():
        return None
    try:
        return parse_json(text)
    except ValueError:
        return text
