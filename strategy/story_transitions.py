"""The life of a success story as one table: from where to where, by which verb, by whom, and under which guards."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from foundation.people import Person, Role
from strategy.story_records import Story, StoryState, StoryVerb


class StoryRelation(StrEnum):
    """What somebody is to a story. The value completes the sentence “Only … can …”."""

    AUTHOR = "the author"
    REVIEWER = "PMO staff other than the author"
    PMO_LEAD = "the head of the PMO"
    NAMED = "people named in the story"


class StoryGuard(StrEnum):
    """What must hold before a transition."""

    EVERYONE_CONSENTS = "everyone named consents"
    READERS_KNOW_SUBJECT = "its readers may know the objective and the project"


@dataclass(frozen=True, slots=True)
class StoryTransition:
    """`to` None keeps the state. `required_input` are keys of what must come with the verb."""

    verb: StoryVerb
    sources: frozenset[StoryState]
    to: StoryState | None
    relations: frozenset[StoryRelation]
    required_input: tuple[str, ...] = ()
    guards: tuple[StoryGuard, ...] = ()


def _transition(
    verb: StoryVerb,
    sources: Iterable[StoryState],
    to: StoryState | None,
    *who: StoryRelation,
    needs: tuple[str, ...] = (),
    guards: tuple[StoryGuard, ...] = (),
) -> StoryTransition:
    return StoryTransition(verb, frozenset(sources), to, frozenset(who), needs, guards)


S, V, W, G = StoryState, StoryVerb, StoryRelation, StoryGuard
EDITABLE_STATES = {S.DRAFT, S.CHANGES_REQUESTED}
UNPUBLISHED_STATES = {S.DRAFT, S.SUBMITTED, S.CHANGES_REQUESTED, S.APPROVED}
REVIEW_STATES = {S.SUBMITTED, S.CHANGES_REQUESTED, S.APPROVED}

STORY_TRANSITIONS: tuple[StoryTransition, ...] = (
    _transition(V.EDIT, EDITABLE_STATES, None, W.AUTHOR, needs=("text",)),
    _transition(V.SUBMIT, EDITABLE_STATES, S.SUBMITTED, W.AUTHOR),
    _transition(V.APPROVE, {S.SUBMITTED}, S.APPROVED, W.REVIEWER, guards=(G.EVERYONE_CONSENTS,)),
    _transition(V.REQUEST_CHANGES, {S.SUBMITTED, S.APPROVED}, S.CHANGES_REQUESTED, W.REVIEWER, needs=("note",)),
    _transition(V.PUBLISH, {S.APPROVED}, S.PUBLISHED, W.REVIEWER, guards=(G.EVERYONE_CONSENTS, G.READERS_KNOW_SUBJECT)),
    _transition(V.WITHDRAW, UNPUBLISHED_STATES | {S.PUBLISHED}, S.WITHDRAWN, W.AUTHOR, W.PMO_LEAD, needs=("note",)),
    _transition(V.CONSENT, EDITABLE_STATES | {S.SUBMITTED}, None, W.NAMED),
    _transition(V.REFUSE, {S.DRAFT}, None, W.NAMED),
    _transition(V.REFUSE, REVIEW_STATES, S.CHANGES_REQUESTED, W.NAMED),
    # Consent can be taken back at any time, so refusing after publication takes the story down.
    _transition(V.REFUSE, {S.PUBLISHED}, S.WITHDRAWN, W.NAMED),
)


def find_story_transition(story: Story, verb: StoryVerb) -> StoryTransition | None:
    """The row by which the verb leaves the story's state; None where it doesn't."""
    rows = (row for row in STORY_TRANSITIONS if row.verb is verb and story.state in row.sources)
    return next(rows, None)


def find_story_relations(verb: StoryVerb) -> tuple[StoryRelation, ...]:
    """Everybody who can ever do the verb, whatever the story's state, in the order of `StoryRelation`."""
    allowed = {who for row in STORY_TRANSITIONS if row.verb is verb for who in row.relations}
    return tuple(who for who in StoryRelation if who in allowed)


def find_story_verbs_for(story: Story, side: Iterable[StoryRelation]) -> tuple[StoryVerb, ...]:
    """What people who are any of these to the story can do with it now: the buttons of a card that several see."""
    side = frozenset(side)
    rows = (row for row in STORY_TRANSITIONS if story.state in row.sources and row.relations & side)
    return tuple(dict.fromkeys(row.verb for row in rows))


def has_story_relation(person: Person, story: Story, who: Iterable[StoryRelation]) -> bool:
    """Whether the person is any of these to the story."""
    return any(_has_relation(person, story, one) for one in who)


def _has_relation(person: Person, story: Story, who: StoryRelation) -> bool:
    match who:
        case StoryRelation.AUTHOR:
            return person.id == story.author
        case StoryRelation.REVIEWER:
            return person.is_pmo and person.id != story.author
        case StoryRelation.PMO_LEAD:
            return person.has_role(Role.PMO_LEAD)
        case StoryRelation.NAMED:
            return any(named.person == person.id for named in story.people)
