"""What README, welcome and help suggest is answered, as a direct message, from the right section."""

import re
from pathlib import Path
from typing import Any

import pytest

from bot.handbook_provider import SHIPPED
from bot.organisation import SAMPLE, read_organisation
from foundation.people import Role
from handlers.commands import COMMANDS
from knowledge.ambiguity import list_examples
from knowledge.handbook import read_handbook
from knowledge.starters import _SECTIONS, list_starters
from tests.bot.test_batch import ask, data
from tests.bot.test_cli import handbook_data, pmo

__all__ = ["ask", "data", "handbook_data", "pmo"]

ROOT = Path(__file__).parent.parent.parent
TROUBLE = "Signs that a project is in trouble"
SUGGESTED = {  # the places that suggest a question to begin with
    "README.md": TROUBLE,
    "bot/sample/workspace.yaml": TROUBLE,
    "docs/architecture.md": TROUBLE,
    "handlers/questions/blocks/history.py": "Who approves a change",
    "knowledge/questions.py": "Who approves a change",
}
_QUESTION = re.compile(r"(?:@PMO Assistant |bot in a channel: “|For example: |such as “)([^`”\"]+\?)")


def read_sections(row: dict[str, Any]) -> list[str]:
    assert row["status"] == "answered", row["text"]
    return [one["section"].rpartition(" › ")[2] for one in row["citations"]]


@pytest.mark.parametrize("name", list(SUGGESTED))
def test_suggested_questions_are_answered_rightly(ask: Any, name: str) -> None:
    questions = _QUESTION.findall((ROOT / name).read_text(encoding="utf-8"))
    assert questions
    for row in ask(*({"question": question} for question in questions)):
        assert SUGGESTED[name] in read_sections(row)


def test_example_of_the_command_is_answered_rightly(ask: Any) -> None:
    [row] = ask({"question": COMMANDS[0].example.removeprefix("/pmo ")})
    assert TROUBLE in read_sections(row)


def test_every_suggested_button_is_answered_rightly(ask: Any) -> None:
    handbook, people = read_handbook(SHIPPED, strict=True), read_organisation(SAMPLE).people
    asked, expected = [], []
    for role in (Role.MEMBER, Role.PROJECT_MANAGER, Role.PMO_STAFF, Role.LEADER, Role.PMO_LEAD):
        person = people.find_typical(role)
        assert person is not None
        asked += [{"question": starter, "asker": person.id} for starter in list_starters(handbook, person)]
        expected += [heading for _, heading in _SECTIONS[role]]
    found = [read_sections(row) for row in ask(*asked)]
    wrong = [(row["question"], got) for row, got, want in zip(asked, found, expected, strict=True) if want not in got]
    assert wrong == []


def test_examples_for_unclear_questions_are_answered_from_their_page(ask: Any) -> None:
    handbook = read_handbook(SHIPPED, strict=True)
    examples = list_examples(handbook)
    for example, row in zip(examples, ask(*({"question": one} for one in examples)), strict=True):
        [source, *_] = [page.source for page in handbook if example in page.questions]
        assert row["status"] == "answered"
        assert source in [one["source"] for one in row["citations"]]
