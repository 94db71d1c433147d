"""With a language model: it selects what is quoted, and nobody waits for it but the asker."""

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from bot.language_model import selector
from tests.bot.language_model.scripted_server import (
    LONG_WAIT,
    ScriptedServer,
    reply_lines,
    reply_numbers,
    reply_status,
    run_scripted_server,
)
from tests.conversations.conftest import Office, open_office
from tests.conversations.test_questions import ask
from tests.workspace.filling import read_text

pytest.importorskip("openai", reason="The client for language models isn't installed: make llm.")

QUESTION = "how long does a health check take?"
SELECTED = "waits for documents"


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with run_scripted_server() as running:
        yield running


@pytest.fixture
async def office(data: Path, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Office]:
    """A bot with a language model, which has more time than usual."""
    monkeypatch.setattr(selector, "DEADLINE", LONG_WAIT)
    async with open_office(data, PMO_LLM_URL=server.url, PMO_LLM_MODEL="small") as made, made.bot():
        yield made


async def test_answer_quotes_what_the_model_selected(office: Office, server: ScriptedServer) -> None:
    server.respond = reply_lines(SELECTED)
    answer = read_text(await ask(office.ada, QUESTION))
    assert SELECTED in answer
    assert "How long a health check takes · edition 1.0" in answer
    assert len(server.requests) == 1


async def test_others_are_served_while_one_waits_for_the_model(office: Office, server: ScriptedServer) -> None:
    """The call holds up neither acknowledgements nor the database: Ben's command is answered in the meantime."""
    received = threading.Event()

    def respond(handler: BaseHTTPRequestHandler, request: dict[str, Any]) -> None:
        received.set()
        server.release.wait(LONG_WAIT)
        reply_lines(SELECTED)(handler, request)

    server.respond = respond
    asked = await office.ada.post("C07ASK", f"@PMO Assistant {QUESTION}")
    assert await asyncio.to_thread(received.wait, LONG_WAIT)
    await office.ben.command("/pmo-requests")
    await office.ben.wait_message("You have no open requests")
    server.release.set()
    answer = await office.ada.wait_message(lambda one: one.get("thread_ts") == asked and one.get("bot_id"))
    assert SELECTED in read_text(answer)


async def test_failing_model_costs_nobody_an_answer(office: Office, server: ScriptedServer) -> None:
    server.respond = reply_status(500)
    assert "edition 1.0" in read_text(await ask(office.ada, QUESTION))


async def test_model_that_finds_nothing_makes_the_answer_a_choice(office: Office, server: ScriptedServer) -> None:
    server.respond = reply_numbers(answered="no")
    assert "Closest in the handbook" in read_text(await ask(office.ada, QUESTION))


async def test_records_and_other_conversations_stay_here(office: Office, server: ScriptedServer) -> None:
    """Only the question, its own thread and the handbook leave: no records, and no other conversation."""
    channel = await office.ada.dm()
    await office.ada.post(channel, "what should I do about my sponsor's tantrums?")
    await office.ada.wait_message(lambda one: one.get("bot_id"), channel=channel)
    server.requests.clear()
    await office.ada.command("/pmo which projects are red?")
    await office.ada.wait_message(lambda one: one.get("ephemeral"))
    assert server.requests == []
    await ask(office.ada, "and who approves it?")
    assert "tantrums" not in server.received
    assert "U01ADA" not in server.received
