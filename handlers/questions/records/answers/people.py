"""People: who is away, and who the PMO is."""

from datetime import date

from handlers.questions.blocks.records import Record, RecordAnswer, build_record_message
from handlers.questions.records.answers.phrases import name_person, note_date
from handlers.questions.records.names import NameKind
from handlers.questions.records.periods import Period
from handlers.questions.records.question import RecordQuestion
from handlers.questions.records.view import RecordView
from handlers.slack.blocks.builders import Message, escape, format_date
from servicedesk.permissions import find_pmo_leads, find_pmo_staff
from strategy.records import Absence


def show_absences(view: RecordView, question: RecordQuestion) -> Message | None:
    """Who is away in the period, today without one; for a person who is named, also their next absence."""
    people = question.list_keys(NameKind.PERSON)
    period = question.period or Period(view.today, view.today)
    if people:
        lines = [_describe_person(view, person, period) for person in people]
        return build_record_message(RecordAnswer("\n".join(lines), note=_note_source()))
    found = [one for one in view.ctx.absences if _overlaps(one, period)]
    records: list[Record] = [(None, _describe_absence(view, one)) for one in found]
    when = _format_days(period, view.today)
    lead = f"Away {when}:" if records else f"Nobody is recorded as away {when}."
    return build_record_message(RecordAnswer(lead, records, _note_source()))


def show_pmo(view: RecordView, question: RecordQuestion) -> Message | None:
    """The head of the PMO, or everybody in it."""
    leads = find_pmo_leads(view.people)
    head = " and ".join(f"*{escape(one.name)}*" for one in leads) or "Nobody"
    lead = f"{head} {'lead' if len(leads) > 1 else 'leads'} the PMO."
    others = [one for one in find_pmo_staff(view.people) if one not in leads]
    staff = f" PMO staff: {', '.join(f'*{escape(one.name)}*' for one in others)}." if others else ""
    return build_record_message(RecordAnswer(lead + staff, note=note_date(view)))


def _describe_person(view: RecordView, person: str, period: Period) -> str:
    name = f"*{name_person(view, person)}*"
    own = [one for one in view.ctx.absences if one.person == person]
    current = [one for one in own if _overlaps(one, period)]
    if current:
        return "\n".join(_describe_absence(view, one) for one in current)
    later = sorted((one for one in own if one.starts > view.today), key=lambda one: one.starts)
    nothing = f"{name} is not away {_format_days(period, view.today)}, as far as I know."
    return f"{nothing} Next absence: {_describe_absence(view, later[0])}" if later else nothing


def _describe_absence(view: RecordView, one: Absence) -> str:
    covered = f" {name_person(view, one.delegate)} covers." if one.delegate else ""
    days = f"from {format_date(one.starts)} to {format_date(one.ends)}"
    return f"*{name_person(view, one.person)}* is away {days}.{covered}"


def _overlaps(one: Absence, period: Period) -> bool:
    return one.starts <= period.end and period.start <= one.ends


def _format_days(period: Period, today: date) -> str:
    if period.start == period.end:
        return "today" if period.start == today else f"on {format_date(period.start)}"
    return f"from {format_date(period.start)} to {format_date(period.end)}"


def _note_source() -> str:
    return "The PMO keeps the list of absences."
