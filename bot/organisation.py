"""The one organisation file: people's roles, channels, and where the organisation's own files stand."""

from dataclasses import dataclass
from pathlib import Path

from pydantic import Field, field_validator

from foundation.errors import Refused
from foundation.files import BadFile, Problem, Strict, line_of, read_text, read_yaml
from foundation.people import People, Person, Role
from foundation.time import zone
from handlers.house import Channels

SAMPLE = Path(__file__).parent / "sample" / "organisation.yaml"

UserId = Field(pattern=r"^[UW][A-Z0-9]{2,}$")
ChannelId = Field(pattern=r"^[CGD][A-Z0-9]{2,}$")


class PersonEntry(Strict):
    id: str = UserId
    name: str = Field(min_length=1, max_length=80)
    roles: list[Role] = Field(default=[Role.MEMBER], min_length=1)


class ChannelsEntry(Strict):
    triage: str = ChannelId
    progress: str = ChannelId
    stories: str = ChannelId
    leadership: str = ChannelId


class FilesEntry(Strict):
    """Paths relative to the organisation file; what is left out is the one that comes with the product."""

    handbook: str | None = None
    catalogue: str | None = None
    strategy: str | None = None


class OrganisationFile(Strict):
    name: str = Field(min_length=1, max_length=80)
    time_zone: str
    people: list[PersonEntry]
    channels: ChannelsEntry
    files: FilesEntry = FilesEntry()

    @field_validator("time_zone")
    @classmethod
    def _exists(cls, name: str) -> str:
        try:
            zone(name)
        except Refused as refused:
            raise ValueError(refused.message) from None
        return name


@dataclass(frozen=True, slots=True)
class Organisation:
    """The organisation as the house uses it."""

    name: str
    time_zone: str
    people: People
    channels: Channels
    path: Path
    files: FilesEntry


def read_organisation(path: Path) -> Organisation:
    """Read and check the organisation file.

    Raises:
        BadFile: naming line and field of all that is wrong.
    """
    entry = read_yaml(path, OrganisationFile)
    _check_people(path, entry)
    people = People(Person(person.id, person.name, frozenset(person.roles)) for person in entry.people)
    channels = Channels(**entry.channels.model_dump())
    return Organisation(entry.name, entry.time_zone, people, channels, path, entry.files)


def _check_people(path: Path, entry: OrganisationFile) -> None:
    text, seen, problems = read_text(path), set(), []
    for number, person in enumerate(entry.people):
        if person.id in seen:
            line = line_of(text, ["people", number, "id"])
            problems.append(Problem(str(path), line, f"people.{number}.id", f"{person.id} is listed twice."))
        seen.add(person.id)
    if not any(Role.PMO_STAFF in person.roles for person in entry.people):
        line = line_of(text, ["people"])
        problems.append(Problem(str(path), line, "people", "Nobody has the role pmo_staff, so nobody could triage."))
    if problems:
        raise BadFile(problems)
