"""Success stories: drafted by anybody, reviewed by the PMO, published with the consent of everyone they name.

`draft_story` begins one, `apply_story_verb` does everything else by the table in story_transitions.py. Nothing here
stores or sends anything. Consent is to a text, so an edit asks everybody named again.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from foundation.errors import Conflict, InvalidInput, NotAllowed, NotFound
from foundation.people import Person
from foundation.text import clean_text
from strategy.records import Strategy
from strategy.story_records import (
    Consent,
    NamedPerson,
    Story,
    StoryChange,
    StoryLogEntry,
    StoryState,
    StoryText,
    StoryVerb,
)
from strategy.story_transitions import (
    StoryGuard,
    StoryTransition,
    find_story_relations,
    find_story_transition,
    has_story_relation,
)

LONGEST_TITLE = 100
LONGEST_TEXT = 2000
LONGEST_NOTE = 500
MOST_EVIDENCE = 5
MOST_PEOPLE = 10

# Completes “Only … can …”.
_DEEDS: Mapping[StoryVerb, str] = {
    StoryVerb.EDIT: "edit this story",
    StoryVerb.SUBMIT: "submit this story",
    StoryVerb.APPROVE: "approve this story",
    StoryVerb.REQUEST_CHANGES: "ask for changes to this story",
    StoryVerb.PUBLISH: "publish this story",
    StoryVerb.WITHDRAW: "withdraw this story",
    StoryVerb.CONSENT: "agree to be named",
    StoryVerb.REFUSE: "decline to be named",
}
_MISSING_NOTE = {
    StoryVerb.REQUEST_CHANGES: "Say what should change.",
    StoryVerb.WITHDRAW: "Give a reason, for the record.",
}


def draft_story(strategy: Strategy, person: Person, text: StoryText, *, story_id: str, now: datetime) -> Story:
    """A new draft. `strategy` is as its author may see it.

    Raises:
        InvalidInput: by the fields of `StoryText`.
    """
    empty = Story(
        id=story_id,
        author=person.id,
        state=StoryState.DRAFT,
        title="",
        text="",
        objective=None,
        project=None,
        evidence=(),
        people=(),
        created_at=now,
    )
    return _rewrite_story(empty, text, strategy)


def apply_story_verb(
    story: Story,
    verb: StoryVerb,
    person: Person,
    strategy: Strategy,
    *,
    now: datetime,
    note: str = "",
    text: StoryText | None = None,
) -> StoryChange:
    """Do the verb, if the table allows it to this person now, its input is given and its guards hold.

    Args:
        strategy: as the author may see it for `edit`, as the channel's readers may see it for `publish`; else any.
        text: the new text, for `edit` only.

    Raises:
        NotAllowed: the verb is for others, or the story's readers may not know what it is linked to.
        Conflict: the story has moved on, and the verb no longer applies.
        InvalidInput: by `note`, `people`, or the fields of `StoryText`.
    """
    transition = check_story_verb(story, verb, person)
    note = _check_note(transition, note)
    for guard in transition.guards:
        _check_guard(story, guard, strategy)
    changed = _build_change(story, verb, person, strategy, text, now)
    changed = replace(changed, state=transition.to or story.state)
    return StoryChange(changed, StoryLogEntry(story.id, now, person.id, verb, story.state, changed.state, note))


def check_story_verb(story: Story, verb: StoryVerb, person: Person) -> StoryTransition:
    """The transition that the verb would make. Raises NotAllowed and Conflict as `apply_story_verb` does."""
    relations = find_story_relations(verb)
    if not has_story_relation(person, story, relations):
        raise NotAllowed(f"Only {' or '.join(relations)} can {_DEEDS[verb]}.")
    transition = find_story_transition(story, verb)
    if transition is None:
        state = story.state.replace("_", " ")
        raise Conflict(f"This story's status is now “{state}”, so you can no longer do that. Look at it again.")
    return transition


def _build_change(
    story: Story, verb: StoryVerb, person: Person, strategy: Strategy, text: StoryText | None, now: datetime
) -> Story:
    match verb:
        case StoryVerb.EDIT if text is not None:
            return _rewrite_story(story, text, strategy)
        case StoryVerb.EDIT:
            raise ValueError("An edit needs its text.")
        case StoryVerb.CONSENT:
            return _answer_consent(story, person, Consent.GIVEN)
        case StoryVerb.REFUSE:
            return _answer_consent(story, person, Consent.REFUSED)
        case StoryVerb.APPROVE | StoryVerb.REQUEST_CHANGES:
            return replace(story, reviewer=person.id)
        case StoryVerb.PUBLISH:
            return replace(story, published_at=now)
        case _:
            return story


def _answer_consent(story: Story, person: Person, consent: Consent) -> Story:
    people = (replace(one, consent=consent) if one.person == person.id else one for one in story.people)
    return replace(story, people=tuple(people))


def _check_guard(story: Story, guard: StoryGuard, readers: Strategy) -> None:
    if guard is StoryGuard.EVERYONE_CONSENTS and story.awaiting_consent:
        count = len(story.awaiting_consent)
        who = "1 person named in it hasn't" if count == 1 else f"{count} people named in it haven't"
        raise InvalidInput({"people": f"{who} agreed yet. Wait for their answers, or ask the author for changes."})
    # What a story is linked to must not give a hidden objective or project away to the channel's readers.
    if guard is StoryGuard.READERS_KNOW_SUBJECT and not _is_known(story, readers):
        raise NotAllowed(
            "This story is linked to an objective or a project that not everyone in the channel can see, "
            "so it can't be published there."
        )


def _is_known(story: Story, readers: Strategy) -> bool:
    return (story.objective is None or story.objective in readers.objectives_by_key) and (
        story.project is None or story.project in readers.projects_by_key
    )


def _check_note(transition: StoryTransition, note: str) -> str:
    note = clean_text(note)
    if "note" in transition.required_input and not note:
        raise InvalidInput({"note": _MISSING_NOTE[transition.verb]})
    if len(note) > LONGEST_NOTE:
        raise InvalidInput({"note": f"Use at most {LONGEST_NOTE} characters; this has {len(note)}."})
    return note


def _rewrite_story(story: Story, text: StoryText, strategy: Strategy) -> Story:
    """The story with this text. Everybody it names is asked for consent again, except the author."""
    evidence = tuple(filter(None, map(clean_text, text.evidence)))
    people = tuple(dict.fromkeys(text.people))
    wrong = _find_errors(text, strategy, evidence, people)
    if wrong:
        raise InvalidInput(wrong)
    return replace(
        story,
        title=clean_text(text.title),
        text=clean_text(text.text),
        objective=text.objective or None,
        project=text.project or None,
        evidence=evidence,
        people=tuple(NamedPerson(one, Consent.GIVEN if one == story.author else Consent.ASKED) for one in people),
    )


def _find_errors(
    text: StoryText, strategy: Strategy, evidence: tuple[str, ...], people: tuple[str, ...]
) -> dict[str, str]:
    wrong = _find_length_errors(text) | _find_link_errors(text, strategy)
    if not evidence or len(evidence) > MOST_EVIDENCE:
        wrong["evidence"] = f"Give 1 to {MOST_EVIDENCE} pieces of evidence, one per line."
    elif any(len(line) > LONGEST_NOTE for line in evidence):
        wrong["evidence"] = f"Use at most {LONGEST_NOTE} characters for each piece of evidence."
    if len(people) > MOST_PEOPLE:
        wrong["people"] = f"Name at most {MOST_PEOPLE} people."
    return wrong


def _find_length_errors(text: StoryText) -> dict[str, str]:
    wrong: dict[str, str] = {}
    for field, value, limit in (("title", text.title, LONGEST_TITLE), ("text", text.text, LONGEST_TEXT)):
        if not (cleaned := clean_text(value)):
            wrong[field] = "This can't be empty."
        elif len(cleaned) > limit:
            wrong[field] = f"Use at most {limit} characters; this has {len(cleaned)}."
    return wrong


def _find_link_errors(text: StoryText, strategy: Strategy) -> dict[str, str]:
    if not text.objective and not text.project:
        return {"objective": "Choose an objective or a project, so that readers see what the story supports."}
    wrong: dict[str, str] = {}
    for field, key, find in (
        ("objective", text.objective, strategy.objective),
        ("project", text.project, strategy.project),
    ):
        try:
            if key:
                find(key)
        except NotFound as refusal:
            wrong[field] = refusal.message
    return wrong
