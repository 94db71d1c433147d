"""A story is reviewed by somebody else, and published with the consent of everybody it names."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.errors import Conflict, InvalidInput, NotAllowed, UserError
from foundation.people import People, Person, Role
from strategy.records import Strategy
from strategy.stories import (
    EVENTS,
    Consent,
    Story,
    StoryState,
    StoryText,
    StoryVerb,
    apply_story_verb,
    draft_story,
)
from strategy.visibility import EVERYBODY, filter_visible

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
TEXT = StoryText(
    title="Ten zones sleep quietly",
    text="Night pressure fell by a fifth, and bursts with it.",
    objective="less-leakage",
    project="pressure-management",
    evidence=("Burst log of October 2026",),
    people=("U06FARAH",),
)
E = StoryVerb


@pytest.fixture
def draft(sample: Strategy, people: People) -> Story:
    return draft_story(sample, people.get("U02BEN"), TEXT, story_id="S1", now=NOW)


def go(story: Story, sample: Strategy, people: People, *steps: tuple[StoryVerb, str], note: str = "So be it.") -> Story:
    for event, who in steps:
        text = TEXT if event is E.EDIT else None
        story, _ = apply_story_verb(story, event, people.get(who), sample, now=NOW, note=note, text=text)
    return story


def test_a_story_goes_from_draft_to_published(draft: Story, sample: Strategy, people: People) -> None:
    story = go(draft, sample, people, (E.SUBMIT, "U02BEN"), (E.CONSENT, "U06FARAH"), (E.APPROVE, "U03WEI"))
    assert (story.state, story.reviewer, story.published_at) == (StoryState.APPROVED, "U03WEI", None)
    story = go(story, sample, people, (E.PUBLISH, "U05EMEKA"))
    assert (story.state, story.published_at) == (StoryState.PUBLISHED, NOW)


def test_every_step_is_one_entry_of_the_log(draft: Story, sample: Strategy, people: People) -> None:
    _, entry = apply_story_verb(draft, E.SUBMIT, people.get("U02BEN"), sample, now=NOW)
    assert (entry.actor, entry.verb, entry.before, entry.after) == (
        "U02BEN",
        E.SUBMIT,
        StoryState.DRAFT,
        StoryState.SUBMITTED,
    )


def test_the_reviewer_is_never_the_author(sample: Strategy, people: People) -> None:
    weis = draft_story(sample, people.get("U03WEI"), replace(TEXT, people=()), story_id="S2", now=NOW)
    submitted = go(weis, sample, people, (E.SUBMIT, "U03WEI"))
    for event in (E.APPROVE, E.REQUEST_CHANGES):
        with pytest.raises(NotAllowed, match="never by its author"):
            go(submitted, sample, people, (event, "U03WEI"))
    assert go(submitted, sample, people, (E.APPROVE, "U05EMEKA")).reviewer == "U05EMEKA"


def test_only_pmo_staff_review(draft: Story, sample: Strategy, people: People) -> None:
    submitted = go(draft, sample, people, (E.SUBMIT, "U02BEN"), (E.CONSENT, "U06FARAH"))
    for who in ("U01ADA", "U04DANA", "U06FARAH"):
        with pytest.raises(NotAllowed):
            go(submitted, sample, people, (E.APPROVE, who))


def test_nothing_is_approved_while_somebody_named_has_not_agreed(
    draft: Story, sample: Strategy, people: People
) -> None:
    submitted = go(draft, sample, people, (E.SUBMIT, "U02BEN"))
    with pytest.raises(InvalidInput, match="1 of 1 people named have not agreed yet"):
        go(submitted, sample, people, (E.APPROVE, "U03WEI"))


def test_an_author_who_names_themself_agrees_by_writing(sample: Strategy, people: People) -> None:
    story = draft_story(
        sample, people.get("U02BEN"), replace(TEXT, people=("U02BEN", "U06FARAH")), story_id="S3", now=NOW
    )
    assert story.awaiting == ("U06FARAH",)


def test_an_edit_asks_everybody_named_again(draft: Story, sample: Strategy, people: People) -> None:
    agreed = go(draft, sample, people, (E.CONSENT, "U06FARAH"))
    assert agreed.awaiting == ()
    assert go(agreed, sample, people, (E.EDIT, "U02BEN")).awaiting == ("U06FARAH",)


def test_whoever_takes_their_consent_back_takes_the_story_back(draft: Story, sample: Strategy, people: People) -> None:
    approved = go(draft, sample, people, (E.SUBMIT, "U02BEN"), (E.CONSENT, "U06FARAH"), (E.APPROVE, "U03WEI"))
    refused = go(approved, sample, people, (E.REFUSE, "U06FARAH"))
    assert (refused.state, refused.people[0].consent) == (StoryState.CHANGES_REQUESTED, Consent.REFUSED)
    published = go(approved, sample, people, (E.PUBLISH, "U03WEI"))
    assert go(published, sample, people, (E.REFUSE, "U06FARAH")).state is StoryState.WITHDRAWN


def test_only_those_named_answer_for_themselves(draft: Story, sample: Strategy, people: People) -> None:
    for who in ("U01ADA", "U02BEN", "U05EMEKA"):
        with pytest.raises(NotAllowed, match="whom the story names"):
            go(draft, sample, people, (E.CONSENT, who))


def test_changes_are_asked_for_in_words(draft: Story, sample: Strategy, people: People) -> None:
    submitted = go(draft, sample, people, (E.SUBMIT, "U02BEN"))
    with pytest.raises(InvalidInput, match="Say what should change"):
        go(submitted, sample, people, (E.REQUEST_CHANGES, "U03WEI"), note=" ")


def test_the_author_and_the_head_of_the_pmo_withdraw(draft: Story, sample: Strategy, people: People) -> None:
    for who in ("U02BEN", "U05EMEKA"):
        assert go(draft, sample, people, (E.WITHDRAW, who)).state is StoryState.WITHDRAWN
    with pytest.raises(NotAllowed):
        go(draft, sample, people, (E.WITHDRAW, "U03WEI"))


def test_a_story_that_moved_on_says_so(draft: Story, sample: Strategy, people: People) -> None:
    with pytest.raises(Conflict, match="The story is draft now"):
        go(draft, sample, people, (E.PUBLISH, "U03WEI"))


@pytest.mark.parametrize(
    ("text", "field"),
    [
        (replace(TEXT, title=" "), "title"),
        (replace(TEXT, title="x" * 101), "title"),
        (replace(TEXT, text="x" * 2001), "text"),
        (replace(TEXT, objective="", project=""), "objective"),
        (replace(TEXT, objective="more-cake"), "objective"),
        (replace(TEXT, project="depot-moves"), "project"),
        (replace(TEXT, evidence=(" ",)), "evidence"),
        (replace(TEXT, evidence=tuple("abcdef")), "evidence"),
        (replace(TEXT, people=tuple(f"U{n}" for n in range(11))), "people"),
    ],
)
def test_a_text_that_cannot_be_accepted_is_told_by_field(
    sample: Strategy, people: People, text: StoryText, field: str
) -> None:
    ben = people.get("U02BEN")
    with pytest.raises(InvalidInput) as caught:
        draft_story(filter_visible(sample, ben), ben, text, story_id="S4", now=NOW)
    assert list(caught.value.fields) == [field]


def test_a_story_never_tells_a_channel_of_something_private(sample: Strategy, people: People) -> None:
    dana = people.get("U04DANA")
    secret = replace(TEXT, objective="fewer-depots", project="", people=())
    story = draft_story(sample, dana, secret, story_id="S5", now=NOW)
    approved = go(story, sample, people, (E.SUBMIT, "U04DANA"), (E.APPROVE, "U05EMEKA"))
    with pytest.raises(NotAllowed, match="not everybody in that channel may know"):
        apply_story_verb(approved, E.PUBLISH, people.get("U05EMEKA"), filter_visible(sample, EVERYBODY), now=NOW)


CAST = {
    "U02BEN": frozenset({Role.PROJECT_MANAGER}),
    "U03WEI": frozenset({Role.PMO_STAFF}),
    "U05EMEKA": frozenset({Role.PMO_STAFF, Role.PMO_LEAD}),
    "U06FARAH": frozenset({Role.PROJECT_MANAGER}),
}


@given(st.lists(st.tuples(st.sampled_from(StoryVerb), st.sampled_from(sorted(CAST))), max_size=25))
def test_whatever_people_do_no_story_is_out_without_review_and_consent(
    sample: Strategy, steps: list[tuple[StoryVerb, str]]
) -> None:
    story = draft_story(sample, Person("U02BEN", "Ben"), TEXT, story_id="S6", now=NOW)
    for event, who in steps:
        try:
            story, entry = apply_story_verb(
                story, event, Person(who, who, CAST[who]), sample, now=NOW, note="Because.", text=TEXT
            )
        except UserError:
            continue
        assert entry.after is story.state is EVENTS[entry.before][event]
        if story.state in (StoryState.APPROVED, StoryState.PUBLISHED):
            assert story.awaiting == ()
            assert story.reviewer not in (None, story.author)
