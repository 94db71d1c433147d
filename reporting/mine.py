"""What concerns one person in the strategy: what they report on, and, for those above, what needs attention."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from foundation.people import People, Person
from reporting.exceptions import ExceptionItem, concerns, title_of
from reporting.words import say
from strategy.check_ins import missing_updates, open_slot, subjects_of
from strategy.records import Absence, ProgressUpdate, Strategy, Subject, SubjectKind
from strategy.status import standing
from strategy.updates import visible_updates
from strategy.visibility import visible


@dataclass(frozen=True, slots=True)
class Mine:
    """Something that somebody reports on. `line` is mrkdwn; `due` is the slot that an update written now answers,
    None where no check-ins are kept."""

    subject: Subject
    title: str
    line: str
    due: datetime | None
    overdue: bool


def mine(
    strategy: Strategy,
    person: Person,
    *,
    now: datetime,
    updates: Iterable[ProgressUpdate] = (),
    absences: Iterable[Absence] = (),
) -> tuple[Mine, ...]:
    """What the person owns, or stands in for while its owner is away; the most urgent first."""
    seen, away = visible(strategy, person), tuple(absences)
    told = visible_updates(seen, updates)
    stand = standing(seen, told, now)
    late = {one.subject for one in missing_updates(seen, told, now, away)}
    found = []
    for subject in subjects_of(seen, Person(person.id, person.name), now, away):
        is_objective = subject.kind is SubjectKind.OBJECTIVE
        status = stand.objective(subject.key) if is_objective else stand.project(subject.key)
        title = title_of(seen.subject(subject))
        line = say(
            "strategy", "mine", title=title, owners=status.owners, computed=status.computed, mismatch=status.mismatch
        )
        due = open_slot(seen, subject, told, now) if seen.cycle.check_ins else None
        found.append(Mine(subject, title, line, due, subject in late))
    return tuple(sorted(found, key=lambda one: (not one.overdue, one.due or now, one.subject)))


def attention(
    strategy: Strategy,
    person: Person,
    *,
    now: datetime,
    updates: Iterable[ProgressUpdate] = (),
    absences: Iterable[Absence] = (),
    people: People | None = None,
) -> tuple[ExceptionItem, ...]:
    """Everything that needs attention, as far as the person may know of it, the most urgent first."""
    seen = visible(strategy, person)
    told = visible_updates(seen, updates)
    return concerns(
        seen,
        standing(seen, told, now),
        missing=missing_updates(seen, told, now, absences),
        previous=None,
        people=people or People(),
        now=now,
    )
