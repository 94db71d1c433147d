"""An answer as a message: Slack accepts it, it names its source, and nothing in it becomes markup."""

import json
from dataclasses import replace
from typing import Any

import pytest

from foundation.people import People, Person
from handlers.questions.blocks.answer import AnswerNames, build_answer_message
from knowledge.answers import Answer, Outcome
from knowledge.citations import Citation
from knowledge.passages import Table
from tests.workspace.filling import read_text
from workspace.checks import check_message

NAMES = AnswerNames({"health-check": "Project health check"}, People([Person("U03WEI", "Wei Chen")]))
HOSTILE = "<!channel> <@U04DANA> *bold* _it_ `code` <https://evil.example|click> &lt;!here&gt; :bomb:"


def citation(**changes: Any) -> Citation:
    given = {
        "page": "Project health checks",
        "page_id": "health-check",
        "source": "services/health-check.md",
        "section": "Project health checks › How long a health check takes",
        "anchor": "how-long-a-health-check-takes",
        "line": 42,
        "quote": "A health check takes 10 business days.",
        "edition": "1.0",
        "owner": "U03WEI",
    }
    return Citation(**(given | changes))


def build_answer(text: str = "It takes 10 business days.", **changes: Any) -> Answer:
    given = {"citations": (citation(),), "services": ("health-check", "gone")}
    return Answer(Outcome.ANSWERED, text, 0.9, **(given | changes))


def elements(message: dict[str, Any]) -> list[dict[str, Any]]:
    """Every element that can be clicked."""
    found = []
    for block in message["blocks"]:
        found += [block["accessory"]] if "accessory" in block else []
        found += block["elements"] if block["type"] in ("actions", "context_actions") else []
    return found


def test_answer_names_source_and_offers_next_steps() -> None:
    message = build_answer_message(build_answer(), "Q1", NAMES)
    assert check_message(message) == []
    assert "📖 Project health checks › How long a health check takes · edition 1.0" in read_text(message)
    assert [one["action_id"] for one in elements(message)] == [
        "question.read",
        "request.open.health-check",
        "question.feedback",
    ]
    assert message["text"].startswith("It takes 10 business days.")
    assert "How long a health check takes, edition 1.0" in message["text"]


def test_list_items_become_rich_text_list() -> None:
    message = build_answer_message(build_answer("There are two:\n- one\n- two\nThat is all."), "Q1", NAMES)
    kinds = [part["type"] for part in message["blocks"][0]["elements"]]
    assert kinds == ["rich_text_section", "rich_text_list", "rich_text_section"]
    assert len(message["blocks"][0]["elements"][1]["elements"]) == 2


def test_up_to_three_distinct_sources_are_shown() -> None:
    many = tuple(citation(anchor=f"a{number // 2}", section=f"Section {number // 2}") for number in range(10))
    message = build_answer_message(build_answer(citations=many), "Q1", NAMES)
    read = [json.loads(one["value"])[1] for one in elements(message) if one["action_id"] == "question.read"]
    assert read == ["a0", "a1", "a2"]


def test_unknown_edition_and_owner_are_left_out() -> None:
    foreign = citation(page="Parking", section="Parking", edition="", owner="")
    assert "📖 Parking\n" in read_text(build_answer_message(build_answer(citations=(foreign,)), "Q1", NAMES)) + "\n"
    missing = Answer(Outcome.NOT_FOUND, "", 0.1, nearest=(foreign,))
    assert "owner" not in read_text(build_answer_message(missing, "Q1", NAMES))


def test_see_also_offers_up_to_two_other_sections() -> None:
    nearest = tuple(
        citation(anchor=f"a{number}", section=f"Project health checks › Part {number}") for number in range(3)
    )
    message = build_answer_message(build_answer(nearest=(citation(), *nearest)), "Q1", NAMES)
    assert check_message(message) == []
    others = [one for one in elements(message) if one["action_id"].startswith("question.read.")]
    assert [one["text"]["text"] for one in others] == ["See also: Part 0", "See also: Part 1"]
    assert [json.loads(one["value"])[1] for one in others] == ["a0", "a1"]


def test_closest_shows_sections_with_sentence_but_no_answer() -> None:
    nearest = tuple(
        citation(anchor=f"a{number}", section=f"Project health checks › Part {number}", text=f"- Sentence {number}.")
        for number in range(4)
    )
    message = build_answer_message(Answer(Outcome.CLOSEST, "", 0.3, nearest=nearest), "Q7", NAMES)
    assert check_message(message) == []
    read = read_text({"blocks": message["blocks"]})
    assert read.startswith("*Closest in the handbook*\nI'm not sure that these sections answer your question.")
    assert [f">Sentence {number}." in read for number in range(4)] == [True, True, True, False]
    assert [one["action_id"] for one in elements(message)] == [*["question.read"] * 3, "question.forward"]
    assert "Part 2 · edition 1.0: “Sentence 2.”" in message["text"]
    assert "question.feedback" not in str(message)


def test_not_found_says_who_may_know() -> None:
    message = build_answer_message(Answer(Outcome.NOT_FOUND, "", 0.1, nearest=(citation(),)), "Q7", NAMES)
    assert check_message(message) == []
    assert message["text"].startswith("The handbook doesn't say. Wei Chen owns the nearest page and may know:")
    assert "Wei Chen owns the nearest page and may know:\n📖 Project health checks › How long" in read_text(message)
    ask = elements(message)[-1]
    assert (ask["action_id"], ask["value"], ask["style"]) == ("question.forward", "Q7", "primary")


def test_not_found_refers_to_right_department() -> None:
    answer = Answer(Outcome.NOT_FOUND, "", 0.1, nearest=(citation(),), refer_to="human resources")
    message = build_answer_message(answer, "Q7", NAMES)
    assert "It sounds like a question for human resources." in read_text(message)
    assert "It sounds like a question for human resources." in message["text"]
    assert "Wei Chen" not in read_text(message)


def test_far_off_section_is_not_named() -> None:
    message = build_answer_message(Answer(Outcome.NOT_FOUND, "", 0.01, nearest=(citation(),)), "Q7", NAMES)
    assert "Wei Chen" not in read_text(message) + message["text"]
    assert [one["action_id"] for one in elements(message)] == ["question.forward"]


def test_corrected_words_are_shown() -> None:
    message = build_answer_message(build_answer(spelling=("approves", "change"), follows=("who?",)), "Q1", NAMES)
    notes = [one["text"] for one in message["blocks"][0]["elements"]]
    assert notes == ["Following up on “who?”", "Showing results for *approves, change*"]


def test_two_questions_get_two_answers_with_one_row_of_buttons() -> None:
    first = build_answer(question="How long does it take?")
    second = Answer(Outcome.NOT_FOUND, "", 0.1, nearest=(citation(),), question="who pays for lunch")
    whole = build_answer(f"{first.text}\n\nThe handbook doesn't say.", parts=(first, second))
    message = build_answer_message(whole, "Q1", NAMES)
    assert check_message(message) == []
    read = read_text({"blocks": message["blocks"]})
    order = ["*How long does it take?*", "It takes 10 business days.", "*Who pays for lunch?*", "doesn't say"]
    assert sorted(order, key=read.index) == order
    assert [one["action_id"] for one in elements(message)] == [
        *["question.read"] * 2,
        "request.open.health-check",
        "question.forward",
        "question.feedback",
    ]
    assert "Who pays for lunch?\nThe handbook doesn't say." in message["text"]


TABLE = Table(("Size", "Days", ""), (("Small", "2", "A note"), ("Large", "", "")))
ROWS = "How long it takes:\n- Small; Days: 2; A note\n- Large"


def test_rows_are_shown_as_table() -> None:
    message = build_answer_message(build_answer(ROWS, citations=(citation(text=ROWS, table=TABLE),)), "Q1", NAMES)
    assert check_message(message) == []
    before, table = message["blocks"][:2]
    assert read_text({"blocks": [before]}).strip() == "How long it takes:"
    assert [[cell["text"] for cell in row] for row in table["rows"]] == [
        ["Size", "Days", "–"],
        ["Small", "2", "A note"],
        ["Large", "–", "–"],
    ]
    assert "Small; Days: 2; A note" in message["text"]


def test_words_stay_before_and_after_their_table() -> None:
    text = f"{ROWS}\nAll of it is free."
    message = build_answer_message(build_answer(text, citations=(citation(text=text, table=TABLE),)), "Q1", NAMES)
    before, table, after = message["blocks"][:3]
    assert (read_text(before).strip(), table["type"]) == ("How long it takes:", "table")
    assert read_text(after).strip() == "All of it is free."


def test_second_table_is_a_list() -> None:
    cited = (
        citation(text=ROWS, table=TABLE),
        citation(anchor="b", text="- Small; Days: 2; A note\n- Large", table=TABLE),
    )
    message = build_answer_message(build_answer(ROWS, citations=cited), "Q1", NAMES)
    assert check_message(message) == []
    assert [block["type"] for block in message["blocks"][:3]] == ["rich_text", "table", "rich_text"]
    [items] = message["blocks"][2]["elements"]
    assert [item["elements"][0]["text"] for item in items["elements"]] == ["Small; Days: 2; A note", "Large"]


@pytest.mark.parametrize(
    ("width", "count", "cell"), [(2, 250, "x"), (20, 99, "y" * 50), (21, 3, "z"), (2, 3, "🚒" * 3000), (0, 3, "")]
)
def test_any_table_is_shown_within_limits(width: int, count: int, cell: str) -> None:
    table = Table((cell,) * width, ((cell,) * width,) * count)
    lines = "\n".join(["- a row"] * count)
    whole = build_answer(lines, citations=(citation(text=lines, table=table),))
    message = build_answer_message(whole, "Q1", NAMES)
    assert check_message(message) == []
    shown = [len(block["rows"]) - 1 for block in message["blocks"] if block["type"] == "table"]
    assert not shown or f"The table has {count - shown[0]} more." in read_text(message) or shown[0] == count


def test_not_found_without_sections_has_ask_button() -> None:
    message = build_answer_message(Answer(Outcome.NOT_FOUND, "", 0.0), "Q7", NAMES)
    assert check_message(message) == []
    assert [one["action_id"] for one in elements(message)] == ["question.forward"]


def test_ambiguous_question_offers_choices() -> None:
    suggestions = ("Who approves a change?", "x" * 200, "third", "fourth", "fifth", "sixth")
    message = build_answer_message(Answer(Outcome.CLARIFY, "", 0.4, suggestions=suggestions), "Q1", NAMES)
    assert check_message(message) == []
    asked = [one for one in elements(message) if one["action_id"].startswith("question.suggested.")]
    assert [one["value"] for one in asked] == list(suggestions[:5])
    assert len(asked[1]["text"]["text"]) == 75


@pytest.mark.parametrize("outcome", list(Outcome))
@pytest.mark.parametrize(
    "text", ["x" * 3000, "word " * 3000, HOSTILE, HOSTILE * 100, "", "\n- \n", "- a\n" * 500, "🚒" * 3000]
)
def test_slack_accepts_any_handbook_text(outcome: Outcome, text: str) -> None:
    table = Table((text, text), ((text, text),) * 3) if "\n" not in text else None
    odd = citation(page=text[:150], section=text[:150], edition=text[:20], owner="U99", text=text, table=table)
    others = tuple(replace(odd, anchor=str(number)) for number in range(4))
    answer = Answer(
        outcome, text, 0.5, others, others[2:] + others, ("health-check",), (text,) * 7, text, (text,), (text,)
    )
    whole = replace(answer, parts=(replace(answer, question=text),) * 4)
    for message in (build_answer_message(answer, "Q1", NAMES), build_answer_message(whole, "Q1", NAMES)):
        if text or outcome is not Outcome.CLARIFY:
            assert check_message(message) == []


@pytest.mark.parametrize("outcome", list(Outcome))
def test_hostile_text_stays_plain_text(outcome: Outcome) -> None:
    odd = citation(page=HOSTILE, section=HOSTILE, edition=HOSTILE, text=f"x\n{HOSTILE}")
    part = Answer(outcome, HOSTILE, 0.5, (odd,), (odd,), (), (HOSTILE,), question=HOSTILE)
    answer = replace(part, parts=(part, part), spelling=(HOSTILE,), follows=(HOSTILE,))
    message = build_answer_message(answer, "Q1", NAMES)
    for mrkdwn in [message["text"], *mrkdwn_texts(message["blocks"])]:
        assert "<" not in mrkdwn
        assert "*bold*" not in mrkdwn
        assert ":bomb:" not in mrkdwn
    for run in runs(message["blocks"]):
        assert run["type"] == "text"


def mrkdwn_texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        own = [value["text"]] if value.get("type") == "mrkdwn" else []
        return own + [text for one in value.values() for text in mrkdwn_texts(one)]
    return [text for one in value for text in mrkdwn_texts(one)] if isinstance(value, list) else []


def runs(blocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    sections = [part for block in blocks if block["type"] == "rich_text" for part in block["elements"]]
    inner = [item for part in sections for item in (part["elements"] if "list" in part["type"] else [part])]
    return [run for item in inner for run in item["elements"]]
