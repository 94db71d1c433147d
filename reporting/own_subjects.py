"""What concerns one person in the strategy: what they report on and, for the leadership, what needs attention."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from foundation.people import People, Person
from reporting.exceptions import ExceptionItem, find_exceptions, get_record_title
from reporting.rendering import render_line
from strategy.check_ins import find_missing_updates, find_open_slot, find_reportable_subjects
from strategy.records import Absence, ProgressUpdate, Strategy, Subject, SubjectKind
from strategy.status import compute_statuses
from strategy.updates import filter_visible_updates
from strategy.visibility import filter_visible


@dataclass(frozen=True, slots=True)
class OwnSubject:
    """Something that a person reports on.

    `line` is mrkdwn. `due` is the slot that an update written now answers, None where the cycle has no check-ins.
    """

    subject: Subject
    title: str
    line: str
    due: datetime | None
    is_overdue: bool


def build_own_subjects(
    strategy: Strategy,
    person: Person,
    *,
    now: datetime,
    updates: Iterable[ProgressUpdate] = (),
    absences: Iterable[Absence] = (),
) -> tuple[OwnSubject, ...]:
    """What the person owns or covers while its owner is away, the most urgent first."""
    seen, away = filter_visible(strategy, person), tuple(absences)
    visible = filter_visible_updates(seen, updates)
    current = compute_statuses(seen, visible, now)
    own = find_reportable_subjects(seen, Person(person.id, person.name), now, away)
    own_updates = tuple(one for one in visible if one.subject in own)
    late = {one.subject for one in find_missing_updates(seen, own_updates, now, away, own)}
    found = []
    for subject in own:
        is_objective = subject.kind is SubjectKind.OBJECTIVE
        status = current.objective(subject.key) if is_objective else current.project(subject.key)
        title = get_record_title(seen.subject(subject))
        line = render_line(
            "strategy",
            "own_subject",
            title=title,
            owner_status=status.owner_status,
            computed_status=status.computed_status,
            mismatch=status.has_mismatch,
        )
        due = find_open_slot(seen, subject, own_updates, now) if seen.cycle.check_ins else None
        found.append(OwnSubject(subject, title, line, due, subject in late))
    return tuple(sorted(found, key=lambda one: (not one.is_overdue, one.due or now, one.subject)))


def find_exceptions_for(
    strategy: Strategy,
    person: Person,
    *,
    now: datetime,
    updates: Iterable[ProgressUpdate] = (),
    absences: Iterable[Absence] = (),
    people: People | None = None,
) -> tuple[ExceptionItem, ...]:
    """Everything that needs attention, as far as the person may know of it, the most urgent first."""
    seen = filter_visible(strategy, person)
    visible = filter_visible_updates(seen, updates)
    return find_exceptions(
        seen,
        compute_statuses(seen, visible, now),
        missing=find_missing_updates(seen, visible, now, absences),
        previous=None,
        people=people or People(),
        now=now,
    )
