"""A digest: exceptions first, then the changes, then the sections, within Slack's limits whatever its size.

Its strategy must already be cut to the digest's readers (`definitions.filter_for_readers`); updates and stories are cut
here to what is in that strategy.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from foundation.people import People
from foundation.time import find_zone
from reporting.changes import build_headline, list_changes
from reporting.charts import MOST_CHARTS, Chart, build_progress_chart, build_shares_chart
from reporting.definitions import DigestAudience, DigestDefinition, DigestSection
from reporting.desk import DeskFigures
from reporting.exceptions import ExceptionItem, find_exceptions, list_texts
from reporting.numbers import format_date
from reporting.rendering import render_line
from reporting.sections import SECTION_KINDS, DigestInput
from reporting.snapshot import Snapshot, take_snapshot
from reporting.text import fit_lines
from strategy.check_ins import find_missing_updates
from strategy.portfolio import compute_portfolio
from strategy.records import Absence, ProgressUpdate, Rag, Strategy
from strategy.status import StrategyStatus, compute_statuses
from strategy.story_records import Story, StoryState
from strategy.updates import filter_visible_updates, find_latest_updates

# Characters: a message holds about 13,200 with its fallback text, a section block 3,000.
LARGEST_PART = 2_600
LARGEST_BODY = 8_800
LARGEST_TEXT = 2_800
MOST_EXCEPTIONS = 12
MOST_CHANGES = 8
MOST_LINES = 10  # of one section


@dataclass(frozen=True, slots=True)
class SectionText:
    """`title` is plain text, `lines` are mrkdwn; `more` is how many were left out."""

    section: DigestSection
    title: str
    lines: tuple[str, ...]
    more: int


@dataclass(frozen=True, slots=True)
class Digest:
    """A digest as text, in the order in which it is shown.

    `title` and `period` are plain text, the rest mrkdwn. With `all_green` there are no sections of objectives and
    projects. `snapshot` is for the next digest, once this one is delivered.
    """

    title: str
    period: str
    headline: tuple[str, ...]
    all_green: str | None
    exceptions: tuple[ExceptionItem, ...]
    more_exceptions: int
    changes: tuple[str, ...]
    more_changes: int
    sections: tuple[SectionText, ...]
    charts: tuple[Chart, ...]
    snapshot: Snapshot
    is_empty: bool  # nothing new since the last one
    should_send: bool

    @property
    def text(self) -> str:
        """Everything before the sections, for notifications and screen readers."""
        lines = [render_line("digest", "opening", title=self.title, period=self.period)]
        lines += [self.all_green] if self.all_green else []
        lines += self.headline
        lines += [one.text for one in self.exceptions]
        lines += _format_more(self.more_exceptions)
        lines += self.changes
        lines += _format_more(self.more_changes)
        lines += [] if self.all_green or self.exceptions else [render_line("digest", "calm")]
        shown, more = fit_lines(lines, len(lines), LARGEST_TEXT)
        return "\n".join((*shown, *_format_more(more)))


def build_digest(
    definition: DigestDefinition,
    strategy: Strategy,
    *,
    now: datetime,
    updates: Iterable[ProgressUpdate] = (),
    stories: Iterable[Story] = (),
    desk: DeskFigures | None = None,
    previous: Snapshot | None = None,
    absences: Iterable[Absence] = (),
    people: People | None = None,
) -> Digest:
    """Build a digest.

    Args:
        strategy: as all of the digest's readers may see it.
        updates: all updates; `stories` likewise.
        previous: the snapshot of the last delivered digest of this definition.
        people: the directory, for names.
    """
    local = now.astimezone(find_zone(definition.schedule.zone))
    visible = filter_visible_updates(strategy, updates)
    material = _collect_input(definition, strategy, visible, tuple(stories), desk, previous, people or People(), local)
    found = find_exceptions(
        strategy,
        material.current,
        missing=find_missing_updates(strategy, visible, now, absences),
        previous=previous,
        people=material.people,
        now=now,
    )
    return _assemble_digest(definition, material, found)


def _collect_input(
    definition: DigestDefinition,
    strategy: Strategy,
    updates: tuple[ProgressUpdate, ...],
    stories: tuple[Story, ...],
    desk: DeskFigures | None,
    previous: Snapshot | None,
    people: People,
    local: datetime,
) -> DigestInput:
    since = previous.taken_at if previous else None
    wants_portfolio = (
        DigestSection.PORTFOLIO in definition.sections and definition.audience is not DigestAudience.EVERYBODY
    )
    return DigestInput(
        strategy=strategy,
        current=compute_statuses(strategy, updates, local),
        updates=tuple(one for one in find_latest_updates(updates, local).values() if since is None or one.at > since),
        stories=tuple(one for one in stories if _is_new(one, strategy, since, local)),
        desk=desk if DigestSection.DESK in definition.sections else None,
        portfolio=compute_portfolio(strategy) if wants_portfolio else None,
        previous=previous,
        people=people,
        now=local,
    )


def _is_new(story: Story, strategy: Strategy, since: datetime | None, now: datetime) -> bool:
    """Whether it was published after the last digest and is linked to nothing that the readers may not see."""
    published = story.published_at if story.state is StoryState.PUBLISHED else None
    if published is None or published > now or (since is not None and published <= since):
        return False
    return (story.objective is None or story.objective in strategy.objectives_by_key) and (
        story.project is None or story.project in strategy.projects_by_key
    )


def _assemble_digest(definition: DigestDefinition, material: DigestInput, found: tuple[ExceptionItem, ...]) -> Digest:
    snapshot = take_snapshot(
        material.strategy, material.current, desk=material.desk, portfolio=material.portfolio, now=material.now
    )
    every_change = list_changes(material)
    exception_lines, more_exceptions = fit_lines(list_texts(found), MOST_EXCEPTIONS, LARGEST_PART)
    change_lines, more_changes = fit_lines(every_change, MOST_CHANGES, LARGEST_PART)
    room = LARGEST_BODY - sum(map(len, (*exception_lines, *change_lines)))
    all_green = None if found else _format_all_green(material.current)
    empty = not found and not every_change and not _has_news(material, snapshot)
    return Digest(
        title=definition.title,
        period=_format_period(material),
        headline=build_headline(material),
        all_green=all_green,
        exceptions=found[: len(exception_lines)],
        more_exceptions=more_exceptions,
        changes=change_lines,
        more_changes=more_changes,
        sections=_build_sections(definition, material, room, all_green is not None),
        charts=_build_charts(definition, material),
        snapshot=snapshot,
        is_empty=empty,
        should_send=definition.send_when_empty or not empty,
    )


def _format_more(count: int) -> list[str]:
    return [render_line("digest", "more", count=count)] if count else []


def _format_period(material: DigestInput) -> str:
    until = format_date(material.now)
    if material.previous is None:
        return f"First digest, {until}"
    since = format_date(material.previous.taken_at.astimezone(material.now.tzinfo))
    return until if since == until else f"{since} to {until}"


def _format_all_green(current: StrategyStatus) -> str | None:
    """One line when owners and figures say green throughout; None otherwise, or if there is nothing to show."""
    both = [(one.owner_status, one.computed_status) for one in current.objectives]
    both += [(one.owner_status, one.computed_status) for one in current.projects]
    if not both or any(pair != (Rag.GREEN, Rag.GREEN) for pair in both):
        return None
    return render_line("digest", "all_green", objectives=len(current.objectives), projects=len(current.projects))


def _has_news(material: DigestInput, snapshot: Snapshot) -> bool:
    if material.previous is None or material.updates or material.stories:
        return True
    return replace(snapshot, taken_at=material.previous.taken_at) != material.previous


def _build_sections(
    definition: DigestDefinition, material: DigestInput, room: int, all_green: bool
) -> tuple[SectionText, ...]:
    left_out = {DigestSection.OBJECTIVES, DigestSection.PROJECTS} if all_green else set()
    wanted = [section for section in definition.sections if section not in left_out]
    found = []
    for index, section in enumerate(wanted):
        # Room that a short section leaves goes to the sections after it.
        share = min(room // (len(wanted) - index), LARGEST_PART)
        lines, more = fit_lines(SECTION_KINDS[section].build(material), MOST_LINES, share)
        room -= sum(map(len, lines))
        if lines or more:
            found.append(SectionText(section, SECTION_KINDS[section].title, lines, more))
    return tuple(found)


def _build_charts(definition: DigestDefinition, material: DigestInput) -> tuple[Chart, ...]:
    charts = []
    if DigestSection.OBJECTIVES in definition.sections:
        charts.append(build_progress_chart(material.current.objectives))
    if material.portfolio is not None:
        charts.append(build_shares_chart(material.portfolio))
    return tuple(chart for chart in charts if chart is not None)[:MOST_CHARTS]
