"""What happened in the strategy between two days: updates, figures, milestones, forecasts and stories."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from foundation.people import People
from reporting.exceptions import get_record_title
from reporting.numbers import format_change
from reporting.rendering import format_person, render_line
from strategy.records import ProgressUpdate, Project, Strategy, Subject, SubjectKind
from strategy.story_records import Story


@dataclass(frozen=True, slots=True)
class NewsInput:
    """Everything that may be news, cut to its reader. The days from `start` to `end` count, both included."""

    strategy: Strategy
    updates: tuple[ProgressUpdate, ...]
    stories: tuple[Story, ...]
    people: People
    start: date
    end: date

    def covers(self, day: date | None) -> bool:
        return day is not None and self.start <= day <= self.end


def list_news(material: NewsInput) -> list[tuple[Subject | None, str]]:
    """One line of mrkdwn each, with what it is about: milestones and forecasts, updates, figures, stories."""
    return [
        *_find_milestones(material),
        *_find_updates(material),
        *_find_measurements(material),
        *_find_stories(material),
    ]


def _find_milestones(material: NewsInput) -> Iterator[tuple[Subject, str]]:
    for project in material.strategy.projects:
        about = Subject(SubjectKind.PROJECT, project.key)
        yield from ((about, line) for line in _describe_milestones(material, project))


def _describe_milestones(material: NewsInput, project: Project) -> Iterator[str]:
    for one in material.strategy.milestones_of(project.key):
        moves = [move for move in one.history if material.covers(move.on)]
        names = {"project": project.name, "milestone": one.title}
        if material.covers(one.actual):
            yield render_line("digest", "reached", **names, actual=one.actual)
        elif one.actual is None and moves:
            yield render_line("digest", "moved", **names, before=moves[0].was, forecast=one.forecast)


def _find_updates(material: NewsInput) -> Iterator[tuple[Subject, str]]:
    for one in material.updates:
        if material.covers(material.strategy.find_day(one.at)):
            title = get_record_title(material.strategy.subject(one.subject))
            author = format_person(material.people, one.author)
            data = {"rag": one.rag, "summary": one.summary, "confidence": one.confidence}
            yield one.subject, render_line("digest", "update", title=title, author=author, **data)


def _find_measurements(material: NewsInput) -> Iterator[tuple[Subject | None, str]]:
    for metric in material.strategy.metrics:
        measured = [one for one in material.strategy.measurements_of(metric.key) if one.on <= material.end]
        if not measured or not material.covers(measured[-1].on):
            continue
        before = [one for one in measured if one.on < material.start]
        change = format_change(measured[-1].value, before[-1].value if before else None)
        about = Subject(SubjectKind.OBJECTIVE, metric.objective) if metric.objective else None
        data = {"name": metric.name, "unit": metric.unit, "value": measured[-1].value, "on": measured[-1].on}
        yield about, render_line("digest", "measured", **data, change=change)


def _find_stories(material: NewsInput) -> Iterator[tuple[Subject | None, str]]:
    for one in material.stories:
        if one.published_at and material.covers(material.strategy.find_day(one.published_at)):
            yield None, format_story(one, material.people)


def format_story(story: Story, people: People) -> str:
    """A published story in one line of mrkdwn."""
    return render_line(
        "digest", "story", title=story.title, text=story.text, author=format_person(people, story.author)
    )


def select_about(lines: Iterable[tuple[Subject | None, str]], subjects: Iterable[Subject]) -> list[str]:
    """The lines about these subjects; all of them without any."""
    wanted = set(subjects)
    return [line for about, line in lines if not wanted or about in wanted]
