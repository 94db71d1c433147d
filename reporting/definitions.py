"""The digests: for whom, where, when and with which sections. One YAML file, whose problems name their lines."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated

from pydantic import Field, StringConstraints

from foundation.errors import InvalidInput, UserError
from foundation.files import BadFile, ChannelId, FileProblem, Strict, find_line, parse_yaml, read_text
from foundation.people import People, Person
from strategy.checks import build_schedule
from strategy.file_models import Key, ScheduleEntry
from strategy.permissions import find_leadership, find_pmo
from strategy.records import Strategy
from strategy.schedules import Schedule, check_schedule
from strategy.visibility import filter_visible_to_all

SAMPLE = Path(__file__).with_name("digests.yaml")


class DigestAudience(StrEnum):
    EVERYBODY = "everybody"
    PMO = "pmo"
    LEADERS = "leaders"  # and the head of the PMO


class DigestSection(StrEnum):
    OBJECTIVES = "objectives"
    PROJECTS = "projects"
    METRICS = "metrics"
    UPDATES = "updates"
    STORIES = "stories"
    DESK = "desk"  # the PMO's service desk
    PORTFOLIO = "portfolio"  # alignment, shares, coverage: for leaders and the PMO


@dataclass(frozen=True, slots=True)
class DigestDefinition:
    """`channel` is a Slack channel id. Without `send_when_empty`, a digest with nothing new isn't sent."""

    key: str
    title: str
    audience: DigestAudience
    channel: str
    schedule: Schedule
    sections: tuple[DigestSection, ...]
    send_when_empty: bool = False


class NoReaders(UserError):
    """Nobody may see a digest."""


def find_readers(definition: DigestDefinition, people: People) -> tuple[Person, ...]:
    """The people a digest is cut to; an empty result means everybody.

    Raises:
        NoReaders: the directory lists nobody for a narrow audience, which is never mistaken for everybody.
    """
    if definition.audience is DigestAudience.EVERYBODY:
        return ()
    readers = find_pmo(people) if definition.audience is DigestAudience.PMO else find_leadership(people)
    if not readers:
        raise NoReaders(
            f"Nobody belongs to the audience “{definition.audience}” of the digest “{definition.title}” right now. "
            "Give someone the role in the organisation file, or add people to the user group that has it."
        )
    return readers


def is_reader(definition: DigestDefinition, person: Person, people: People) -> bool:
    """Whether the person may see the digest. One for everybody has every person as its reader."""
    try:
        readers = find_readers(definition, people)
    except NoReaders:
        return False
    return not readers or person in readers


def filter_for_readers(definition: DigestDefinition, strategy: Strategy, people: People) -> Strategy:
    """The strategy as every reader of this digest may see it."""
    return filter_visible_to_all(strategy, find_readers(definition, people))


class _DigestEntry(Strict):
    key: Key
    title: Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=80)]
    audience: DigestAudience
    channel: ChannelId
    schedule: ScheduleEntry
    sections: Annotated[tuple[DigestSection, ...], Field(min_length=1)]
    send_when_empty: bool = False


class _DigestsFile(Strict):
    digests: tuple[_DigestEntry, ...]


def read_digests(path: Path) -> tuple[DigestDefinition, ...]:
    """Read the file of digests.

    Raises:
        BadFile: every problem in it, each with its line and field.
    """
    text = read_text(path)
    file = parse_yaml(text, _DigestsFile, name=str(path))
    problems = [
        FileProblem(str(path), find_line(text, where), ".".join(map(str, where)), message)
        for where, message in _find_problems(file.digests)
    ]
    if problems:
        raise BadFile(problems)
    return tuple(
        DigestDefinition(
            key=entry.key,
            title=entry.title,
            audience=entry.audience,
            channel=entry.channel,
            schedule=build_schedule(entry.schedule),
            sections=entry.sections,
            send_when_empty=entry.send_when_empty,
        )
        for entry in file.digests
    )


def _find_problems(entries: tuple[_DigestEntry, ...]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    keys: set[str] = set()
    for index, entry in enumerate(entries):
        path = ("digests", index)
        if entry.key in keys:
            yield (*path, "key"), f"A digest above already uses “{entry.key}”."
        keys.add(entry.key)
        if DigestSection.PORTFOLIO in entry.sections and entry.audience is DigestAudience.EVERYBODY:
            yield (*path, "sections"), "The portfolio is for leaders and the PMO. Remove it, or narrow the audience."
        if len(set(entry.sections)) < len(entry.sections):
            yield (*path, "sections"), "List each section once."
        try:
            check_schedule(build_schedule(entry.schedule))
        except InvalidInput as refusal:
            for field, message in refusal.fields.items():
                yield (*path, "schedule", field), message
