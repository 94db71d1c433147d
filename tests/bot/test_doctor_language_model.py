"""The doctor says what leaves the organisation for a language model, and sends nothing unless asked to."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.doctor import Finding, Level, run_checks
from bot.settings import Settings
from tests.bot.conftest import Now
from tests.bot.language_model.scripted_server import (
    ScriptedServer,
    reply_lines,
    reply_numbers,
    reply_status,
    run_scripted_server,
)

pytest.importorskip("openai", reason="The client for language models isn't installed: make llm.")

KEY = "key-nobody-may-see"


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with run_scripted_server() as running:
        yield running


async def examine(folder: Path, now: Now, *, tries_model: bool = False, **settings: Any) -> list[Finding]:
    given = Settings(PMO_DATA=folder, PMO_PORT=0, **settings)
    found = await run_checks(given, now(), tries_model=tries_model)
    return [one for one in found if one.about == "language model"]


async def test_off_by_default(tmp_path: Path, now: Now) -> None:
    [finding] = await examine(tmp_path, now)
    assert finding == Finding(Level.GOOD, "language model", "Off. Nothing is sent to a language model.")


async def test_says_what_leaves_and_where_to_but_sends_nothing(
    tmp_path: Path, now: Now, server: ScriptedServer
) -> None:
    findings = await examine(tmp_path, now, PMO_LLM_URL=server.url, PMO_LLM_MODEL="small", PMO_LLM_KEY=KEY)
    text = "\n".join(finding.text for finding in findings)
    host = server.url.removeprefix("http://").removesuffix("/v1")
    assert f"sends to {host} (model small) the question" in text
    assert "up to 2 earlier questions" in text
    assert "up to 12 sections of the handbook" in text
    assert "no people and no records" in text
    assert KEY not in text
    assert {finding.level for finding in findings} == {Level.GOOD}
    assert server.requests == []


async def test_asked_to_it_tries_the_model_with_a_made_up_page(
    tmp_path: Path, now: Now, server: ScriptedServer
) -> None:
    server.respond = reply_lines("canteen")
    findings = await examine(tmp_path, now, tries_model=True, PMO_LLM_URL=server.url, PMO_LLM_MODEL="small")
    assert findings[-1].level is Level.GOOD
    assert "selected the right sentence" in findings[-1].text
    assert "canteen" in server.received


async def test_failed_trial_comes_with_its_reason(tmp_path: Path, now: Now, server: ScriptedServer) -> None:
    server.respond = reply_status(404, message=KEY)
    findings = await examine(tmp_path, now, tries_model=True, PMO_LLM_URL=server.url, PMO_LLM_MODEL="absent")
    assert findings[-1].level is Level.BROKEN
    assert "status 404" in findings[-1].text
    assert KEY not in findings[-1].text


async def test_wrong_selection_is_only_a_hint(tmp_path: Path, now: Now, server: ScriptedServer) -> None:
    server.respond = reply_numbers(1)
    findings = await examine(tmp_path, now, tries_model=True, PMO_LLM_URL=server.url, PMO_LLM_MODEL="small")
    assert findings[-1].level is Level.HINT
    assert "wrong sentence" in findings[-1].text


async def test_incomplete_settings_and_plain_http_are_named(tmp_path: Path, now: Now) -> None:
    [broken] = await examine(tmp_path, now, PMO_LLM_URL="https://llm.example.org/v1")
    assert broken.level is Level.BROKEN
    assert "PMO_LLM_MODEL isn't set" in broken.text
    exposed = await examine(tmp_path, now, PMO_LLM_URL="http://llm.example.org/v1", PMO_LLM_MODEL="small")
    assert any(one.level is Level.HINT and "isn't encrypted" in one.text for one in exposed)
