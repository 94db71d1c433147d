"""The list of gaps fits into a message, whatever people asked."""

from datetime import UTC, datetime

from handlers.questions.blocks.gaps import OpenGap, build_gaps_message
from storage.questions import Gap
from tests.workspace.filling import read_text
from workspace.checks import check_message

NINE = datetime(2026, 9, 14, 9, 0, tzinfo=UTC)
HOSTILE = "<!channel> <@U04DANA> *bold* _it_ `code` <https://evil.example|click> &lt;!here&gt; :bomb:\n> quote"
TEXTS = ["Where do I park?", HOSTILE, "x" * 1000, "<" * 1000, "🚒" * 900, "\n\n \n", "a\n" * 400]


def test_long_gaps_fit_into_message() -> None:
    gaps = [
        OpenGap(Gap(text, number + 1, NINE, "x" * 3000, id="Q1"), "facilities") for number, text in enumerate(TEXTS)
    ] * 2
    message = build_gaps_message(gaps[:10], gaps[:10], 3)
    assert check_message(message) == []
    assert "once" in read_text(message)
    assert "twice" in read_text(message)
    assert "sounds like a question for facilities" in read_text(message)
    assert "now answers 3 questions" in read_text(message)
