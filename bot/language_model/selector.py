"""Asks the language model to select what answers a question; whatever goes wrong, the answer comes without it."""

import logging
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, nullcontext

from bot.language_model.chat_client import ChatClient, NoReply
from bot.language_model.circuit_breaker import CircuitBreaker
from bot.language_model.configuration import ModelEndpoint, explain_missing_client, read_model_endpoint
from bot.settings import Settings
from knowledge.passages import Passage
from knowledge.selector import (
    SCHEMA_NAME,
    Selection,
    build_selection_messages,
    build_selection_schema,
    read_selection,
)

log = logging.getLogger(__name__)

DEADLINE = 4.0  # seconds
CALLS = 2  # at a time; further questions are answered without the model


class LanguageModelSelector:
    """A `Selector`. Thread-safe."""

    def __init__(self, client: ChatClient, host: str, breaker: CircuitBreaker, seconds: float) -> None:
        self._client = client
        self._host = host
        self._breaker = breaker
        self._seconds = seconds
        self._slots = threading.BoundedSemaphore(CALLS)

    def select(self, question: str, before: Sequence[str], candidates: Sequence[Passage]) -> Selection | None:
        """See `Selector.select`."""
        if not candidates or not self._slots.acquire(blocking=False):
            return None
        try:
            return self._call_model(question, before, candidates) if self._breaker.allows_call() else None
        finally:
            self._slots.release()

    def close(self) -> None:
        self._client.close()

    def _call_model(self, question: str, before: Sequence[str], candidates: Sequence[Passage]) -> Selection | None:
        try:
            found = self.request_selection(question, before, candidates)
        except NoReply as error:
            self._record_failure(error)
            return None
        if self._breaker.record_success():
            log.warning("The language model at %s replies again.", self._host)
        return found

    def request_selection(self, question: str, before: Sequence[str], candidates: Sequence[Passage]) -> Selection:
        """One call, whatever happened before.

        Raises:
            NoReply: there is no valid reply in time.
        """
        messages = build_selection_messages(question, before, candidates)
        reply = self._client.complete(messages, SCHEMA_NAME, build_selection_schema(), self._seconds)
        found = read_selection(reply, candidates)
        if found is None:
            raise NoReply("the reply isn't a valid selection")
        return found

    def _record_failure(self, error: NoReply) -> None:
        if not error.is_outage:
            self._breaker.record_success()
        elif self._breaker.record_failure():
            log.warning(
                "Not using the language model at %s for now: %s. Trying again in a minute.", self._host, error.reason
            )


@contextmanager
def open_selector(settings: Settings) -> Iterator[LanguageModelSelector | None]:
    """The selector for the configured model; None by default, and (with a line in the log) without its client.

    Raises:
        UserError: only a part of the model is configured.
    """
    endpoint = read_model_endpoint(settings)
    if endpoint and (reason := explain_missing_client()):
        log.warning(reason)
        endpoint = None
    with closing(connect_selector(endpoint, DEADLINE)) if endpoint else nullcontext() as selector:
        yield selector


def connect_selector(endpoint: ModelEndpoint, seconds: float) -> LanguageModelSelector:
    return LanguageModelSelector(ChatClient(endpoint), endpoint.host, CircuitBreaker(time.monotonic), seconds)
