"""Success stories: drafted by anybody, reviewed by the PMO, published with the consent of everyone they name.

draft → submitted → changes_requested | approved → published | withdrawn. The reviewer is PMO staff and never the
author. Consent is to a text: an edit asks everybody named again. Whoever takes their consent back takes the story back.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from foundation.errors import Conflict, InvalidInput, NotAllowed, NotFound
from foundation.people import Person, Role
from strategy.records import Strategy

LONGEST_TITLE = 100
LONGEST_TEXT = 2000
LONGEST_NOTE = 500
MOST_EVIDENCE = 5
MOST_PEOPLE = 10


class StoryState(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    CHANGES_REQUESTED = "changes_requested"
    APPROVED = "approved"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class StoryVerb(StrEnum):
    EDIT = "edit"
    SUBMIT = "submit"
    REQUEST_CHANGES = "request_changes"
    APPROVE = "approve"
    PUBLISH = "publish"
    WITHDRAW = "withdraw"
    CONSENT = "consent"
    REFUSE = "refuse"  # to be named, at first or later


class Consent(StrEnum):
    ASKED = "asked"
    GIVEN = "given"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class NamedPerson:
    """Somebody the story names, by Slack user id."""

    person: str
    consent: Consent = Consent.ASKED


@dataclass(frozen=True, slots=True)
class StoryText:
    """What the author writes. The field names are the keys of what is refused."""

    title: str
    text: str
    objective: str = ""
    project: str = ""
    evidence: tuple[str, ...] = ()  # links, or figures in words
    people: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Story:
    id: str
    author: str
    state: StoryState
    title: str
    text: str
    objective: str | None
    project: str | None
    evidence: tuple[str, ...]
    people: tuple[NamedPerson, ...]
    created_at: datetime
    reviewer: str | None = None
    published_at: datetime | None = None

    @property
    def awaiting(self) -> tuple[str, ...]:
        """Those named who have not consented."""
        return tuple(named.person for named in self.people if named.consent is not Consent.GIVEN)


@dataclass(frozen=True, slots=True)
class StoryLogEntry:
    """One row of the append-only log."""

    story: str
    at: datetime
    actor: str
    verb: StoryVerb
    before: StoryState
    after: StoryState
    note: str = ""


S, E = StoryState, StoryVerb
EVENTS: Mapping[StoryState, Mapping[StoryVerb, StoryState]] = {
    S.DRAFT: {
        E.EDIT: S.DRAFT,
        E.SUBMIT: S.SUBMITTED,
        E.WITHDRAW: S.WITHDRAWN,
        E.CONSENT: S.DRAFT,
        E.REFUSE: S.DRAFT,
    },
    S.SUBMITTED: {
        E.REQUEST_CHANGES: S.CHANGES_REQUESTED,
        E.APPROVE: S.APPROVED,
        E.WITHDRAW: S.WITHDRAWN,
        E.CONSENT: S.SUBMITTED,
        E.REFUSE: S.CHANGES_REQUESTED,
    },
    S.CHANGES_REQUESTED: {
        E.EDIT: S.CHANGES_REQUESTED,
        E.SUBMIT: S.SUBMITTED,
        E.WITHDRAW: S.WITHDRAWN,
        E.CONSENT: S.CHANGES_REQUESTED,
        E.REFUSE: S.CHANGES_REQUESTED,
    },
    S.APPROVED: {
        E.REQUEST_CHANGES: S.CHANGES_REQUESTED,
        E.PUBLISH: S.PUBLISHED,
        E.WITHDRAW: S.WITHDRAWN,
        E.REFUSE: S.CHANGES_REQUESTED,
    },
    S.PUBLISHED: {E.WITHDRAW: S.WITHDRAWN, E.REFUSE: S.WITHDRAWN},
    S.WITHDRAWN: {},
}
WHO_MAY: Mapping[StoryVerb, str] = {
    E.EDIT: "The author edits a story.",
    E.SUBMIT: "The author submits a story.",
    E.REQUEST_CHANGES: "A story is reviewed by PMO staff, never by its author.",
    E.APPROVE: "A story is reviewed by PMO staff, never by its author.",
    E.PUBLISH: "A story is published by PMO staff, never by its author.",
    E.WITHDRAW: "A story is withdrawn by its author or by the head of the PMO.",
    E.CONSENT: "Only somebody whom the story names can consent.",
    E.REFUSE: "Only somebody whom the story names can refuse.",
}
NEEDS_NOTE = {E.REQUEST_CHANGES: "Say what should change.", E.WITHDRAW: "Say why, for the record."}


def draft_story(strategy: Strategy, person: Person, text: StoryText, *, story_id: str, now: datetime) -> Story:
    """A new draft. `strategy` is as its author may see it.

    Raises:
        InvalidInput: by the fields of `StoryText`.
    """
    empty = Story(
        id=story_id,
        author=person.id,
        state=S.DRAFT,
        title="",
        text="",
        objective=None,
        project=None,
        evidence=(),
        people=(),
        created_at=now,
    )
    return _written(empty, text, strategy)


def apply_story_verb(
    story: Story,
    event: StoryVerb,
    person: Person,
    strategy: Strategy,
    *,
    now: datetime,
    note: str = "",
    text: StoryText | None = None,
) -> tuple[Story, StoryLogEntry]:
    """What becomes of a story, and the log entry that says so.

    Args:
        strategy: as the author may see it for `edit`, as the channel's readers may see it for `publish`; else any.
        text: the new text, for `edit` only.

    Raises:
        Conflict: the story has moved on, and this can no longer be done.
        NotAllowed: it is for somebody else to do.
        InvalidInput: by `note`, `people`, or the fields of `StoryText`.
    """
    after = check_story_verb(story, event, person)
    note = _checked_note(event, note)
    changed = replace(_changed(story, event, person, strategy, text), state=after)
    if event is E.PUBLISH:
        changed = replace(changed, published_at=now)
    return changed, StoryLogEntry(story.id, now, person.id, event, story.state, after, note)


def check_story_verb(story: Story, event: StoryVerb, person: Person) -> StoryState:
    """The state to which the event would lead. NotAllowed and Conflict as `apply_story`."""
    if not _may(story, event, person):
        raise NotAllowed(WHO_MAY[event])
    after = EVENTS[story.state].get(event)
    if after is None:
        raise Conflict(f"The story is {story.state.replace('_', ' ')} now; that can no longer be done. Look again.")
    return after


def _is_known(story: Story, readers: Strategy) -> bool:
    return (story.objective is None or story.objective in readers.objectives_by_key) and (
        story.project is None or story.project in readers.projects_by_key
    )


def _may(story: Story, event: StoryVerb, person: Person) -> bool:
    if event in (E.EDIT, E.SUBMIT):
        return person.id == story.author
    if event in (E.REQUEST_CHANGES, E.APPROVE, E.PUBLISH):
        return person.is_pmo and person.id != story.author
    if event is E.WITHDRAW:
        return person.id == story.author or person.has_role(Role.PMO_LEAD)
    return any(named.person == person.id for named in story.people)


def _changed(story: Story, event: StoryVerb, person: Person, strategy: Strategy, text: StoryText | None) -> Story:
    if event is E.EDIT:
        if text is None:
            raise ValueError("An edit needs its text.")
        return _written(story, text, strategy)
    if event in (E.CONSENT, E.REFUSE):
        return _answered(story, person, Consent.GIVEN if event is E.CONSENT else Consent.REFUSED)
    if event in (E.APPROVE, E.PUBLISH):
        _require_consent(story)
    if event is E.PUBLISH:
        _require_known(story, strategy)
    return replace(story, reviewer=person.id) if event in (E.APPROVE, E.REQUEST_CHANGES) else story


def _answered(story: Story, person: Person, consent: Consent) -> Story:
    people = (replace(one, consent=consent) if one.person == person.id else one for one in story.people)
    return replace(story, people=tuple(people))


def _require_consent(story: Story) -> None:
    if story.awaiting:
        missing = f"{len(story.awaiting)} of {len(story.people)} people named have not agreed yet."
        raise InvalidInput({"people": f"{missing} Wait for them, or ask the author for changes."})


def _require_known(story: Story, readers: Strategy) -> None:
    """A story must not tell its readers of an objective or a project that they may not know."""
    if not _is_known(story, readers):
        raise NotAllowed("The story is tied to something that not everybody in that channel may know. Keep it back.")


def _checked_note(event: StoryVerb, note: str) -> str:
    note = note.strip()
    if event in NEEDS_NOTE and not note:
        raise InvalidInput({"note": NEEDS_NOTE[event]})
    if len(note) > LONGEST_NOTE:
        raise InvalidInput({"note": f"At most {LONGEST_NOTE} characters; this has {len(note)}."})
    return note


def _written(story: Story, text: StoryText, strategy: Strategy) -> Story:
    """The story with this text; everybody it names is asked again, save the author."""
    evidence = tuple(line.strip() for line in text.evidence if line.strip())
    people = tuple(dict.fromkeys(text.people))
    wrong = _wrong(text, strategy, evidence, people)
    if wrong:
        raise InvalidInput(wrong)
    return replace(
        story,
        title=text.title.strip(),
        text=text.text.strip(),
        objective=text.objective or None,
        project=text.project or None,
        evidence=evidence,
        people=tuple(NamedPerson(one, Consent.GIVEN if one == story.author else Consent.ASKED) for one in people),
    )


def _wrong(text: StoryText, strategy: Strategy, evidence: tuple[str, ...], people: tuple[str, ...]) -> dict[str, str]:
    wrong: dict[str, str] = {}
    for field, value, limit in (("title", text.title, LONGEST_TITLE), ("text", text.text, LONGEST_TEXT)):
        if not value.strip():
            wrong[field] = "Write something here."
        elif len(value.strip()) > limit:
            wrong[field] = f"At most {limit} characters; this has {len(value.strip())}."
    if not text.objective and not text.project:
        wrong["objective"] = "Tie the story to an objective or a project, so that its value can be seen."
    for field, key, find in (
        ("objective", text.objective, strategy.objective),
        ("project", text.project, strategy.project),
    ):
        try:
            if key:
                find(key)
        except NotFound as refusal:
            wrong[field] = refusal.message
    if not evidence or len(evidence) > MOST_EVIDENCE:
        wrong["evidence"] = f"Give one to {MOST_EVIDENCE} pieces of evidence: a link, or a figure and its source."
    elif any(len(line) > LONGEST_NOTE for line in evidence):
        wrong["evidence"] = f"At most {LONGEST_NOTE} characters for each piece of evidence."
    if len(people) > MOST_PEOPLE:
        wrong["people"] = f"Name at most {MOST_PEOPLE} people."
    return wrong
