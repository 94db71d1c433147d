"""Small talk is recognised however it is put, and no real question is taken for it.

`messages.jsonl` has messages of both kinds; `kind` is null for a real question. Nothing is fitted to every third line.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from handlers.questions.small_talk.grammar import find_small_talk, load_grammars
from handlers.questions.small_talk.kinds import SmallTalk, SmallTalkKind, Tone
from handlers.questions.small_talk.replies import find_reply_text
from knowledge.handbook import read_handbook
from tests.quality.sources import ROOT

MESSAGES = Path(__file__).parent / "messages.jsonl"
ASKING = (SmallTalkKind.CAPABILITIES, SmallTalkKind.HELP)


def read_messages(*, held_back: bool) -> Sequence[Any]:
    lines = MESSAGES.read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for number, line in enumerate(lines, start=1) if (number % 3 == 0) is held_back]


@pytest.mark.parametrize("held_back", [False, True], ids=["fitted", "held back"])
def test_messages_are_told_apart(held_back: bool) -> None:
    rows = read_messages(held_back=held_back)
    wrong = [row["text"] for row in rows if bool(find_small_talk(row["text"])) is not bool(row["kind"])]
    assert len(rows) == (40 if held_back else 80)
    assert len(wrong) <= (1 if held_back else 0), wrong


@pytest.mark.parametrize("held_back", [False, True], ids=["fitted", "held back"])
def test_most_messages_get_the_reply_for_their_kind(held_back: bool) -> None:
    rows = [row for row in read_messages(held_back=held_back) if row["kind"]]
    found = [find_small_talk(row["text"]) for row in rows]
    right = [said is not None and said.kind == row["kind"] for said, row in zip(found, rows, strict=True)]
    assert sum(right) >= 0.9 * len(rows)


def test_no_question_of_the_handbook_is_small_talk() -> None:
    asked = [question for page in read_handbook(ROOT / "knowledge" / "handbook") for question in page.questions]
    assert len(asked) > 100
    assert [question for question in asked if find_small_talk(question)] == []


@pytest.mark.parametrize(
    "question", ["why?", "how?", "who?", "and when?", "how does it work?", "what can I do?", "raci"]
)
def test_short_follow_up_is_a_question(question: str) -> None:
    assert find_small_talk(question) is None


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("thnaks", SmallTalkKind.THANKS),
        ("thaaaanks!!", SmallTalkKind.THANKS),
        ("🙏🏽", SmallTalkKind.THANKS),
        (":+1::skin-tone-3:", SmallTalkKind.ACKNOWLEDGEMENT),
        (":unheard_of:", SmallTalkKind.ACKNOWLEDGEMENT),
        ("!", SmallTalkKind.UNCLEAR),
        ("", SmallTalkKind.CAPABILITIES),
    ],
)
def test_misspelt_words_and_signs_are_read(text: str, kind: SmallTalkKind) -> None:
    said = find_small_talk(text)
    assert said is not None
    assert said.kind is kind


def test_word_with_a_meaning_of_its_own_is_not_misspelt() -> None:
    assert find_small_talk("start") is not None
    assert find_small_talk("start", lambda word: word == "start") is None


def test_reply_is_in_the_tone_of_the_message() -> None:
    formal, casual = find_small_talk("Thank you very much."), find_small_talk("thx mate 🙂")
    assert formal == SmallTalk(SmallTalkKind.THANKS, Tone.PLAIN)
    assert casual == SmallTalk(SmallTalkKind.THANKS, Tone.CASUAL)
    assert find_reply_text(formal) != find_reply_text(casual)


@pytest.mark.parametrize("grammar", load_grammars(), ids=lambda grammar: grammar.language)
def test_every_language_replies_to_every_kind_in_every_tone(grammar: Any) -> None:
    expected = {(kind, tone) for kind in SmallTalkKind if kind not in ASKING for tone in Tone}
    given = {(kind, tone) for kind, replies in grammar.replies.items() for tone, text in replies.items() if text}
    assert given == expected
    assert {kind for kind, _ in grammar.phrases} == set(SmallTalkKind)
