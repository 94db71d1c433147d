"""A digest: exceptions first, then what changed, then the sections, inside Slack's limits whatever the size of it all.

Its strategy must be cut to the digest's readers already (`definitions.strategy_for`); updates and stories are cut here
by what is in that strategy.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from foundation.people import People
from foundation.time import find_zone
from reporting.changes import changes, headline
from reporting.charts import MOST_CHARTS, Chart, progress_chart, shares_chart
from reporting.definitions import Audience, DigestDefinition, Section
from reporting.desk import DeskFigures
from reporting.exceptions import ExceptionItem, concerns
from reporting.numbers import long_day
from reporting.sections import TITLES, Material, lines_of
from reporting.snapshot import Snapshot, take_snapshot
from reporting.text import fitting
from reporting.words import say
from strategy.check_ins import missing_updates
from strategy.portfolio import portfolio_figures
from strategy.records import Absence, ProgressUpdate, Rag, Strategy
from strategy.status import Standing, standing
from strategy.stories import Story, StoryState
from strategy.updates import latest_updates, visible_updates

# Characters: a message holds about 13,200 with its fallback text, a section block 3,000.
LARGEST_PART = 2_600
LARGEST_BODY = 8_800
LARGEST_TEXT = 2_800
MOST_CONCERNS = 12
MOST_CHANGES = 8
MOST_LINES = 10  # of one section


@dataclass(frozen=True, slots=True)
class SectionText:
    """`title` is plain text, `lines` are mrkdwn; `more` is how many were left out."""

    section: Section
    title: str
    lines: tuple[str, ...]
    more: int


@dataclass(frozen=True, slots=True)
class Digest:
    """A digest in words, in the order in which it is told.

    `title` and `period` are plain text, the rest mrkdwn. With `all_green` there is no section of objectives or of
    projects. `snapshot` is for the next digest, to be kept once this one is delivered.
    """

    key: str
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
    empty: bool  # nothing in it that the last one did not say
    send: bool

    @property
    def text(self) -> str:
        """The whole in short, for notifications and readers of the screen: all that comes before the sections."""
        lines = [say("digest", "opening", title=self.title, period=self.period)]
        lines += [self.all_green] if self.all_green else []
        lines += self.headline
        lines += [concern.text for concern in self.exceptions]
        lines += _and_more(self.more_exceptions)
        lines += self.changes
        lines += _and_more(self.more_changes)
        lines += [] if self.all_green or self.exceptions else [say("digest", "calm")]
        shown, more = fitting(lines, len(lines), LARGEST_TEXT)
        return "\n".join((*shown, *_and_more(more)))


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
        updates: all there are; `stories` likewise.
        previous: the snapshot of the last digest of this definition that was delivered.
        people: the directory, for names.
    """
    local = now.astimezone(find_zone(definition.schedule.zone))
    told = visible_updates(strategy, updates)
    material = _material(definition, strategy, told, tuple(stories), desk, previous, people or People(), local)
    found = concerns(
        strategy,
        material.stand,
        missing=missing_updates(strategy, told, now, absences),
        previous=previous,
        people=material.people,
        now=now,
    )
    return _told(definition, material, found)


def _material(
    definition: DigestDefinition,
    strategy: Strategy,
    updates: tuple[ProgressUpdate, ...],
    stories: tuple[Story, ...],
    desk: DeskFigures | None,
    previous: Snapshot | None,
    people: People,
    local: datetime,
) -> Material:
    since = previous.taken_at if previous else None
    wants_portfolio = Section.PORTFOLIO in definition.sections and definition.audience is not Audience.EVERYBODY
    return Material(
        strategy=strategy,
        stand=standing(strategy, updates, local),
        updates=tuple(one for one in latest_updates(updates, local).values() if since is None or one.at > since),
        stories=tuple(one for one in stories if _is_new(one, strategy, since, local)),
        desk=desk if Section.DESK in definition.sections else None,
        portfolio=portfolio_figures(strategy) if wants_portfolio else None,
        previous=previous,
        people=people,
        now=local,
    )


def _is_new(story: Story, strategy: Strategy, since: datetime | None, now: datetime) -> bool:
    """Whether it was published after the last digest and is tied to nothing that the readers may not know."""
    published = story.published_at if story.state is StoryState.PUBLISHED else None
    if published is None or published > now or (since is not None and published <= since):
        return False
    return (story.objective is None or story.objective in strategy.objectives_by_key) and (
        story.project is None or story.project in strategy.projects_by_key
    )


def _told(definition: DigestDefinition, material: Material, found: tuple[ExceptionItem, ...]) -> Digest:
    snapshot = take_snapshot(
        material.strategy, material.stand, desk=material.desk, portfolio=material.portfolio, now=material.now
    )
    every_change = changes(material)
    concern_lines, more_concerns = fitting([one.text for one in found], MOST_CONCERNS, LARGEST_PART)
    change_lines, more_changes = fitting(every_change, MOST_CHANGES, LARGEST_PART)
    room = LARGEST_BODY - sum(map(len, (*concern_lines, *change_lines)))
    all_green = None if found else _all_green(material.stand)
    empty = not found and not every_change and not _is_news(material, snapshot)
    return Digest(
        key=definition.key,
        title=definition.title,
        period=_period(material),
        headline=headline(material),
        all_green=all_green,
        exceptions=found[: len(concern_lines)],
        more_exceptions=more_concerns,
        changes=change_lines,
        more_changes=more_changes,
        sections=_sections(definition, material, room, all_green is not None),
        charts=_charts(definition, material),
        snapshot=snapshot,
        empty=empty,
        send=definition.send_when_empty or not empty,
    )


def _and_more(count: int) -> list[str]:
    return [say("digest", "more", count=count)] if count else []


def _period(material: Material) -> str:
    until = long_day(material.now)
    if material.previous is None:
        return f"First digest, {until}"
    since = long_day(material.previous.taken_at.astimezone(material.now.tzinfo))
    return until if since == until else f"{since} to {until}"


def _all_green(stand: Standing) -> str | None:
    """The one line, when owners and figures say green throughout; None otherwise, and when there is nothing at all."""
    both = [(one.owners, one.computed) for one in stand.objectives]
    both += [(one.owners, one.computed) for one in stand.projects]
    if not both or any(pair != (Rag.GREEN, Rag.GREEN) for pair in both):
        return None
    return say("digest", "all_green", objectives=len(stand.objectives), projects=len(stand.projects))


def _is_news(material: Material, snapshot: Snapshot) -> bool:
    if material.previous is None or material.updates or material.stories:
        return True
    return replace(snapshot, taken_at=material.previous.taken_at) != material.previous


def _sections(definition: DigestDefinition, material: Material, room: int, all_green: bool) -> tuple[SectionText, ...]:
    left_out = {Section.OBJECTIVES, Section.PROJECTS} if all_green else set()
    wanted = [section for section in definition.sections if section not in left_out]
    found = []
    for index, section in enumerate(wanted):
        # What a short section leaves is for those after it.
        share = min(room // (len(wanted) - index), LARGEST_PART)
        lines, more = fitting(lines_of(section, material), MOST_LINES, share)
        room -= sum(map(len, lines))
        if lines or more:
            found.append(SectionText(section, TITLES[section], lines, more))
    return tuple(found)


def _charts(definition: DigestDefinition, material: Material) -> tuple[Chart, ...]:
    charts = []
    if Section.OBJECTIVES in definition.sections:
        charts.append(progress_chart(material.stand.objectives))
    if material.portfolio is not None:
        charts.append(shares_chart(material.portfolio))
    return tuple(chart for chart in charts if chart is not None)[:MOST_CHARTS]
