"""A language model that is slow, down, rate-limited, wrong or hostile never keeps a person from an answer."""

import json
import logging
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler
from threading import Barrier, Event
from typing import Any

import pytest
from pydantic import SecretStr

from bot.language_model.chat_client import ChatClient
from bot.language_model.circuit_breaker import FAILURES, PAUSE, CircuitBreaker
from bot.language_model.configuration import ModelEndpoint, read_model_endpoint
from bot.language_model.selector import CALLS, LanguageModelSelector, open_selector
from bot.settings import Settings
from foundation.errors import UserError
from knowledge.handbook import Page
from knowledge.passages import split_into_passages
from knowledge.selector import Assessment, Selection
from tests.bot.language_model.scripted_server import (
    LONG_WAIT,
    Respond,
    ScriptedServer,
    drip,
    hang_up,
    redirect_to,
    reply_lines,
    reply_numbers,
    reply_status,
    reply_text,
    run_scripted_server,
    send,
    wait_for,
)

pytest.importorskip("openai", reason="The client for language models isn't installed: make llm.")

KEY = "key-nobody-may-see"
QUESTION = "where do visitors park?"
TEXT = "# Parking\n\nAsk the gate. It opens at eight.\n\n## Visitors\n\nVisitors park on the gravel.\n"
PASSAGES = split_into_passages(Page(id="parking", title="Parking", source="parking.md", text=TEXT))
SHORT = 0.3  # seconds: the deadline of tests that let it pass
AMPLE = 20.0


class Clock:
    """Seconds, which only a test moves."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with run_scripted_server() as running:
        yield running


@pytest.fixture
def clock() -> Clock:
    return Clock()


Connect = Callable[..., LanguageModelSelector]


@pytest.fixture
def connect(server: ScriptedServer, clock: Clock) -> Iterator[Connect]:
    """Connects a selector to the server or, given one, to another address."""
    opened: list[LanguageModelSelector] = []

    def open_one(seconds: float = AMPLE, url: str = "") -> LanguageModelSelector:
        endpoint = ModelEndpoint(url or server.url, "small", SecretStr(KEY))
        opened.append(LanguageModelSelector(ChatClient(endpoint), endpoint.host, CircuitBreaker(clock), seconds))
        return opened[-1]

    yield open_one
    server.release.set()
    for selector in opened:
        selector.close()


def select(selector: LanguageModelSelector) -> Selection | None:
    return selector.select(QUESTION, ["earlier?"], PASSAGES)


def read_quotes(found: Selection | None) -> list[str]:
    assert found is not None
    return [TEXT[run.units[0].start : run.units[-1].end] for run in found.runs]


def test_selected_lines_come_back_as_the_pages_own_text(server: ScriptedServer, connect: Connect) -> None:
    server.respond = reply_lines("gravel")
    found = select(connect())
    assert found is not None
    assert found.assessment is Assessment.YES
    assert read_quotes(found) == ["Visitors park on the gravel."]


def test_request_follows_the_protocol(server: ScriptedServer, connect: Connect) -> None:
    select(connect())
    [request], [headers] = server.requests, server.headers
    assert headers["path"] == "/v1/chat/completions"
    assert headers["authorization"] == f"Bearer {KEY}"
    assert request["model"] == "small"
    assert request["response_format"]["type"] == "json_schema"
    assert request["response_format"]["json_schema"]["strict"] is True
    assert QUESTION in server.received
    assert "earlier?" in server.received


FAULTS: dict[str, Callable[[ScriptedServer], Respond]] = {
    "rate limit": lambda _: reply_status(429),
    "server error": lambda _: reply_status(500),
    "wrong key": lambda _: reply_status(401),
    "no schemas": lambda _: reply_status(400, message="response_format isn't supported"),
    "refusal": lambda _: reply_text(None, refusal="I can't help with that."),
    "content filter": lambda _: reply_text('{"numbers": [1], "answered": "yes"}', "content_filter"),
    "cut off": lambda _: reply_text('{"numbers": [1], "answ', "length"),
    "cut off but valid": lambda _: reply_text('{"numbers": [1], "answered": "yes", "record": null}', "length"),
    "prose": lambda _: reply_text("Visitors may park wherever they like."),
    "empty": lambda _: reply_text(""),
    "wrong numbers": lambda _: reply_numbers(0, 99, -1, "1"),
    "no choices": lambda _: lambda handler, _: send(handler, 200, {"object": "chat.completion", "choices": []}),
    "another shape": lambda _: lambda handler, _: send(handler, 200, ["hello"]),
    "invalid JSON": lambda _: lambda handler, _: send(handler, 200, b'{"choices": ['),
    "web page": lambda _: lambda handler, _: send(handler, 200, b"<html>Log in</html>", "text/html"),
    "hanging up": lambda _: hang_up,
    "redirect": lambda server: redirect_to(f"{server.url}/elsewhere"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_faulty_reply_selects_nothing(server: ScriptedServer, connect: Connect, fault: str) -> None:
    server.respond = FAULTS[fault](server)
    assert select(connect()) is None
    assert len(server.requests) == 1  # no retry, and no redirect to a host that nobody configured


@pytest.mark.parametrize("slow", [wait_for, drip])
def test_deadline_covers_the_whole_call(
    server: ScriptedServer, connect: Connect, slow: Callable[[Event], Respond]
) -> None:
    server.respond = slow(server.release)
    start = time.monotonic()
    assert select(connect(SHORT)) is None
    assert time.monotonic() - start < LONG_WAIT / 3
    assert not server.release.is_set()


def test_server_that_is_down_selects_nothing(connect: Connect) -> None:
    with run_scripted_server() as gone:
        url = gone.url
    assert select(connect(url=url)) is None


def test_model_that_accepts_no_temperature_is_asked_without(server: ScriptedServer, connect: Connect) -> None:
    def respond(handler: BaseHTTPRequestHandler, request: dict[str, Any]) -> None:
        fault = reply_status(400, message="Unsupported value: 'temperature'", param="temperature")
        (fault if "temperature" in request else reply_lines("gravel"))(handler, request)

    server.respond = respond
    selector = connect()
    assert read_quotes(select(selector)) == ["Visitors park on the gravel."]
    select(selector)
    assert ["temperature" in request for request in server.requests] == [True, False, False]


def test_failing_server_is_left_alone_for_a_minute(
    server: ScriptedServer, connect: Connect, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    server.respond = reply_status(500)
    selector = connect()
    for _ in range(FAILURES + 5):
        assert select(selector) is None
    assert len(server.requests) == FAILURES
    assert ["500" in record.message for record in caplog.records if record.levelno >= logging.WARNING] == [True]

    clock.now += PAUSE
    assert select(selector) is None
    assert select(selector) is None
    assert len(server.requests) == FAILURES + 1  # one try, then another pause

    clock.now += PAUSE
    server.respond = reply_lines("gravel")
    assert read_quotes(select(selector)) == ["Visitors park on the gravel."]
    assert read_quotes(select(selector)) == ["Visitors park on the gravel."]


def test_refused_questions_dont_count_against_the_server(server: ScriptedServer, connect: Connect) -> None:
    selector = connect()
    server.respond = reply_text(None, refusal="No.")
    for _ in range(FAILURES + 1):
        select(selector)
    server.respond = reply_lines("gravel")
    assert read_quotes(select(selector)) == ["Visitors park on the gravel."]


def test_only_few_questions_wait_for_the_model_at_a_time(server: ScriptedServer, connect: Connect) -> None:
    """The others are answered without it, so that the worker's threads aren't all taken."""
    waiting = Barrier(CALLS + 1)

    def respond(handler: BaseHTTPRequestHandler, request: dict[str, Any]) -> None:
        waiting.wait(LONG_WAIT)
        server.release.wait(LONG_WAIT)
        reply_lines("gravel")(handler, request)

    server.respond = respond
    selector = connect()
    with ThreadPoolExecutor(CALLS) as pool:
        first = [pool.submit(select, selector) for _ in range(CALLS)]
        waiting.wait(LONG_WAIT)
        assert select(selector) is None
        server.release.set()
        assert all(one.result(LONG_WAIT) for one in first)
    server.respond = reply_lines("gravel")
    assert select(selector) is not None


def test_neither_key_nor_content_is_logged(
    server: ScriptedServer, connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)  # as the bot runs
    for fault in FAULTS.values():
        server.respond = fault(server)
        select(connect())
    server.respond = reply_status(500, message=f"{KEY} {QUESTION}")
    selector = connect()
    for _ in range(FAILURES):
        select(selector)
    assert "status 500" in caplog.text
    for hidden in (KEY, QUESTION, "gravel"):
        assert hidden not in caplog.text
    assert KEY not in repr(ModelEndpoint(server.url, "small", SecretStr(KEY)))


def test_it_is_off_by_default() -> None:
    with open_selector(Settings()) as selector:
        assert selector is None


def test_complete_settings_turn_it_on(server: ScriptedServer) -> None:
    with open_selector(Settings(PMO_LLM_URL=server.url, PMO_LLM_MODEL="small")) as selector:
        assert selector is not None
        select(selector)
    assert KEY not in json.dumps(server.headers)
    assert server.requests[0]["model"] == "small"


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ({"PMO_LLM_URL": "https://llm.example.org/v1"}, "PMO_LLM_MODEL"),
        ({"PMO_LLM_MODEL": "small"}, "PMO_LLM_URL"),
        ({"PMO_LLM_KEY": KEY}, "PMO_LLM_URL"),
    ],
)
def test_incomplete_settings_are_rejected(given: dict[str, str], missing: str) -> None:
    with pytest.raises(UserError, match=f"{missing} isn't set") as refused:
        read_model_endpoint(Settings(**given))
    assert KEY not in refused.value.message


def test_unencrypted_address_elsewhere_is_noticed() -> None:
    def is_exposed(url: str) -> bool:
        return ModelEndpoint(url, "small", SecretStr("")).is_exposed

    assert is_exposed("http://llm.example.org/v1")
    assert not is_exposed("https://llm.example.org/v1")
    assert not is_exposed("http://127.0.0.1:8000/v1")
    assert not is_exposed("http://[::1]:8000/v1")
    assert not is_exposed("http://localhost:11434/v1")
