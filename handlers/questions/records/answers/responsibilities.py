"""Who is responsible for something, and what somebody is responsible for."""

from collections.abc import Iterator

from handlers.questions.blocks.records import Record, RecordAnswer, build_record_message
from handlers.questions.records.answers.phrases import (
    count_nouns,
    find_subject,
    format_title,
    join_words,
    name_person,
    name_with_verb,
    note_date,
)
from handlers.questions.records.names import Name, NameKind
from handlers.questions.records.question import RecordQuestion
from handlers.questions.records.view import RecordView
from handlers.slack.blocks.builders import Message
from reporting.by_status import StatusFilter, filter_by_status
from reporting.lines import format_metric, format_objective, format_project
from strategy.records import Metric, Objective, Project, Subject, SubjectKind
from strategy.responsibilities import Responsibilities, list_responsibilities

_THINGS = (NameKind.PROJECT, NameKind.OBJECTIVE, NameKind.METRIC, NameKind.MILESTONE)


def show_responsible(view: RecordView, question: RecordQuestion) -> Message | None:
    """The owner, sponsor and reviewer of what is named; what the question asks for comes first."""
    names = [name for name in question.names if name.kind in _THINGS]
    if not names:
        return None
    records = [(find_subject(view, name), _describe_roles(view, name, question.cues)) for name in names]
    if len(records) == 1:
        return build_record_message(RecordAnswer(records[0][1], note=note_date(view)))
    return build_record_message(RecordAnswer("Who is responsible:", records, note_date(view)))


def list_owned(view: RecordView, question: RecordQuestion) -> Message | None:
    """What somebody owns, sponsors and reviews: the person named, or the asker."""
    people = question.list_keys(NameKind.PERSON) or (view.person.id,)
    records = [record for person in people for record in _list_records(view, person, question)]
    lead = "\n".join(_lead_owned(view, person, question) for person in people)
    return build_record_message(RecordAnswer(lead, records, note_date(view)))


def _describe_roles(view: RecordView, name: Name, cues: frozenset[str]) -> str:
    record = _get_record(view, name)
    asked = "sponsor" if "sponsor" in cues else "reviewer" if "review" in cues else "owner"
    roles = dict(_list_roles(record))
    first = roles.pop(asked, None)
    verb = {"owner": "owns", "sponsor": "sponsors", "reviewer": "reviews"}[asked]
    title = format_title(record)
    lead = f"*{name_person(view, first)}* {verb} {title}." if first else f"No {asked} is recorded for {title}."
    return " ".join([lead, *(f"{role.capitalize()}: {name_person(view, person)}." for role, person in roles.items())])


def _get_record(view: RecordView, name: Name) -> Objective | Project | Metric:
    if name.kind is NameKind.METRIC:
        return view.strategy.metric(name.key)
    subject = find_subject(view, name)
    assert subject is not None  # noqa: S101 (a project, an objective or a milestone's project)
    return view.strategy.subject(subject)


def _list_roles(record: Objective | Project | Metric) -> Iterator[tuple[str, str]]:
    yield "owner", record.owner
    if isinstance(record, Project) and record.sponsor:
        yield "sponsor", record.sponsor
    if isinstance(record, Objective) and record.reviewer:
        yield "reviewer", record.reviewer


def _list_records(view: RecordView, person: str, question: RecordQuestion) -> list[Record]:
    held = list_responsibilities(view.strategy, person)
    sponsors = "sponsor" in question.cues
    projects = held.sponsored if sponsors else held.projects
    objectives = () if sponsors else held.objectives
    wanted = {Subject(SubjectKind.OBJECTIVE, one.key) for one in objectives}
    wanted |= {Subject(SubjectKind.PROJECT, one.key) for one in projects}
    kinds = [question.subject_kind] if question.subject_kind else list(SubjectKind)
    records = [one for kind in kinds for one in _list_lines(view, kind, question.state) if one[0] in wanted]
    if question.subject_kind or question.state or sponsors:
        return records
    keys = {metric.key for metric in held.metrics}
    return [
        *records,
        *((None, format_metric(one, view.people)) for one in view.status.metrics if one.metric.key in keys),
    ]


def _list_lines(view: RecordView, kind: SubjectKind, state: StatusFilter | None) -> list[Record]:
    """Everything of a kind that is in a state; without one, all."""
    if state:
        return list(filter_by_status(view.status, kind, state, view.people))
    if kind is SubjectKind.PROJECT:
        return [(Subject(kind, one.project.key), format_project(one, view.people)) for one in view.status.projects]
    return [(Subject(kind, one.objective.key), format_objective(one, view.people)) for one in view.status.objectives]


def _lead_owned(view: RecordView, person: str, question: RecordQuestion) -> str:
    held = list_responsibilities(view.strategy, person)
    if "sponsor" in question.cues:
        return f"{name_with_verb(view, person, 'sponsor', 'sponsors')} {count_nouns(len(held.sponsored), 'project')}."
    if not (held.objectives or held.projects or held.metrics):
        nothing = name_with_verb(view, person, "don't own", "doesn't own")
        return f"{nothing} an objective, a project or a metric{_list_other_roles(held)}."
    if question.state:
        end = ":" if _list_records(view, person, question) else "."
        return f"{name_with_verb(view, person, 'own', 'owns')} {_count_in_state(view, person, question)}{end}"
    counts = [(len(held.objectives), "objective"), (len(held.projects), "project"), (len(held.metrics), "metric")]
    owned = join_words(count_nouns(count, noun) for count, noun in counts if count)
    return f"{name_with_verb(view, person, 'own', 'owns')} {owned}{_list_other_roles(held)}."


def _count_in_state(view: RecordView, person: str, question: RecordQuestion) -> str:
    count = len(_list_records(view, person, question))
    noun = question.subject_kind.value if question.subject_kind else "record"
    is_or_are = "is" if count == 1 else "are"
    return f"{count_nouns(count, noun) if count else f'no {noun}s'} that {is_or_are} {question.state}"


def _list_other_roles(held: Responsibilities) -> str:
    sponsored = [f"sponsor {join_words(format_title(one) for one in held.sponsored)}"] if held.sponsored else []
    reviewed = [f"reviewer of {join_words(format_title(one) for one in held.reviewed)}"] if held.reviewed else []
    sponsored = [one.replace("sponsor ", "sponsor of ", 1) for one in sponsored]
    return f" ({'; '.join([*sponsored, *reviewed])})" if sponsored or reviewed else ""
