"""`pmo handbook propose-questions` writes what a language model proposes, and puts none of it to use."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from bot.cli.installation import open_installation
from bot.composition import utc_now
from bot.language_model.proposer import MOST_FAILURES
from tests.bot.language_model.scripted_server import (
    ScriptedServer,
    reply_status,
    reply_text,
    run_scripted_server,
)
from tests.bot.test_cli import Pmo, parking, pmo

__all__ = ["parking", "pmo"]

pytest.importorskip("openai", reason="The client for language models isn't installed: make llm.")


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, parking: Pmo) -> Iterator[ScriptedServer]:
    with run_scripted_server() as running:
        monkeypatch.setenv("PMO_LLM_URL", running.url)
        monkeypatch.setenv("PMO_LLM_MODEL", "small")
        yield running


def propose_for_place(handler: BaseHTTPRequestHandler, request: dict[str, Any]) -> None:
    place = json.loads(request["messages"][-1]["content"])["place"]
    reply_text(json.dumps({"questions": [f"how about {place.split(' › ')[-1].lower()}?"]}))(handler, request)


def test_proposals_wait_in_a_file_for_approval(parking: Pmo, server: ScriptedServer, tmp_path: Path) -> None:
    server.respond = propose_for_place
    before = parking("search", "parking", "--json").out
    file = tmp_path / "questions.yaml"
    printed = parking("handbook", "propose-questions", str(file))
    assert printed.out == f"{file}: Questions for 2 of 2 sections, 2 in all. None is in use yet.\n"
    written = YAML(typ="safe").load(file.read_text(encoding="utf-8"))
    assert [(one["page"], one["anchor"], one["approved"], one["questions"]) for one in written["sections"]] == [
        ("site/parking", "parking-at-the-depot", False, ["how about parking at the depot?"]),
        ("site/parking", "visitors", False, ["how about visitors?"]),
    ]
    assert parking("search", "parking", "--json").out == before


def test_approved_questions_are_learned_and_the_others_are_not(
    parking: Pmo, server: ScriptedServer, tmp_path: Path
) -> None:
    server.respond = lambda handler, request: reply_text(
        json.dumps({"questions": [f"rule {len(server.requests)} for caravans?", "is gravel soft?"]})
    )(handler, request)
    file = tmp_path / "questions.yaml"
    parking("handbook", "propose-questions", str(file))
    first, second = file.read_text(encoding="utf-8").split("approved: false")[:2]
    rest = file.read_text(encoding="utf-8").removeprefix(f"{first}approved: false{second}")
    file.write_text(f"{first}approved: true{second}{rest}", encoding="utf-8")
    approve = ("handbook", "approve-questions", str(file), "--by", "U03WEI")
    assert parking(*approve).out == "Added 2 questions. Sections not approved: 1.\n"
    assert parking(*approve).out == "Added 0 questions. Sections not approved: 1.\n"
    with open_installation() as ctx, ctx.store.read_only(utc_now()) as tx:
        learned = tx.learned_questions.group_by_section()
    assert {place: set(texts) for place, texts in learned.items()} == {
        ("site/parking", "parking-at-the-depot"): {"is gravel soft?", "rule 1 for caravans?"}
    }


@pytest.mark.parametrize(
    ("by", "anchor", "said"),
    [
        ("U01ADA", "visitors", "Only the PMO can say"),
        ("U03WEI", "caravans", "line 3: sections.0.anchor: The handbook has no such section."),
        ("nobody", "visitors", "isn't in the organisation file"),
    ],
)
def test_approval_takes_the_pmo_and_a_section_that_exists(
    parking: Pmo, tmp_path: Path, by: str, anchor: str, said: str
) -> None:
    file = tmp_path / "questions.yaml"
    entry = f"- page: site/parking\n  anchor: {anchor}\n  section: Any\n  approved: true\n  questions: [is it free?]\n"
    file.write_text(f"sections:\n{entry}")
    refused = parking("handbook", "approve-questions", str(file), "--by", by)
    assert refused.code == 1
    assert said in refused.err


def test_failing_server_ends_the_run_and_the_rest_is_written(
    parking: Pmo, server: ScriptedServer, tmp_path: Path
) -> None:
    pages = tmp_path / "pages" / "site"
    for number in range(MOST_FAILURES):
        (pages / f"yard-{number}.md").write_text(f"# Yard {number}\n\nThe yard is closed.\n")
    parking("handbook", "import", "--yes", str(tmp_path / "pages"))
    failing = reply_status(500)
    server.respond = lambda handler, request: (propose_for_place if len(server.requests) == 1 else failing)(
        handler, request
    )
    printed = parking("handbook", "propose-questions", str(tmp_path / "questions.yaml"))
    assert "Questions for 1 of 5 sections, 1 in all." in printed.out
    assert "Stopped early: the server replied with status 500." in printed.out
    assert len(server.requests) == 1 + MOST_FAILURES


def test_existing_file_and_missing_model_are_refused(
    parking: Pmo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PMO_LLM_URL", raising=False)
    refused = parking("handbook", "propose-questions", str(tmp_path / "questions.yaml"))
    assert refused.code == 1
    assert "Set PMO_LLM_URL" in refused.err
    existing = tmp_path / "mine.yaml"
    existing.write_text("mine")
    assert "exists already" in parking("handbook", "propose-questions", str(existing)).err
    assert existing.read_text() == "mine"


def test_evaluation_asks_the_model_only_if_told_to(parking: Pmo, server: ScriptedServer, tmp_path: Path) -> None:
    questions = tmp_path / "questions.jsonl"
    questions.write_text('{"question": "where do visitors park?", "pages": ["site/parking.md"]}\n')
    assert parking("handbook", "evaluate", str(questions)).code == 0
    assert server.requests == []
    server.respond = reply_text('{"numbers": [], "answered": "no", "record": null}')
    printed = parking("handbook", "evaluate", str(questions), "--language-model", "--json")
    assert len(server.requests) == 1
    assert json.loads(printed.out)["choices"] == 1
