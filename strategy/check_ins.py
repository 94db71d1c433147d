"""When updates are due, which slot an update answers, and who owes one.

An update answers the last due slot if nothing has answered it yet, else the next one. So an early or late update never
moves a slot, and earlier slots that were missed stay missed.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from foundation.people import Person, Role
from foundation.time import resolve_wall_time
from strategy.records import Absence, ProgressUpdate, Stage, Strategy, Subject, SubjectKind
from strategy.schedules import find_last_slot, find_next_slot, find_slots

REPORTING_STAGES = (Stage.DEFINITION, Stage.DELIVERY, Stage.CLOSING)


@dataclass(frozen=True, slots=True)
class MissingUpdate:
    """An overdue update. `reporter` is the delegate while the owner is away, else the owner."""

    subject: Subject
    owner: str
    reporter: str
    due: datetime
    days_overdue: int
    is_owner_away: bool


def find_reportable_subjects(
    strategy: Strategy, person: Person, now: datetime, absences: Iterable[Absence] = ()
) -> tuple[Subject, ...]:
    """What this person reports on: what they own or cover first, then everything else for the head of the PMO."""
    reporters = find_reporters(strategy.find_day(now), absences)
    owners = {owner for owner, delegate in reporters.items() if delegate == person.id} | {person.id}
    every = list_reporting_subjects(strategy, now)
    own = dict.fromkeys(one for one in every if strategy.subject(one).owner in owners)
    rest = [one for one in every if one not in own] if person.has_role(Role.PMO_LEAD) else []
    return (*own, *rest)


def list_reporting_subjects(strategy: Strategy, now: datetime) -> tuple[Subject, ...]:
    """What is reported on today: objectives in their period, and projects that have started and aren't closed."""
    today = strategy.find_day(now)
    objectives = (Subject(SubjectKind.OBJECTIVE, o.key) for o in strategy.objectives if o.starts <= today <= o.ends)
    projects = (
        Subject(SubjectKind.PROJECT, p.key)
        for p in strategy.projects
        if p.stage in REPORTING_STAGES and p.starts <= today
    )
    return (*objectives, *projects)


def find_open_slot(strategy: Strategy, subject: Subject, updates: Iterable[ProgressUpdate], now: datetime) -> datetime:
    """The slot that an update written now answers, or `now` itself if the cycle has no check-ins."""
    schedule = strategy.cycle.check_ins
    answered = max((update.slot for update in updates if update.subject == subject), default=None)
    due = find_last_slot(schedule, now) if schedule else None
    if due and (answered is None or answered < due) and due >= _reporting_start(strategy, subject):
        return due
    after = max(now, answered) if answered else now
    return (find_next_slot(schedule, after) if schedule else None) or now


def find_missing_updates(
    strategy: Strategy,
    updates: Iterable[ProgressUpdate],
    now: datetime,
    absences: Iterable[Absence] = (),
    subjects: Sequence[Subject] | None = None,
) -> tuple[MissingUpdate, ...]:
    """Every update that is overdue at `now`, the longest overdue first; with `subjects`, only on these.

    A subject is overdue since the first slot after the last one that was answered.
    """
    schedule = strategy.cycle.check_ins
    if schedule is None:
        return ()
    reported = list_reporting_subjects(strategy, now) if subjects is None else subjects
    answered = _find_reporting_starts(strategy, reported)
    begin = min(answered.values(), default=now)
    latest: dict[Subject, datetime] = {}
    for update in updates:
        latest[update.subject] = max(update.slot, latest.get(update.subject, update.slot))
    answered |= {subject: slot for subject, slot in latest.items() if subject in answered}
    slots = list(find_slots(schedule, begin, now))
    reporters = find_reporters(strategy.find_day(now), absences)
    found = []
    for subject, after in answered.items():
        following = bisect_right(slots, after)
        if following < len(slots):
            owner, due = strategy.subject(subject).owner, slots[following]
            reporter = reporters.get(owner) or owner
            found.append(MissingUpdate(subject, owner, reporter, due, (now - due).days, owner in reporters))
    return tuple(sorted(found, key=lambda one: (one.due, one.subject.kind, one.subject.key)))


def _reporting_start(strategy: Strategy, subject: Subject) -> datetime:
    """When updates are first owed: at the later start of the subject and the cycle."""
    return _find_reporting_starts(strategy, (subject,))[subject]


def _find_reporting_starts(strategy: Strategy, subjects: Iterable[Subject]) -> dict[Subject, datetime]:
    """The same for several subjects. Most of them start on the same day."""
    days = {one: max(strategy.subject(one).starts, strategy.cycle.starts) for one in subjects}
    moments = {
        day: resolve_wall_time(datetime.combine(day, datetime.min.time()), strategy.zone) for day in set(days.values())
    }
    return {one: moments[day] for one, day in days.items()}


def find_reporter(owner: str, day: date, absences: Iterable[Absence]) -> str:
    """Who writes the update on `day`: the delegate while the owner is away, else the owner."""
    return find_reporters(day, absences).get(owner) or owner


def find_reporters(day: date, absences: Iterable[Absence]) -> dict[str, str | None]:
    """For everybody who is away on `day`, who writes their updates; None if they have no delegate."""
    found: dict[str, str | None] = {}
    for one in absences:
        if one.covers(day):
            found[one.person] = found.get(one.person) or one.delegate
    return found
