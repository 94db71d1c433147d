"""The nouns of success stories, as frozen records: the story, those it names, and its log."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class StoryState(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    CHANGES_REQUESTED = "changes_requested"
    APPROVED = "approved"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class StoryVerb(StrEnum):
    """What can be done with a story. The table in story_transitions.py says by whom, and when."""

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
    """What the author writes. The field names are the keys of `InvalidInput.fields`."""

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
    def awaiting_consent(self) -> tuple[str, ...]:
        """The people named who haven't consented."""
        return tuple(named.person for named in self.people if named.consent is not Consent.GIVEN)


@dataclass(frozen=True, slots=True)
class StoryLogEntry:
    """One action, never changed afterwards."""

    story: str
    at: datetime
    actor: str
    verb: StoryVerb
    before: StoryState
    after: StoryState
    note: str = ""


@dataclass(frozen=True, slots=True)
class StoryChange:
    """A story after an action, and the action's entry in the log."""

    story: Story
    entry: StoryLogEntry
