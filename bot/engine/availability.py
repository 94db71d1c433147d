"""Whether Slack can be reached: the log says once that it can't, and once that it can again.

It watches every HTTP call of a session, whoever makes it, so nobody else has to log an outage.
"""

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from types import SimpleNamespace
from typing import Any

import aiohttp

from handlers.slack.errors import is_outage, read_cause

log = logging.getLogger(__name__)

STEADY_SECONDS = 30.0  # without a failure until Slack counts as available again: longer than any wait between tries
HANGING_SECONDS = 10.0  # a call that is cut off after this long had no answer


class SlackAvailability:
    """Watches calls from `begin` on; before that, whoever starts the bot explains what fails."""

    def __init__(self) -> None:
        self.is_away = False
        self._is_watching = False
        self._all_clear: asyncio.TimerHandle | None = None

    def begin(self) -> None:
        self._is_watching = True

    def build_trace(self) -> aiohttp.TraceConfig:
        """What a session calls with the outcome of each of its calls."""
        trace = aiohttp.TraceConfig()
        trace.on_request_start.append(self._note_start)
        trace.on_request_end.append(self._note_answer)
        trace.on_request_exception.append(self._note_exception)
        return trace

    @contextmanager
    def quieting(self, logger: logging.Logger) -> Iterator[None]:
        """Keep what this logger repeats about an outage out of the log."""

        def is_news(record: logging.LogRecord) -> bool:
            return not self.is_away

        logger.addFilter(is_news)
        try:
            yield
        finally:
            logger.removeFilter(is_news)

    def report_failure(self, reason: str) -> None:
        if self._all_clear:
            self._all_clear.cancel()
            self._all_clear = None
        if self._is_watching and not self.is_away:
            self.is_away = True
            log.warning("Slack is unavailable (%s). Nothing is lost: what is waiting is sent when it's back.", reason)

    def report_success(self) -> None:
        # In an outage some calls get through. Only when none has failed for a while is it over; otherwise the log would
        # say so again and again.
        if self.is_away and self._all_clear is None:
            self._all_clear = asyncio.get_running_loop().call_later(STEADY_SECONDS, self._end_outage)

    def _end_outage(self) -> None:
        self.is_away, self._all_clear = False, None
        log.warning("Slack is available again.")

    async def _note_start(self, _: Any, call: SimpleNamespace, __: Any) -> None:
        call.began = asyncio.get_running_loop().time()

    async def _note_answer(self, _: Any, __: Any, ended: aiohttp.TraceRequestEndParams) -> None:
        status = ended.response.status
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            self.report_failure(f"HTTP status {status}")
        else:
            self.report_success()

    async def _note_exception(self, _: Any, call: SimpleNamespace, failed: aiohttp.TraceRequestExceptionParams) -> None:
        error = failed.exception
        hung = asyncio.get_running_loop().time() - call.began >= HANGING_SECONDS
        if isinstance(error, asyncio.CancelledError) and hung:
            self.report_failure("no answer")
        elif is_outage(error):
            self.report_failure(read_cause(error))
