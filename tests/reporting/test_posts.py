"""Updates and stories as they are posted to their channels."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from foundation.errors import NotFound
from foundation.people import People
from reporting.posts import build_story_post, build_update_post
from strategy.records import ProgressUpdate, Rag, Strategy, Subject, SubjectKind
from strategy.story_records import Consent, NamedPerson, Story, StoryState

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
UPDATE = ProgressUpdate(
    subject=Subject(SubjectKind.PROJECT, "pressure-management"),
    slot=NOW,
    author="U02BEN",
    at=NOW,
    rag=Rag.AMBER,
    summary="Valves <late>.",
    achieved="Ten zones\n• one to ten",
    blocker="Customs & port",
    ask="A letter.",
    confidence=6,
)
STORY = Story(
    id="S1",
    author="U02BEN",
    state=StoryState.APPROVED,
    title="Ten zones sleep quietly",
    text="Bursts fell by a fifth.",
    objective="less-leakage",
    project="pressure-management",
    evidence=("Burst log of October", "https://logs.example/bursts"),
    people=(NamedPerson("U06FARAH", Consent.GIVEN),),
    created_at=NOW,
)


def test_update_post_carries_text_and_author(open_strategy: Strategy, people: People) -> None:
    post = build_update_post(UPDATE, open_strategy, people)
    assert post.title == "Pressure management in the northern zones"
    assert post.body == (
        ":large_yellow_circle: *Amber* — Valves &lt;late&gt;.",
        "*Achieved*\nTen zones\n• one to ten",
        "*Blocker*\nCustoms &amp; port",
        "*Help needed*\nA letter.",
    )
    assert post.context == (
        "Ben Castellanos · <!date^1795424400^{date_short_pretty} at {time}|23 November 2026, 09:00 UTC>"
        " · project · confidence 6 of 10"
    )
    assert post.text == "Pressure management in the northern zones: Ben Castellanos reports amber. Valves &lt;late&gt;."


def test_corrected_and_acknowledged_update_says_so(open_strategy: Strategy, people: People) -> None:
    post = build_update_post(replace(UPDATE, revision=2, acknowledged_by="U06FARAH"), open_strategy, people)
    assert post.context.endswith("· corrected · acknowledged by Farah Haddad")


def test_story_post_carries_evidence_and_people(open_strategy: Strategy, people: People) -> None:
    post = build_story_post(STORY, open_strategy, people)
    assert post.title == "Ten zones sleep quietly"
    assert post.body == (
        "Bursts fell by a fifth.",
        "*How we know*\n• Burst log of October\n• https://logs.example/bursts",
    )
    assert post.context == (
        "By Ben Castellanos · supports “Less water is lost between the works and the tap”"
        " · project: Pressure management in the northern zones · with Farah Haddad"
    )


def test_every_piece_fits_into_a_block(open_strategy: Strategy, people: People) -> None:
    story = build_story_post(replace(STORY, text="&" * 2000), open_strategy, people)
    update = build_update_post(replace(UPDATE, achieved="<" * 1000), open_strategy, people)
    for piece in (*story.body, *update.body):
        assert len(piece) <= 2_900
    assert "".join(story.body).count("&amp;") == 2000


def test_hidden_subject_cannot_be_posted(open_strategy: Strategy, people: People) -> None:
    with pytest.raises(NotFound):
        build_update_post(replace(UPDATE, subject=Subject(SubjectKind.PROJECT, "depot-moves")), open_strategy, people)
    with pytest.raises(NotFound):
        build_story_post(replace(STORY, objective="fewer-depots"), open_strategy, people)
