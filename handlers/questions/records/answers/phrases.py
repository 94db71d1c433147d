"""What the answers have in common: dates of the data, counts, names and titles."""

from collections.abc import Iterable

from handlers.questions.records.names import Name, NameKind
from handlers.questions.records.view import RecordView
from handlers.slack.blocks.builders import escape, mention_user
from reporting.exceptions import get_record_title
from reporting.numbers import format_date
from reporting.rendering import format_person
from strategy.records import Metric, Objective, Project, Subject, SubjectKind


def note_date(view: RecordView) -> str:
    """The day that the data is of."""
    return f"As of {format_date(view.today)}."


def count_nouns(count: int, noun: str) -> str:
    """“1 project”, “3 projects”."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def join_words(words: Iterable[str]) -> str:
    """“a, b and c”."""
    *most, last = list(words) or [""]
    return f"{', '.join(most)} and {last}" if most else last


def format_title(record: Objective | Project | Metric) -> str:
    """A record's title in bold."""
    title = record.name if isinstance(record, Metric) else get_record_title(record)
    return f"*{escape(title)}*"


def name_person(view: RecordView, user_id: str) -> str:
    """Somebody's name, as mrkdwn."""
    return escape(format_person(view.people, user_id)) if user_id in view.people else mention_user(user_id)


def name_with_verb(view: RecordView, user_id: str, you: str, other: str) -> str:
    """“You own”, “Dana Lindqvist owns”."""
    return f"You {you}" if user_id == view.person.id else f"*{name_person(view, user_id)}* {other}"


def find_subject(view: RecordView, name: Name) -> Subject | None:
    """The objective or project that a name is of or belongs to."""
    if name.kind is NameKind.MILESTONE:
        return Subject(SubjectKind.PROJECT, view.strategy.milestone(name.key).project)
    if name.kind is NameKind.METRIC:
        objective = view.strategy.metric(name.key).objective
        return Subject(SubjectKind.OBJECTIVE, objective) if objective else None
    is_subject = name.kind in (NameKind.PROJECT, NameKind.OBJECTIVE)
    return Subject(SubjectKind(name.kind.value), name.key) if is_subject else None
