"""Reporting: when updates and digests are due, which are missing, what changed, and success stories."""

from datetime import datetime, timedelta

from foundation.errors import NotAllowed
from foundation.time import find_local_day
from handlers.questions.blocks.records import Record, RecordAnswer, build_record_message
from handlers.questions.records.answers.phrases import (
    count_nouns,
    find_subject,
    format_title,
    name_person,
    note_date,
)
from handlers.questions.records.names import NameKind
from handlers.questions.records.periods import Period
from handlers.questions.records.question import RecordQuestion
from handlers.questions.records.view import RecordView
from handlers.slack.blocks.builders import Block, Message, button, escape, format_date, format_time
from handlers.strategy.blocks.tree import encode_subject
from reporting.definitions import is_reader
from reporting.news import NewsInput, format_story, list_news, select_about
from reporting.own_subjects import build_own_subjects
from strategy.check_ins import MissingUpdate, find_missing_updates
from strategy.records import Subject
from strategy.responsibilities import filter_missing_updates
from strategy.schedules import find_next_slot
from strategy.updates import filter_visible_updates

RECENT = timedelta(days=7)
STORIES_BACK = timedelta(days=90)
MOST_STORIES = 5


def show_next_update(view: RecordView, question: RecordQuestion) -> Message | None:
    """When the next update is due: on what is named, else on what the asker reports on."""
    if question.subjects:
        return _show_next_of(view, question.subjects)
    own = build_own_subjects(view.whole, view.person, now=view.tx.now, updates=view.updates, absences=view.ctx.absences)
    if not own:
        return build_record_message(RecordAnswer(f"You don't report on anything. {_describe_next_check_in(view)}"))
    late = sum(one.is_overdue for one in own)
    overdue = f"{count_nouns(late, 'update')} of yours {'is' if late == 1 else 'are'} overdue. " if late else ""
    records: list[Record] = [
        (
            one.subject,
            f"*{escape(one.title)}*: {'*overdue*, was due' if one.is_overdue else 'due'} {_format_due(one.due)}",
        )
        for one in own
    ]
    lead = overdue or "None of your updates is overdue. "
    return build_record_message(
        RecordAnswer(
            lead + _describe_next_check_in(view), records, note_date(view), [_build_write_button(own[0].subject)]
        )
    )


def list_missing_updates(view: RecordView, _: RecordQuestion) -> Message | None:
    """The missing updates that the asker may know of, by subject.

    Raises:
        NotAllowed: others' updates are not theirs to see.
    """
    missing = find_missing_updates(view.strategy, view.updates, view.tx.now, view.ctx.absences)
    found = filter_missing_updates(view.strategy, missing, view.person)
    if not found and missing:
        raise NotAllowed("Only the PMO and the reviewer or sponsor can see which updates are missing.")
    records = [(one.subject, _format_missing(view, one)) for one in found]
    lead = f"{count_nouns(len(found), 'update')} missing:" if found else "No updates are missing."
    return build_record_message(RecordAnswer(lead, records, note_date(view)))


def show_next_digests(view: RecordView, question: RecordQuestion) -> Message | None:
    """The next time of each digest that the asker is a reader of."""
    named = question.list_keys(NameKind.DIGEST)
    known = [one for one in view.ctx.digests if is_reader(one, view.person, view.people)]
    chosen = [one for one in known if one.key in named] or known
    dated = sorted(
        ((slot, one) for one in chosen if (slot := find_next_slot(one.schedule, view.tx.now))), key=lambda pair: pair[0]
    )
    records: list[Record] = [
        (None, f"*{escape(one.title)}*: {format_time(slot)} in <#{one.channel}>") for slot, one in dated
    ]
    return build_record_message(RecordAnswer("Next digests:" if records else "No digest is planned.", records))


def show_changes(view: RecordView, question: RecordQuestion) -> Message | None:
    """What happened in the period, the last week without one; only on what is named, if something is."""
    period = question.period or Period(view.today - RECENT, view.today)
    since = datetime.combine(period.start, datetime.min.time(), view.tx.zone)
    subjects = [subject for name in question.names if (subject := find_subject(view, name))]
    material = NewsInput(
        view.strategy,
        filter_visible_updates(view.strategy, view.tx.updates.list_since(since)),
        tuple(view.tx.stories.list_published_since(since)),
        view.people,
        period.start,
        min(period.end, view.today),
    )
    lines = select_about(list_news(material), subjects)
    when = f"since {format_date(period.start)}"
    if period.end < view.today:
        when = f"from {format_date(period.start)} to {format_date(period.end)}"
    lead = f"What happened {when}:" if lines else f"Nothing was recorded {when}."
    return build_record_message(RecordAnswer(lead, [(None, line) for line in lines], note_date(view)))


def list_stories(view: RecordView, question: RecordQuestion) -> Message | None:
    """The stories published lately, newest first."""
    period = question.period or Period(view.today - STORIES_BACK, view.today)
    since = datetime.combine(period.start, datetime.min.time(), view.tx.zone)
    found = [one for one in view.tx.stories.list_published_since(since) if one.published_at]
    lines = [
        f"{format_story(one, view.people)} ({format_date(find_local_day(one.published_at, view.tx.zone))})"
        for one in found
        if one.published_at
    ]
    where = f"All of them are in <#{view.ctx.channels.stories}>."
    lead = "Latest success stories:" if lines else f"No success stories since {format_date(period.start)}."
    records: list[Record] = [(None, line) for line in reversed(lines[-MOST_STORIES:])]
    return build_record_message(RecordAnswer(lead, records, where))


def _show_next_of(view: RecordView, subjects: tuple[Subject, ...]) -> Message:
    missing = find_missing_updates(view.strategy, view.updates, view.tx.now, view.ctx.absences)
    overdue = {one.subject for one in filter_missing_updates(view.strategy, missing, view.person)}
    records: list[Record] = [
        (one, f"{format_title(view.strategy.subject(one))}{' — the last update is overdue' if one in overdue else ''}")
        for one in subjects
    ]
    return build_record_message(RecordAnswer(_describe_next_check_in(view), records, note_date(view)))


def _describe_next_check_in(view: RecordView) -> str:
    schedule = view.strategy.cycle.check_ins
    slot = find_next_slot(schedule, view.tx.now) if schedule else None
    return f"The next updates are due {format_time(slot)}." if slot else "No regular updates are planned."


def _format_due(due: datetime | None) -> str:
    return format_time(due) if due else "at any time"


def _format_missing(view: RecordView, one: MissingUpdate) -> str:
    title = format_title(view.strategy.subject(one.subject))
    covered = f", covered by {name_person(view, one.reporter)}" if one.reporter != one.owner else ""
    away = " (away)" if one.is_owner_away else ""
    return f"{title}: due {format_time(one.due)}, owner {name_person(view, one.owner)}{away}{covered}"


def _build_write_button(subject: Subject) -> Block:
    return button("Write an update", "update.write", encode_subject(subject))
