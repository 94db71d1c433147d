"""`pmo ask --batch`: each row is answered as a direct message would be, and nothing else happens."""

import json
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.batch.rows import find_asker
from bot.organisation import SAMPLE, read_organisation
from foundation.errors import UserError
from handlers.questions import questions
from handlers.slack import payloads
from storage.database import Database
from storage.tables.engine import ArrivalRow, DeliveryRow
from storage.tables.questions import QuestionRow
from tests.bot.test_cli import Pmo, pmo
from tests.handbook_data import copy_data

__all__ = ["pmo"]

HEALTH_CHECK = "how long does a health check take?"
MONDAY = "2026-11-23T10:00:00+00:00"
Json = dict[str, Any]


@pytest.fixture
def data(pmo: Pmo, handbook_data: Path, tmp_path: Path) -> Path:
    """The data folder that the command uses."""
    return copy_data(handbook_data, tmp_path / "data")


@pytest.fixture
def ask(pmo: Pmo, data: Path, tmp_path: Path) -> Any:
    """Answer rows in one batch."""

    def answer(*rows: Json, now: str = MONDAY) -> Sequence[Json]:
        file = tmp_path / "rows.jsonl"
        file.write_text("".join(json.dumps({"id": n} | row) + "\n" for n, row in enumerate(rows)))
        printed = pmo("ask", "--batch", str(file), "--now", now)
        assert (printed.code, printed.err) == (0, "")
        return [json.loads(line) for line in printed.out.splitlines()]

    return answer


def count_rows(data: Path) -> tuple[int, ...]:
    database = Database(f"sqlite:///{data / 'pmo.db'}")
    with database.read_only() as session:
        found = [
            session.scalar(select(func.count()).select_from(one)) for one in (QuestionRow, ArrivalRow, DeliveryRow)
        ]
    database.close()
    return tuple(one or 0 for one in found)


def test_each_row_gets_a_status_all_the_text_and_the_places_quoted(ask: Any) -> None:
    answered, unknown, live, refused, chat = ask(
        {"id": "A-1", "question": HEALTH_CHECK, "note": "ignored"},
        {"id": 7, "question": "how do I get a parking permit for the depot?"},
        {"question": "which projects are red?", "asker": "leader"},
        {"question": "where is PMO-41?"},
        {"question": "hello"},
    )
    assert list(answered) == ["id", "status", "text", "citations"]
    assert (answered["id"], answered["status"]) == ("A-1", "answered")
    assert "10 business days" in answered["text"]
    assert "How long a health check takes · edition 1.0 [Read the section]" in answered["text"]
    assert "[Request: Project health check]" in answered["text"]
    [place] = answered["citations"]
    assert place["source"] == "services/health-check.md"
    assert place["section"] == "Project health checks › How long a health check takes"
    assert "10 business days" in place["quote"]
    assert (unknown["id"], unknown["status"], unknown["citations"]) == (7, "not_found", [])
    assert "[Ask the PMO]" in unknown["text"]
    assert live["status"] == "live"
    assert "Smart metering roll-out" in live["text"]
    assert refused["status"] == "refused"
    assert "I can't find PMO-41" in refused["text"]
    assert chat["status"] == "small_talk"


def test_question_takes_the_way_of_a_direct_message(ask: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def break_down(*_: object) -> None:
        raise UserError("The way of a direct message is closed.")

    monkeypatch.setattr(questions, "find_reply", break_down)
    [found] = ask({"question": HEALTH_CHECK})
    assert (found["status"], found["text"]) == ("refused", "The way of a direct message is closed.")


def test_follow_up_is_read_with_what_came_before(ask: Any) -> None:
    followed, alone = ask(
        {"question": "and who approves it?", "before": ["what is a risk?", "how do I request a change?"]},
        {"question": "and who approves it?"},
    )
    assert "Following up on “how do I request a change?”" in followed["text"]
    assert followed["citations"][0]["source"] == "control/change-control.md"
    assert "10 business days" not in followed["text"]
    assert "Following up" not in alone["text"]


def test_asker_sees_what_they_may_see(ask: Any) -> None:
    waiting = {"question": "which requests are still open?"}
    member, staff = ask(waiting, waiting | {"asker": "pmo_staff"})
    assert member["text"] != staff["text"]


def test_clock_is_the_given_moment(ask: Any) -> None:
    row = {"question": "is smart metering late?", "asker": "leader"}
    [autumn], [later] = ask(row), ask(row, now="2027-03-01T09:00")
    assert autumn["status"] == later["status"] == "live"
    assert autumn["text"] != later["text"]


def test_nothing_is_changed_and_nothing_left_behind(ask: Any, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    temporary = data.parent / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    before, files = count_rows(data), sorted(path.name for path in data.rglob("*.onnx"))
    ask({"question": HEALTH_CHECK}, {"question": "hello"})
    assert count_rows(data) == before
    assert sorted(path.name for path in data.rglob("*.onnx")) == files
    assert list(temporary.iterdir()) == []


def test_data_folder_that_does_not_exist_is_not_made(pmo: Pmo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.handbook_provider.load_encoder", lambda *_, **__: None)
    (tmp_path / "rows.jsonl").write_text('{"id": 1, "question": "which projects are red?", "asker": "leader"}\n')
    [line] = pmo("ask", "--batch", str(tmp_path / "rows.jsonl")).out.splitlines()
    assert json.loads(line)["status"] == "live"
    assert not (tmp_path / "data").exists()


def test_it_runs_beside_the_bot(ask: Any, data: Path) -> None:
    database = Database(f"sqlite:///{data / 'pmo.db'}")
    with database.exclusive_use(), database.transaction() as session:
        session.add(QuestionRow(id="Q1", asked_by="U01ADA"))
        assert [one["status"] for one in ask({"question": HEALTH_CHECK})] == ["answered"]
        session.rollback()
    database.close()


def test_invalid_rows_are_refused_with_line_and_field(pmo: Pmo, tmp_path: Path) -> None:
    file = tmp_path / "rows.jsonl"
    rows = [
        '{"id": "a", "question": "fine"}',
        "",
        '{"id": "b"}',
        '{"id": 1.5, "question": 3, "before": "what?"}',
        '{"id": "c", "question": "who?", "asker": "boss"}',
        '["no object"]',
        "{broken",
    ]
    file.write_text("\n".join(rows))
    printed = pmo("ask", "--batch", str(file))
    assert (printed.code, printed.out) == (1, "")
    found = printed.err.replace(f"{file}, ", "").splitlines()
    assert found[:4] == [
        "line 3: question: This field is missing.",
        "line 4: id: Expected text or a whole number.",
        "line 4: question: Expected text.",
        "line 4: before: Expected a list. Write it as [first, second], or one entry a line, each after “- ”.",
    ]
    assert found[4] == "line 6: Expected a JSON object."
    assert found[5].startswith("line 7: Not valid JSON: ")
    file.write_text("\n".join([rows[0], rows[4]]))
    assert pmo("ask", "--batch", str(file)).err.startswith(f"{file}, line 2: asker: Expected a Slack user ID")


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["--batch", "/nowhere.jsonl"], 1, "/nowhere.jsonl: There's no such file."),
        (["--batch", "x.jsonl", "--now", "tomorrow"], 1, "--now: “tomorrow” isn't a moment."),
        (["who?", "--batch", "x.jsonl"], 2, "Give either a question or --batch."),
        (["who?", "--now", MONDAY], 2, "--now needs --batch."),
    ],
)
def test_mistyped_batch_gets_one_line(pmo: Pmo, words: list[str], code: int, said: str) -> None:
    printed = pmo("ask", *words)
    assert (printed.code, printed.out) == (code, "")
    assert printed.err.startswith(said)


@pytest.mark.parametrize(
    ("asker", "name"),
    [
        ("member", "Ada Okafor"),
        ("project_manager", "Ben Castellanos"),
        ("pmo_staff", "Wei Chen"),
        ("leader", "Dana Lindqvist"),
        ("pmo_lead", "Emeka Adeyemi"),
        ("U06FARAH", "Farah Haddad"),
        ("U0STRANGER", "U0STRANGER"),
    ],
)
def test_role_stands_for_somebody_of_the_sample(asker: str, name: str) -> None:
    assert find_asker(asker, read_organisation(SAMPLE).people).name == name


def test_small_talk_in_unheard_words_is_known_by_its_meaning(ask: Any) -> None:
    chat, question = ask({"question": "no way I'm believing you're a human"}, {"question": "who is behind on time?"})
    assert (chat["status"], chat["citations"]) == ("small_talk", [])
    assert question["status"] != "small_talk"


def test_people_of_another_organisation_get_no_answer(ask: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    build = payloads.build_direct_message

    def build_from_outside(*given: str) -> Json:
        body = build(*given)
        return body | {"team_id": "T00MERIDIAN", "event": body["event"] | {"user_team": "T0OTHER"}}

    monkeypatch.setattr(payloads, "build_direct_message", build_from_outside)
    red = {"question": "which projects are red?"}
    stranger, method, listed = ask(
        red | {"asker": "U9OUTSIDE"}, {"question": HEALTH_CHECK, "asker": "U9OUTSIDE"}, red | {"asker": "leader"}
    )
    assert stranger["status"] != "live"
    assert "Smart metering" not in stranger["text"]
    assert method["status"] == "refused"
    assert listed["status"] == "live"
