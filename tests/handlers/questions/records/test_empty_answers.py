"""An answer with nothing to list is a sentence, and says no more than is known."""

import pytest

from tests.handlers.questions.records.sample_office import SampleOffice


@pytest.mark.parametrize(
    ("question", "asker", "says"),
    [
        ("which of my projects are red?", "ben", "You own no projects that are red."),
        ("which requests are overdue?", "dana", "None of your requests is overdue."),
        (
            "what's due this week?",
            "ada",
            "There's no milestone due between 23 November 2026 and 29 November 2026 that you can see.",
        ),
        ("what's due tomorrow?", "ada", "There's no milestone due on 24 November 2026 that you can see."),
    ],
)
def test_nothing_to_list_is_said_in_a_sentence(office: SampleOffice, question: str, asker: str, says: str) -> None:
    assert says in office.ask(question, asker).text.split("\n")


def test_reached_milestone_is_late_and_an_open_one_behind(office: SampleOffice) -> None:
    text = office.ask("how is smart metering doing?").text
    assert "40,000 homes metered: reached on 23 October 2026, 14 days late" in text
    assert "60,000 homes metered: forecast for 22 January 2027, 35 days behind" in text


def test_records_and_method_have_a_line_between_them(office: SampleOffice) -> None:
    reply = office.ask("is smart metering on track and who approves a change?").reply
    assert reply
    types = [block["type"] for block in reply.message["blocks"]]
    assert types.count("divider") == 2  # the other is above the latest update
