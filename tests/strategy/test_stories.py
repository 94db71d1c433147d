"""A story is reviewed by somebody else and published with the consent of everyone it names."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.errors import Conflict, InvalidInput, NotAllowed, UserError
from foundation.people import People, Person, Role
from strategy.records import Strategy
from strategy.stories import apply_story_verb, draft_story
from strategy.story_records import Consent, Story, StoryState, StoryText, StoryVerb
from strategy.story_transitions import STORY_TRANSITIONS, StoryRelation, find_story_transition, find_story_verbs_for
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
V = StoryVerb


@pytest.fixture
def draft(sample: Strategy, people: People) -> Story:
    return draft_story(sample, people.get("U02BEN"), TEXT, story_id="S1", now=NOW)


def go(story: Story, sample: Strategy, people: People, *steps: tuple[StoryVerb, str], note: str = "So be it.") -> Story:
    for verb, who in steps:
        text = TEXT if verb is V.EDIT else None
        story = apply_story_verb(story, verb, people.get(who), sample, now=NOW, note=note, text=text).story
    return story


def test_story_goes_from_draft_to_published(draft: Story, sample: Strategy, people: People) -> None:
    story = go(draft, sample, people, (V.SUBMIT, "U02BEN"), (V.CONSENT, "U06FARAH"), (V.APPROVE, "U03WEI"))
    assert (story.state, story.reviewer, story.published_at) == (StoryState.APPROVED, "U03WEI", None)
    story = go(story, sample, people, (V.PUBLISH, "U05EMEKA"))
    assert (story.state, story.published_at) == (StoryState.PUBLISHED, NOW)


def test_every_verb_writes_one_log_entry(draft: Story, sample: Strategy, people: People) -> None:
    entry = apply_story_verb(draft, V.SUBMIT, people.get("U02BEN"), sample, now=NOW).entry
    assert (entry.actor, entry.verb, entry.before, entry.after) == (
        "U02BEN",
        V.SUBMIT,
        StoryState.DRAFT,
        StoryState.SUBMITTED,
    )


def test_reviewer_is_never_the_author(sample: Strategy, people: People) -> None:
    weis = draft_story(sample, people.get("U03WEI"), replace(TEXT, people=()), story_id="S2", now=NOW)
    submitted = go(weis, sample, people, (V.SUBMIT, "U03WEI"))
    for verb in (V.APPROVE, V.REQUEST_CHANGES):
        with pytest.raises(NotAllowed, match="other than the author"):
            go(submitted, sample, people, (verb, "U03WEI"))
    assert go(submitted, sample, people, (V.APPROVE, "U05EMEKA")).reviewer == "U05EMEKA"


def test_only_pmo_staff_review_stories(draft: Story, sample: Strategy, people: People) -> None:
    submitted = go(draft, sample, people, (V.SUBMIT, "U02BEN"), (V.CONSENT, "U06FARAH"))
    for who in ("U01ADA", "U04DANA", "U06FARAH"):
        with pytest.raises(NotAllowed):
            go(submitted, sample, people, (V.APPROVE, who))


def test_approval_waits_for_everyones_consent(draft: Story, sample: Strategy, people: People) -> None:
    submitted = go(draft, sample, people, (V.SUBMIT, "U02BEN"))
    with pytest.raises(InvalidInput, match="1 person named in it hasn't agreed yet"):
        go(submitted, sample, people, (V.APPROVE, "U03WEI"))


def test_author_consents_by_writing(sample: Strategy, people: People) -> None:
    story = draft_story(
        sample, people.get("U02BEN"), replace(TEXT, people=("U02BEN", "U06FARAH")), story_id="S3", now=NOW
    )
    assert story.awaiting_consent == ("U06FARAH",)


def test_edit_asks_everybody_named_again(draft: Story, sample: Strategy, people: People) -> None:
    agreed = go(draft, sample, people, (V.CONSENT, "U06FARAH"))
    assert agreed.awaiting_consent == ()
    assert go(agreed, sample, people, (V.EDIT, "U02BEN")).awaiting_consent == ("U06FARAH",)


def test_withdrawn_consent_takes_the_story_back(draft: Story, sample: Strategy, people: People) -> None:
    approved = go(draft, sample, people, (V.SUBMIT, "U02BEN"), (V.CONSENT, "U06FARAH"), (V.APPROVE, "U03WEI"))
    refused = go(approved, sample, people, (V.REFUSE, "U06FARAH"))
    assert (refused.state, refused.people[0].consent) == (StoryState.CHANGES_REQUESTED, Consent.REFUSED)
    published = go(approved, sample, people, (V.PUBLISH, "U03WEI"))
    assert go(published, sample, people, (V.REFUSE, "U06FARAH")).state is StoryState.WITHDRAWN


def test_only_people_named_can_consent(draft: Story, sample: Strategy, people: People) -> None:
    for who in ("U01ADA", "U02BEN", "U05EMEKA"):
        with pytest.raises(NotAllowed, match="Only people named in the story"):
            go(draft, sample, people, (V.CONSENT, who))


def test_asking_for_changes_needs_a_note(draft: Story, sample: Strategy, people: People) -> None:
    submitted = go(draft, sample, people, (V.SUBMIT, "U02BEN"))
    with pytest.raises(InvalidInput, match="Say what should change"):
        go(submitted, sample, people, (V.REQUEST_CHANGES, "U03WEI"), note=" ")


def test_author_and_pmo_head_can_withdraw(draft: Story, sample: Strategy, people: People) -> None:
    for who in ("U02BEN", "U05EMEKA"):
        assert go(draft, sample, people, (V.WITHDRAW, who)).state is StoryState.WITHDRAWN
    with pytest.raises(NotAllowed):
        go(draft, sample, people, (V.WITHDRAW, "U03WEI"))


def test_verb_in_wrong_state_is_explained(draft: Story, sample: Strategy, people: People) -> None:
    with pytest.raises(Conflict, match="status is now “draft”"):
        go(draft, sample, people, (V.PUBLISH, "U03WEI"))


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
def test_story_problems_are_listed_by_field(sample: Strategy, people: People, text: StoryText, field: str) -> None:
    ben = people.get("U02BEN")
    with pytest.raises(InvalidInput) as caught:
        draft_story(filter_visible(sample, ben), ben, text, story_id="S4", now=NOW)
    assert list(caught.value.fields) == [field]


def test_story_with_private_subject_is_not_published(sample: Strategy, people: People) -> None:
    dana = people.get("U04DANA")
    secret = replace(TEXT, objective="fewer-depots", project="", people=())
    story = draft_story(sample, dana, secret, story_id="S5", now=NOW)
    approved = go(story, sample, people, (V.SUBMIT, "U04DANA"), (V.APPROVE, "U05EMEKA"))
    with pytest.raises(NotAllowed, match="not everyone in the channel can see"):
        apply_story_verb(approved, V.PUBLISH, people.get("U05EMEKA"), filter_visible(sample, EVERYBODY), now=NOW)


def test_each_side_gets_its_own_verbs(draft: Story) -> None:
    assert find_story_verbs_for(draft, {StoryRelation.AUTHOR}) == (V.EDIT, V.SUBMIT, V.WITHDRAW)
    assert find_story_verbs_for(draft, {StoryRelation.NAMED}) == (V.CONSENT, V.REFUSE)
    assert find_story_verbs_for(draft, {StoryRelation.REVIEWER}) == ()


def test_every_verb_has_a_transition() -> None:
    assert {row.verb for row in STORY_TRANSITIONS} == set(StoryVerb)


CAST = {
    "U02BEN": frozenset({Role.PROJECT_MANAGER}),
    "U03WEI": frozenset({Role.PMO_STAFF}),
    "U05EMEKA": frozenset({Role.PMO_STAFF, Role.PMO_LEAD}),
    "U06FARAH": frozenset({Role.PROJECT_MANAGER}),
}


@given(st.lists(st.tuples(st.sampled_from(StoryVerb), st.sampled_from(sorted(CAST))), max_size=25))
def test_no_story_is_published_without_review_and_consent(sample: Strategy, steps: list[tuple[StoryVerb, str]]) -> None:
    story = draft_story(sample, Person("U02BEN", "Ben"), TEXT, story_id="S6", now=NOW)
    for verb, who in steps:
        try:
            change = apply_story_verb(
                story, verb, Person(who, who, CAST[who]), sample, now=NOW, note="Because.", text=TEXT
            )
        except UserError:
            continue
        row = find_story_transition(story, verb)
        assert row is not None
        story, entry = change.story, change.entry
        assert entry.after is story.state is (row.to or entry.before)
        if story.state in (StoryState.APPROVED, StoryState.PUBLISHED):
            assert story.awaiting_consent == ()
            assert story.reviewer not in (None, story.author)
