"""The organisation file is accepted as a whole, or rejected with file, line and field of every problem."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bot.organisation import SAMPLE, read_organisation
from foundation.access import Access, PersonKind
from foundation.files import BadFile
from foundation.people import Role
from storage.retention import Retention

WriteFile = Callable[..., Path]
SMALL = """\
name: Small
time_zone: Europe/Berlin
people:
  - {id: U01ANN, name: Ann, roles: [pmo_staff, pmo_lead]}
channels: {triage: C01, progress: C02, stories: C03, leadership: C04}
"""


@pytest.fixture
def write_file(tmp_path: Path) -> WriteFile:
    """A small organisation file with parts replaced or something added at the end."""

    def write(*changes: tuple[str, str], more: str = "") -> Path:
        text = SMALL
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        path = tmp_path / "organisation.yaml"
        path.write_text(text + more, encoding="utf-8")
        return path

    return write


def refusal(path: Path) -> list[str]:
    with pytest.raises(BadFile) as refused:
        read_organisation(path)
    return [line.removeprefix(f"{path}, ") for line in refused.value.message.splitlines()]


def test_sample_says_it_is_a_sample() -> None:
    sample = read_organisation(SAMPLE)
    assert "sample" in sample.name
    assert len(list(sample.people)) == 6
    assert sample.people.get("U05EMEKA").roles >= {Role.PMO_STAFF, Role.PMO_LEAD}
    assert sample.channels.triage == "C03TRIAGE"


def test_minimal_file_is_enough(write_file: WriteFile) -> None:
    organisation = read_organisation(write_file())
    assert organisation.desk.catalogue.services
    assert organisation.digests == ()
    assert organisation.strategy is None
    calendar = organisation.desk.calendar
    assert calendar.zone.key == "Europe/Berlin"
    assert calendar.is_open(datetime(2026, 9, 14, 7, 0, tzinfo=UTC))  # Monday, nine o'clock in Berlin
    assert not calendar.is_open(datetime(2026, 9, 12, 9, 0, tzinfo=UTC))  # Saturday


def test_calendar_has_own_hours_zone_and_holidays(write_file: WriteFile) -> None:
    more = (
        "calendar:\n  time_zone: Europe/London\n  hours: {monday: ['08:00-12:00', '13:00-16:30']}\n"
        "  holidays: GB-ENG\n  days_off: [2026-09-14]\n"
    )
    calendar = read_organisation(write_file(more=more)).desk.calendar
    assert calendar.zone.key == "Europe/London"
    assert calendar.day_seconds == 7.5 * 3600
    assert {date(2026, 4, 3), date(2026, 9, 14)} <= calendar.holidays


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("Europe/Berlin", "Mars", "line 2: time_zone: “Mars” isn't a time zone."),
        ("U01ANN", "ann", "line 4: people.0.id: A Slack user ID looks like U01ADA"),
        ("pmo_lead]", "boss]", "line 4: people.0.roles.1: "),
        ("[pmo_staff, pmo_lead]", "[]", "line 4: people.0.roles: "),
        (
            "progress: C02",
            "progress: C04",
            "line 5: channels: leadership and progress are the same channel. Give leadership",
        ),
        ("stories: C03", "stories: C01", "line 5: channels: triage and stories are the same channel."),
        ("triage: C01", "triage: general", "line 5: channels.triage: A Slack channel ID looks like C03TRIAGE"),
        ("name: Small\n", "", "line 1: name: This field is missing."),
        ("name: Small\n", "nam: Small\n", "line 1: nam: Unknown field. Did you mean “name”?"),
    ],
)
def test_error_names_line_and_field(write_file: WriteFile, old: str, new: str, said: str) -> None:
    assert refusal(write_file((old, new)))[0].startswith(said)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (
            "calendar: {hours: {mondy: ['09:00-17:00']}}",
            "line 6: calendar.hours.mondy: “mondy” isn't a day of the week.",
        ),
        ("calendar: {hours: {monday: ['9-5']}}", "line 6: calendar.hours.monday.0: “9-5” isn't a working interval."),
        ("calendar: {hours: {}}", "line 6: calendar: The calendar has no working hours."),
        ("calendar: {holidays: XX}", "line 6: calendar.holidays: No public holidays are known for “XX”."),
        (
            "calendar: {days_off: [2026-02-30]}",
            "line 6: calendar.days_off.0: This isn't a date. Write it as 2026-12-31.",
        ),
        ("calendar: {days_off: [tomorrow]}", "line 6: calendar.days_off.0: "),
        ("calender: {}", "line 6: calender: Unknown field."),
        (
            "absences: [{person: U01ANN, from: 2026-09-14, to: 2026-09-01}]",
            "line 6: absences.0: The absence ends before it",
        ),
    ],
)
def test_optional_part_is_checked_if_given(write_file: WriteFile, more: str, said: str) -> None:
    assert refusal(write_file(more=more))[0].startswith(said)


def test_all_errors_are_reported_together(write_file: WriteFile) -> None:
    assert len(refusal(write_file(("Europe/Berlin", "Mars"), ("C01", "x"), ("C02", "y")))) == 3


def test_person_listed_twice_is_rejected(write_file: WriteFile) -> None:
    twice = "  - {id: U01ANN, name: Ann again}\nchannels:"
    assert refusal(write_file(("channels:", twice))) == [
        "line 5: people.1.id: U01ANN is listed twice. Remove one of the entries."
    ]


def test_organisation_needs_pmo_staff(write_file: WriteFile) -> None:
    assert refusal(write_file(("pmo_staff, ", ""))) == [
        "line 3: people: Nobody has the role pmo_staff, so nobody can triage requests. Give someone the role."
    ]


def test_named_files_are_found_and_checked(write_file: WriteFile, tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text("triage: never\n")
    path = write_file(more="files: {catalogue: own.yaml}\n")
    with pytest.raises(BadFile, match=r"own\.yaml, line 1: triage: "):
        read_organisation(path)


@pytest.mark.parametrize("text", ["", "- a list", "name: [", "\0", "name: Sm\xe4ll"])
def test_any_invalid_content_gives_a_readable_error(tmp_path: Path, text: str) -> None:
    path = tmp_path / "organisation.yaml"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(BadFile, match=r"organisation\.yaml"):
        read_organisation(path)


def test_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="There's no such file"):
        read_organisation(tmp_path / "nowhere.yaml")


@pytest.mark.parametrize(
    ("setting", "expected"),
    [
        ("", [Access.REQUESTS, Access.HANDBOOK, Access.NOTHING]),
        ("unlisted: everything\nguests: handbook and requests\noutsiders: handbook\n", [3, 2, 1]),
        ("unlisted: refuse\nguests: refuse\n", [0, 0, 0]),
    ],
)
def test_file_says_what_strangers_may_use(tmp_path: Path, setting: str, expected: list[int]) -> None:
    path = tmp_path / "organisation.yaml"
    path.write_text(f"{SMALL}{setting}")
    people, kinds = read_organisation(path).people, (PersonKind.UNLISTED, PersonKind.GUEST, PersonKind.OUTSIDER)
    assert [people.judge("U99", kind).access for kind in kinds] == expected


@pytest.mark.parametrize("setting", ["guests: everything", "outsiders: handbook and requests"])
def test_strangers_cannot_be_given_too_much(tmp_path: Path, setting: str) -> None:
    path = tmp_path / "organisation.yaml"
    path.write_text(f"{SMALL}{setting}\n")
    with pytest.raises(BadFile, match="Use “refuse” or “handbook”"):
        read_organisation(path)


def test_retention_is_as_before_unless_the_file_says_otherwise(write_file: WriteFile) -> None:
    assert read_organisation(write_file()).retention == Retention()
    more = "retention: {events: 14, failed_events: 60, posts: never, questions: 365}\n"
    days = read_organisation(write_file(more=more)).retention.list_days()
    assert list(days.values()) == [14, 60, None, 365]


@pytest.mark.parametrize("given", ["1", "-5", "40000", "ten", "2.5", "true", "30 days"])
def test_bad_retention_is_refused_by_field(write_file: WriteFile, given: str) -> None:
    expected = "line 6: retention.events: Expected a number of days from 2 to 36,500, or “never”."
    assert refusal(write_file(more=f"retention: {{events: {given}}}\n")) == [expected]


GROUPS = "groups:\n  - {id: S01PMO, roles: [member, pmo_staff]}\n  - {id: S02LEADS, roles: [leader]}\n"


def test_members_of_groups_have_their_roles_and_the_file_decides_for_those_it_lists(write_file: WriteFile) -> None:
    organisation = read_organisation(write_file(more=GROUPS))
    assert len(list(organisation.people)) == 1
    members = {"S01PMO": {"U01ANN": "Somebody", "U03CAT": "Cat", "U02BOB": "Bob"}, "S02LEADS": {"U02BOB": "Bob"}}
    people = organisation.add_group_members({**members, "S99GONE": {"U09": "Nobody"}}).people
    assert [person.name for person in people] == ["Ann", "Bob", "Cat"]
    assert people.get("U02BOB").roles == {Role.MEMBER, Role.PMO_STAFF, Role.LEADER}
    assert people.get("U01ANN").roles == {Role.PMO_STAFF, Role.PMO_LEAD}
    assert "U09" not in people


def test_group_may_be_the_only_one_on_the_pmo_staff(write_file: WriteFile) -> None:
    path = write_file(("pmo_staff, pmo_lead", "member"), more=GROUPS)
    assert [group.id for group in read_organisation(path).groups] == ["S01PMO", "S02LEADS"]


@pytest.mark.parametrize(
    ("groups", "said"),
    [
        ("groups: [{id: C01PMO}]", "line 6: groups.0.id: The ID of a Slack user group looks like S01PMO."),
        ("groups: [{id: S01PMO, roles: [boss]}]", "line 6: groups.0.roles.0: "),
        ("groups: [{id: S01PMO, roles: []}]", "line 6: groups.0.roles: "),
        ("groups: [{id: S01PMO}, {id: S01PMO}]", "line 6: groups.1.id: S01PMO is listed twice."),
        ("groups: [{group: S01PMO}]", "line 6: groups.0"),
    ],
)
def test_problem_with_a_group_names_the_field(write_file: WriteFile, groups: str, said: str) -> None:
    assert refusal(write_file(more=groups))[0].startswith(said)
