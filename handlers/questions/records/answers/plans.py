"""Milestones and when they are due."""

from collections.abc import Callable, Sequence

from handlers.questions.blocks.records import RecordAnswer, build_record_message
from handlers.questions.records.answers.phrases import count_nouns, format_title, note_date
from handlers.questions.records.names import NameKind
from handlers.questions.records.periods import Period
from handlers.questions.records.question import RecordQuestion
from handlers.questions.records.view import RecordView
from handlers.slack.blocks.builders import Message, escape, format_date
from reporting.rendering import render_line
from strategy.milestones import DatedMilestone, list_milestones
from strategy.records import Project, Strategy, Subject, SubjectKind

MOST_NEXT = 5
Select = Callable[[DatedMilestone], bool]


def show_milestones(view: RecordView, question: RecordQuestion) -> Message | None:
    """Milestones of what is named or, without a name, of everything: next, missed, reached, or in a period."""
    projects = _find_projects(view.strategy, question)
    keys = {project.key for project in projects}
    every = list_milestones(one for one in view.status.projects if not projects or one.project.key in keys)
    named = question.list_keys(NameKind.MILESTONE)
    if named:
        every = tuple(one for one in every if one.status.milestone.key in named)
    elif "mine" in question.cues and not projects:
        every = tuple(one for one in every if one.project.owner == view.person.id)
    label, chosen = ("", every) if named else _choose_milestones(view, question, every, is_named=bool(projects))
    lines = [(Subject(SubjectKind.PROJECT, one.project.key), _format_milestone(one)) for one in chosen]
    lead = "\n".join([*(_describe_end(project) for project in projects), _lead_milestones(label, len(chosen))])
    return build_record_message(RecordAnswer(lead, lines, note_date(view)))


def _find_projects(strategy: Strategy, question: RecordQuestion) -> Sequence[Project]:
    """The projects named, and those that serve an objective that is named."""
    keys = [*question.list_keys(NameKind.PROJECT)]
    for objective in question.list_keys(NameKind.OBJECTIVE):
        keys += [one.project for one in strategy.contributions_to(objective) if one.impact]
    return [strategy.project(key) for key in dict.fromkeys(keys)]


def _choose_milestones(
    view: RecordView, question: RecordQuestion, every: Sequence[DatedMilestone], *, is_named: bool
) -> tuple[str, Sequence[DatedMilestone]]:
    """How the milestones are called in the answer, and the milestones."""
    cues, period = question.cues, question.period
    if period:
        return _choose_in_period(view, question, every, period)
    if "missed" in cues:
        late = [one for one in every if one.status.is_overdue or (not one.status.is_done and one.status.slip > 0)]
        return "overdue or behind the baseline", late
    if "reached" in cues and "due" not in cues:
        return "reached", [one for one in every if one.status.is_done]
    if "next" in cues or not is_named:
        return "next", [one for one in every if not one.status.is_done and one.on >= view.today][:MOST_NEXT]
    return "", every


def _choose_in_period(
    view: RecordView, question: RecordQuestion, every: Sequence[DatedMilestone], period: Period
) -> tuple[str, Sequence[DatedMilestone]]:
    is_past = "reached" in question.cues or period.end < view.today
    found = [one for one in every if period.contains(one.on) and (is_past or not one.status.is_done)]
    if "missed" in question.cues:
        found = [one for one in found if one.status.is_overdue]
    if "reached" in question.cues:
        found = [one for one in found if one.status.is_done]
    happened = "reached" if "reached" in question.cues else "due or reached" if is_past else "due"
    return f"{happened} {_describe_period(period)}", found


def _describe_period(period: Period) -> str:
    start, end = format_date(period.start), format_date(period.end)
    return f"on {start}" if period.start == period.end else f"between {start} and {end}"


def _lead_milestones(label: str, count: int) -> str:
    if not count:
        return "There are no open milestones." if label == "next" else f"There's no milestone {label} that you can see."
    if label == "next":
        return "Next milestones:" if count > 1 else "Next milestone:"
    return f"{count_nouns(count, 'milestone')} {label}".rstrip() + ":"


def _format_milestone(one: DatedMilestone) -> str:
    return f"*{escape(one.project.name)}*: {render_line('strategy', 'milestone', one=one.status)}"


def _describe_end(project: Project) -> str:
    return f"{format_title(project)} is planned to end on {format_date(project.ends)}."
