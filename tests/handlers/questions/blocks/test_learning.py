"""Slack accepts the buttons, the form and the list, whatever people asked and the handbook contains."""

import json
from datetime import UTC, datetime

import pytest

from handlers.questions.blocks.learning import (
    LearnedItem,
    build_choose_form,
    build_learned_list,
    build_learned_message,
    build_removed_message,
    build_section_options,
    build_teach_message,
    read_form_metadata,
)
from knowledge.learned_questions import LearnedQuestion
from knowledge.sections import SectionPlace
from tests.handlers.questions.blocks.test_answer import mrkdwn_texts
from tests.workspace.filling import iterate_elements, read_text
from workspace.checks import check_message, check_view

NINE = datetime(2026, 9, 14, 9, 0, tzinfo=UTC)
HOSTILE = "<!channel> <@U04DANA> *bold* _it_ `code` <https://evil.example|click> &lt;!here&gt; :bomb:\n> quote"
TEXTS = ["Who pays?", HOSTILE, "x" * 1000, "<" * 1000, "🚒" * 900, "\n\n \n"]
PLACE = SectionPlace("locks", "fees", "Locks", "Locks › Fees")


def make_places(text: str, count: int = 5) -> list[SectionPlace]:
    return [
        SectionPlace(text[:480] or "p", f"{text[:300]}{n}", text[:150], f"{text[:150]} › {n}") for n in range(count)
    ]


def make_learned(text: str) -> LearnedQuestion:
    return LearnedQuestion("1" * 32, "locks", "fees", text, "U03WEI", NINE)


@pytest.mark.parametrize("text", TEXTS)
def test_slack_accepts_any_text(text: str) -> None:
    learned, places = make_learned(text), make_places(text)
    items = [LearnedItem(learned, text[:80], place) for place in (*places, None)] * 4
    for message in (
        build_teach_message("Q1", text, places),
        build_teach_message("Q1", text, []),
        build_learned_message(learned, places[0], is_new=True),
        build_removed_message(learned, was_current=True),
        build_learned_list(items[:20], 99),
    ):
        assert check_message(message) == []
        assert "<!channel>" not in message["text"]
        assert not any("<!channel>" in text or "*bold*" in text for text in mrkdwn_texts(message["blocks"]))
    assert check_view(build_choose_form("Q1", text, places)) == []
    assert all(len(one["value"]) <= 150 for one in build_section_options(places))


def test_closest_sections_are_one_click_away() -> None:
    message = build_teach_message("Q1", "Who pays?", [PLACE, *make_places("Other")])
    clicked = {one["action_id"]: one["value"] for _, one in iterate_elements(message)}
    assert list(clicked) == ["learned.add.1", "learned.add.2", "learned.add.3", "learned.choose"]
    assert json.loads(clicked["learned.add.1"]) == ["Q1", "locks", "fees"]
    assert clicked["learned.choose"] == "Q1"
    assert "✓ Fees (Locks)" in read_text(message)


def test_form_knows_what_it_offered() -> None:
    form = build_choose_form("Q1", "Who pays?", [PLACE])
    assert read_form_metadata(form["private_metadata"]) == ("Q1", [("locks", "fees")])


def test_list_says_who_when_and_what_is_orphaned() -> None:
    gone = LearnedItem(make_learned("Who pays?"), "Wei Chen", None)
    message = build_learned_list([LearnedItem(make_learned("How much?"), "Wei Chen", PLACE), gone], 30)
    read = read_text({"blocks": message["blocks"]})
    assert "“How much?”\n📖 Locks › Fees\n_Wei Chen, 14 September 2026_" in read
    assert "⚠️ The section is no longer in the handbook (locks#fees)" in read
    assert "These are the latest 2 of 30." in read


def test_nothing_learned_yet_says_how_to_begin() -> None:
    assert "/pmo gaps" in build_learned_list([], 0)["text"]
