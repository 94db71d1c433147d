"""Progress updates: an owner's report on an objective or a project, one for each due slot."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypedDict

from foundation.errors import InvalidInput, NotAllowed
from foundation.people import Person, Role
from foundation.text import clean_text
from strategy.check_ins import find_open_slot, find_reporter
from strategy.records import Absence, Objective, ProgressUpdate, Rag, Strategy, Subject, SubjectKind

LONGEST = {"summary": 300, "achieved": 1000, "next_steps": 1000, "blocker": 500, "ask": 500}  # characters
REPORTABLE = (Rag.GREEN, Rag.AMBER, Rag.RED)
MOST_CONFIDENT = 10


@dataclass(frozen=True, slots=True)
class UpdateText:
    """An update as somebody typed it, before it is checked. The field names are the keys of `InvalidInput.fields`."""

    rag: str
    summary: str
    achieved: str = ""
    next_steps: str = ""
    blocker: str = ""
    ask: str = ""
    confidence: str = ""  # 0–10 that the goal is reached, or empty


class _Fields(TypedDict):
    rag: Rag
    summary: str
    achieved: str
    next_steps: str
    blocker: str
    ask: str
    confidence: int | None


def write_update(
    strategy: Strategy,
    person: Person,
    subject: Subject,
    text: UpdateText,
    *,
    earlier: Sequence[ProgressUpdate],
    now: datetime,
    absences: Iterable[Absence] = (),
) -> ProgressUpdate:
    """Check an update and give it its slot.

    Args:
        strategy: as `person` may see it.
        earlier: the existing updates; those on other subjects are ignored.

    Raises:
        NotFound: there is no such subject that the person may see.
        NotAllowed: somebody else reports on it.
        InvalidInput: by the fields of `UpdateText`.
    """
    _require_author(strategy, person, subject, now, absences)
    fields = _check_fields(text)
    slot = find_open_slot(strategy, subject, earlier, now)
    return ProgressUpdate(subject=subject, slot=slot, author=person.id, at=now, **fields)


def correct_update(
    strategy: Strategy,
    person: Person,
    update: ProgressUpdate,
    text: UpdateText,
    *,
    now: datetime,
    absences: Iterable[Absence] = (),
) -> ProgressUpdate:
    """The update with a new text, no longer acknowledged. Raises as `write_update`."""
    _require_author(strategy, person, update.subject, now, absences)
    return ProgressUpdate(
        subject=update.subject,
        slot=update.slot,
        author=person.id,
        at=now,
        revision=update.revision + 1,
        **_check_fields(text),
    )


def acknowledge_update(strategy: Strategy, person: Person, update: ProgressUpdate, *, now: datetime) -> ProgressUpdate:
    """Record that somebody above the owner has read it. The first acknowledgement stays.

    Raises:
        NotAllowed: neither the objective's reviewer, the project's sponsor, a leader nor the PMO; or the author.
    """
    if person.id == update.author:
        raise NotAllowed("You wrote this update, so someone else has to acknowledge it.")
    record = strategy.subject(update.subject)
    above = record.reviewer if isinstance(record, Objective) else record.sponsor
    if not (person.id == above or person.is_pmo or person.has_role(Role.LEADER)):
        raise NotAllowed(
            "Only the reviewer, the sponsor, leaders and the PMO can acknowledge an update. "
            "To comment, reply in the thread."
        )
    if update.acknowledged_by is not None:
        return update
    return replace(update, acknowledged_by=person.id, acknowledged_at=now)


def can_write_update(
    strategy: Strategy, person: Person, subject: Subject, now: datetime, absences: Iterable[Absence] = ()
) -> bool:
    """The owner, their delegate while they're away, and the head of the PMO."""
    owner = strategy.subject(subject).owner
    return person.id in (owner, find_reporter(owner, strategy.find_day(now), absences)) or person.has_role(
        Role.PMO_LEAD
    )


def filter_visible_updates(strategy: Strategy, updates: Iterable[ProgressUpdate]) -> tuple[ProgressUpdate, ...]:
    """The updates on subjects of this strategy."""
    known: Mapping[SubjectKind, Mapping[str, object]] = {
        SubjectKind.OBJECTIVE: strategy.objectives_by_key,
        SubjectKind.PROJECT: strategy.projects_by_key,
    }
    return tuple(update for update in updates if update.subject.key in known[update.subject.kind])


def find_latest_updates(updates: Iterable[ProgressUpdate], now: datetime) -> dict[Subject, ProgressUpdate]:
    """The latest update of each subject at `now`."""
    latest: dict[Subject, ProgressUpdate] = {}
    for update in sorted(updates, key=lambda one: (one.at, one.revision)):
        if update.at <= now:
            latest[update.subject] = update
    return latest


def _require_author(
    strategy: Strategy, person: Person, subject: Subject, now: datetime, absences: Iterable[Absence]
) -> None:
    if not can_write_update(strategy, person, subject, now, absences):
        record = strategy.subject(subject)
        title = record.title if isinstance(record, Objective) else record.name
        raise NotAllowed(f"Only its owner, their delegate or the head of the PMO can report on “{title}”.")


def _check_fields(text: UpdateText) -> _Fields:
    """The fields of an update, stripped. Raises InvalidInput with a sentence for each field that can't be accepted."""
    typed: dict[str, str] = {name: clean_text(getattr(text, name)) for name in LONGEST}
    wrong = {
        name: f"Use at most {limit} characters; this has {len(typed[name])}."
        for name, limit in LONGEST.items()
        if len(typed[name]) > limit
    }
    if not typed["summary"]:
        wrong["summary"] = "Say in one sentence how it's going."
    colour = text.rag.strip().lower()
    if colour not in REPORTABLE:
        wrong["rag"] = "Choose green, amber or red."
    elif colour != Rag.GREEN and not (typed["blocker"] or typed["ask"]):
        wrong["blocker"] = f"The status is {colour}: say what's blocking it, or what help you need."
    confidence = text.confidence.strip()
    if confidence and not (confidence.isdecimal() and int(confidence) <= MOST_CONFIDENT):
        wrong["confidence"] = f"Enter a whole number from 0 to {MOST_CONFIDENT}, or leave this empty."
    if wrong:
        raise InvalidInput(wrong)
    return _Fields(
        rag=Rag(colour),
        summary=typed["summary"],
        achieved=typed["achieved"],
        next_steps=typed["next_steps"],
        blocker=typed["blocker"],
        ask=typed["ask"],
        confidence=int(confidence) if confidence else None,
    )
