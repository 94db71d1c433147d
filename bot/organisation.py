"""The organisation file: people's roles, channels, working hours, and where the organisation's own files are."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated, TypeVar
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, model_validator

from bot.retention_entry import RetentionEntry
from foundation.access import Access, AccessRules
from foundation.errors import UserError
from foundation.files import BadFile, ChannelId, FileProblem, GroupId, Strict, UserId, find_line, read_text, read_yaml
from foundation.holidays import find_holidays, list_holidays
from foundation.people import People, Person, Role, RoleGroup
from foundation.time import find_zone
from handlers.context import Channels
from reporting.definitions import SAMPLE as SAMPLE_DIGESTS
from reporting.definitions import DigestAudience, DigestDefinition, NoReaders, find_readers, read_digests
from servicedesk.calendar import DAYS, Calendar, Interval, make_calendar
from servicedesk.catalogue import SHIPPED as SHIPPED_CATALOGUE
from servicedesk.catalogue import read_catalogue
from servicedesk.desk import Desk
from storage.retention import Retention
from strategy.files import SAMPLE as SAMPLE_STRATEGY
from strategy.records import Absence

SAMPLE = Path(__file__).parent / "sample" / "organisation.yaml"
WEEKDAYS: dict[str, tuple[str, ...]] = dict.fromkeys(DAYS[:5], ("09:00-17:00",))
SAMPLE_NAME = "sample"
HOLIDAY_YEARS = range(2020, 2051)  # a bot that runs longer is restarted in between

T = TypeVar("T")


def validate_with(check: Callable[[T], object]) -> AfterValidator:
    """A field's value must pass the check; what the check rejects is reported at the field's line."""

    def validate(value: T) -> T:
        try:
            check(value)
        except UserError as error:
            raise ValueError(error.message) from None
        return value

    return AfterValidator(validate)


def _check_day(name: str) -> None:
    if name not in DAYS:
        raise UserError(f"“{name}” isn't a day of the week. Use {', '.join(DAYS)}.")


Zone = Annotated[str, validate_with(find_zone)]
Holidays = Annotated[str, validate_with(find_holidays)]
Hours = Annotated[str, validate_with(Interval.parse)]
Day = Annotated[str, validate_with(_check_day)]


class StrangersMay(StrEnum):
    """What those may use who aren't in the organisation file."""

    REFUSE = "refuse"
    HANDBOOK = "handbook"
    REQUESTS = "handbook and requests"
    EVERYTHING = "everything"


_ACCESS = {
    StrangersMay.REFUSE: Access.NOTHING,
    StrangersMay.HANDBOOK: Access.HANDBOOK,
    StrangersMay.REQUESTS: Access.REQUESTS,
    StrangersMay.EVERYTHING: Access.EVERYTHING,
}


def _check_one_of(*allowed: StrangersMay) -> Callable[[StrangersMay], None]:
    def check(value: StrangersMay) -> None:
        if value not in allowed:
            raise UserError(f"“{value}” isn't possible here. Use {' or '.join(f'“{one}”' for one in allowed)}.")

    return check


Unlisted = StrangersMay
Guests = Annotated[
    StrangersMay,
    validate_with(_check_one_of(StrangersMay.REFUSE, StrangersMay.HANDBOOK, StrangersMay.REQUESTS)),
]
Outsiders = Annotated[StrangersMay, validate_with(_check_one_of(StrangersMay.REFUSE, StrangersMay.HANDBOOK))]


class PersonEntry(Strict):
    id: UserId
    name: str = Field(min_length=1, max_length=80)
    roles: list[Role] = Field(default=[Role.MEMBER], min_length=1)


class GroupEntry(Strict):
    """A Slack user group: its members have these roles, unless they have an entry of their own under people."""

    id: GroupId
    roles: list[Role] = Field(default=[Role.MEMBER], min_length=1)


class ChannelsEntry(Strict):
    triage: ChannelId
    progress: ChannelId
    stories: ChannelId
    leadership: ChannelId

    @model_validator(mode="after")
    def _apart(self) -> "ChannelsEntry":
        """What is posted for the PMO and for the leadership isn't for the readers of the other channels."""
        used = self.model_dump()
        for mine in ("triage", "leadership"):
            for other, channel in used.items():
                if other != mine and channel == used[mine]:
                    raise ValueError(f"{mine} and {other} are the same channel. Give {mine} a channel of its own.")
        return self


class CalendarEntry(Strict):
    """When the PMO works. Without it: Monday to Friday from nine to five, no holidays."""

    time_zone: Zone | None = None  # the organisation's, if it isn't given
    hours: dict[Day, tuple[Hours, ...]] = Field(default=WEEKDAYS)
    holidays: Holidays | None = None
    days_off: tuple[date, ...] = ()

    @model_validator(mode="after")
    def _has_time(self) -> "CalendarEntry":
        try:
            self.build_calendar("UTC")
        except UserError as error:
            raise ValueError(error.message) from None
        return self

    def build_calendar(self, organisations_zone: str) -> Calendar:
        public = list_holidays(self.holidays, HOLIDAY_YEARS) if self.holidays else frozenset()
        return make_calendar(self.time_zone or organisations_zone, self.hours, public.union(self.days_off))


class AbsenceEntry(Strict):
    """Someone is away, both days included; meanwhile the delegate is asked for their updates."""

    person: UserId
    first: date = Field(alias="from")
    last: date = Field(alias="to")
    delegate: UserId | None = None

    @model_validator(mode="after")
    def _in_order(self) -> "AbsenceEntry":
        if self.last < self.first:
            raise ValueError("The absence ends before it begins. Swap the dates.")
        return self


class FilesEntry(Strict):
    """Paths relative to the organisation file; `sample` names the sample strategy and digests.

    Without a path, the shipped handbook and catalogue are used, and there is no strategy and no digest.
    """

    handbook: str | None = None
    catalogue: str | None = None
    strategy: str | None = None
    digests: str | None = None


class OrganisationFile(Strict):
    name: str = Field(min_length=1, max_length=80)
    time_zone: Zone
    people: list[PersonEntry]
    groups: tuple[GroupEntry, ...] = ()
    unlisted: Unlisted = StrangersMay.REQUESTS
    guests: Guests = StrangersMay.HANDBOOK
    outsiders: Outsiders = StrangersMay.REFUSE
    channels: ChannelsEntry
    calendar: CalendarEntry = CalendarEntry()
    absences: tuple[AbsenceEntry, ...] = ()
    files: FilesEntry = FilesEntry()
    retention: RetentionEntry = RetentionEntry()


@dataclass(frozen=True, slots=True)
class Organisation:
    """The organisation as the bot uses it.

    `desk` holds the catalogue and the calendar; `strategy` is the file that the strategy is imported from, if any.
    `people` are those that the file lists and, once `add_group_members` was called, the members of its `groups`.
    """

    name: str
    time_zone: str
    people: People
    groups: tuple[RoleGroup, ...]
    channels: Channels
    desk: Desk
    digests: tuple[DigestDefinition, ...]
    absences: tuple[Absence, ...]
    strategy: Path | None
    path: Path
    files: FilesEntry
    retention: Retention
    member_versions: Mapping[str, int] = field(default_factory=dict)

    def add_group_members(
        self, members: Mapping[str, Mapping[str, str]], versions: Mapping[str, int] | None = None
    ) -> "Organisation":
        """With the members of its groups: names by user ID, by group ID; `versions` say which stored ones these are.

        Whom the file lists has the roles that the file says.
        """
        listed = [person for person in self.people if not person.is_by_group]
        known = {person.id for person in listed}
        roles: dict[str, frozenset[Role]] = {}
        names: dict[str, str] = {}
        for group in self.groups:
            for user, name in members.get(group.id, {}).items():
                if user not in known:
                    roles[user] = roles.get(user, frozenset()) | group.roles
                    names[user] = name
        added = [
            Person(user, names[user], roles[user], is_by_group=True) for user in sorted(roles, key=names.__getitem__)
        ]
        people = People([*listed, *added], self.people.rules)
        desk = replace(self.desk, people=people)
        return replace(self, people=people, desk=desk, member_versions=versions or {})

    @property
    def zone(self) -> ZoneInfo:
        """Where the organisation's days begin."""
        return find_zone(self.time_zone)

    def resolve_path(self, name: str) -> Path:
        """The absolute path of a file that the organisation file names."""
        return (self.path.parent / name).resolve()


def read_organisation(path: Path) -> Organisation:
    """Read and check the organisation file and the catalogue and digests that it names.

    Raises:
        BadFile: with file, line and field of every problem.
    """
    entry = read_yaml(path, OrganisationFile)
    _check_people(path, entry)
    people = _build_people(entry)
    channels = Channels(**entry.channels.model_dump())
    own = entry.files.catalogue
    catalogue = read_catalogue((path.parent / own).resolve() if own else SHIPPED_CATALOGUE)
    return Organisation(
        name=entry.name,
        time_zone=entry.time_zone,
        people=people,
        groups=tuple(RoleGroup(group.id, frozenset(group.roles)) for group in entry.groups),
        channels=channels,
        desk=Desk(catalogue, entry.calendar.build_calendar(entry.time_zone), people),
        digests=_read_digests(path, entry),
        absences=tuple(Absence(one.person, one.first, one.last, one.delegate) for one in entry.absences),
        strategy=_resolve_named_file(path, entry.files.strategy, SAMPLE_STRATEGY),
        path=path,
        files=entry.files,
        retention=entry.retention.build_retention(),
    )


def _build_people(entry: OrganisationFile) -> People:
    rules = AccessRules(_ACCESS[entry.unlisted], _ACCESS[entry.guests], _ACCESS[entry.outsiders])
    return People((Person(person.id, person.name, frozenset(person.roles)) for person in entry.people), rules)


def _resolve_named_file(path: Path, name: str | None, sample: Path) -> Path | None:
    """The file that the organisation file names."""
    return sample if name == SAMPLE_NAME else (path.parent / name).resolve() if name else None


def _read_digests(path: Path, entry: OrganisationFile) -> tuple[DigestDefinition, ...]:
    """The digests. Each has readers, and none is posted where others than its audience read it."""
    file = _resolve_named_file(path, entry.files.digests, SAMPLE_DIGESTS)
    if file is None:
        return ()
    found, text, people = read_digests(file), read_text(file), _imagine_people(entry)
    problems = [
        FileProblem(str(file), find_line(text, ["digests", number, field]), f"digests.{number}.{field}", message)
        for number, one in enumerate(found)
        for field, message in _check_audience(one, entry.channels, people)
    ]
    if problems:
        raise BadFile(problems)
    return found


def _imagine_people(entry: OrganisationFile) -> People:
    """The people of the file, and somebody in each of its groups."""
    members = (Person(group.id, group.id, frozenset(group.roles)) for group in entry.groups)
    return People([*_build_people(entry), *members])


def _check_audience(digest: DigestDefinition, channels: ChannelsEntry, people: People) -> Iterator[tuple[str, str]]:
    """Field and message of each problem with whom the digest is for."""
    for_others = {
        DigestAudience.EVERYBODY: (),
        DigestAudience.PMO: (channels.progress, channels.stories, channels.leadership),
        DigestAudience.LEADERS: (channels.progress, channels.stories, channels.triage),
    }
    if digest.channel in for_others[digest.audience]:
        others = f"People outside the audience “{digest.audience}” can read {digest.channel}."
        yield "channel", f"{others} Choose another channel or another audience."
    try:
        find_readers(digest, people)
    except NoReaders:
        yield (
            "audience",
            f"Nobody in the organisation file belongs to the audience “{digest.audience}”. Give someone the role.",
        )


def _check_people(path: Path, entry: OrganisationFile) -> None:
    text = read_text(path)
    people, groups = [one.id for one in entry.people], [one.id for one in entry.groups]
    problems = [*_find_repeated(path, text, "people", people), *_find_repeated(path, text, "groups", groups)]
    roles = {role for one in entry.people for role in one.roles} | {role for one in entry.groups for role in one.roles}
    if Role.PMO_STAFF not in roles:
        message = "Nobody has the role pmo_staff, so nobody can triage requests. Give someone the role."
        problems.append(FileProblem(str(path), find_line(text, ["people"]), "people", message))
    if problems:
        raise BadFile(problems)


def _find_repeated(path: Path, text: str, section: str, ids: Sequence[str]) -> Iterator[FileProblem]:
    for number, one in enumerate(ids):
        if one in ids[:number]:
            line, where = find_line(text, [section, number, "id"]), f"{section}.{number}.id"
            yield FileProblem(str(path), line, where, f"{one} is listed twice. Remove one of the entries.")
