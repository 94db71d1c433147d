"""Who is who, and what time it is."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from foundation.access import Access, AccessRules, PersonKind
from foundation.errors import InvalidInput, UserError
from foundation.people import People, Person, Role, find_erased_name, make_erased_id
from foundation.time import find_zone, to_utc

WEI = Person("U03WEI", "Wei Chen", frozenset({Role.PMO_STAFF}))
DANA = Person("U04DANA", "Dana Lindqvist", frozenset({Role.LEADER}))


def test_unlisted_person_has_no_role_and_is_named_by_id() -> None:
    person = People([WEI]).get("U99")
    assert (person.name, person.roles, person.access) == ("U99", frozenset(), Access.REQUESTS)


def test_organisation_may_treat_unlisted_people_as_members() -> None:
    person = People([WEI], AccessRules(unlisted=Access.EVERYTHING)).get("U99")
    assert (person.roles, person.access) == (frozenset({Role.MEMBER}), Access.EVERYTHING)


@pytest.mark.parametrize(
    ("kind", "access"),
    [
        (PersonKind.UNLISTED, Access.REQUESTS),
        (PersonKind.GUEST, Access.HANDBOOK),
        (PersonKind.UNKNOWN, Access.HANDBOOK),
        (PersonKind.OUTSIDER, Access.NOTHING),
        (PersonKind.DEACTIVATED, Access.NOTHING),
        (PersonKind.BOT, Access.NOTHING),
    ],
)
def test_standing_decides_what_strangers_may_use(kind: PersonKind, access: Access) -> None:
    assert People([WEI]).judge("U99", kind).access is access


@pytest.mark.parametrize("kind", [PersonKind.GUEST, PersonKind.OUTSIDER, PersonKind.UNKNOWN])
def test_listed_person_keeps_their_roles(kind: PersonKind) -> None:
    assert People([WEI]).judge(WEI.id, kind) == WEI


@pytest.mark.parametrize("kind", [PersonKind.DEACTIVATED, PersonKind.BOT])
def test_listed_person_who_is_gone_has_no_role(kind: PersonKind) -> None:
    person = People([WEI]).judge(WEI.id, kind)
    assert (person.name, person.roles, person.access) == ("Wei Chen", frozenset(), Access.NOTHING)


@pytest.mark.parametrize("kind", [PersonKind.DEACTIVATED, PersonKind.BOT])
def test_who_is_gone_is_not_found_by_role(kind: PersonKind) -> None:
    other = Person("U05EMEKA", "Emeka Adeyemi", frozenset({Role.PMO_STAFF}))
    people = People([WEI, other], recall={WEI.id: kind, other.id: PersonKind.LISTED}.__getitem__)
    assert people.find_by_role(Role.PMO_STAFF) == (other,)


def test_somebody_unknown_may_do_no_more_than_a_guest() -> None:
    strict = People(rules=AccessRules(unlisted=Access.EVERYTHING, guests=Access.NOTHING))
    assert strict.judge("U99", PersonKind.UNKNOWN).access is Access.NOTHING


def test_people_are_found_by_role() -> None:
    people = People([WEI, DANA])
    assert people.find_by_role(Role.PMO_STAFF, Role.PMO_LEAD) == (WEI,)
    assert WEI.is_pmo
    assert DANA.has_role(Role.LEADER, Role.PMO_LEAD)
    assert not DANA.is_pmo
    assert "U03WEI" in people
    assert "U99" not in people


def test_moments_become_utc() -> None:
    cairo = timezone(timedelta(hours=2))
    assert to_utc(datetime(2026, 9, 14, 11, tzinfo=cairo)) == datetime(2026, 9, 14, 9, tzinfo=UTC)
    with pytest.raises(ValueError, match="without a time zone"):
        to_utc(datetime(2026, 9, 14, 11))  # noqa: DTZ001 (it is what the test is about)


@pytest.mark.parametrize("name", ["Mars/Olympus", "", "../etc/passwd", "Europe/", "\0"])
def test_unknown_zone_is_refused(name: str) -> None:
    with pytest.raises(UserError, match="isn't a time zone"):
        find_zone(name)


def test_invalid_fields_read_as_one_message() -> None:
    refused = InvalidInput({"title": "This is needed.", "date": "This day is past."})
    assert refused.message == "This is needed. This day is past."


@pytest.mark.parametrize(
    ("kind", "roles_by_group", "roles_by_file"),
    [
        (PersonKind.UNLISTED, True, True),
        (PersonKind.UNKNOWN, True, True),  # Slack couldn't be asked
        (PersonKind.GUEST, False, True),
        (PersonKind.OUTSIDER, False, True),
        (PersonKind.DEACTIVATED, False, False),
        (PersonKind.BOT, False, False),
    ],
)
def test_group_gives_no_role_to_strangers(kind: PersonKind, roles_by_group: bool, roles_by_file: bool) -> None:
    staff = frozenset({Role.PMO_STAFF})
    people = People([Person("U1", "Ann", staff), Person("U2", "Bob", staff, is_by_group=True)], recall=lambda _: kind)
    assert [people.get(user).has_role(Role.PMO_STAFF) for user in ("U1", "U2")] == [roles_by_file, roles_by_group]
    assert len(people.find_by_role(Role.PMO_STAFF)) == roles_by_file + roles_by_group


def test_who_is_erased_has_a_name_and_may_use_nothing() -> None:
    erased = People([], AccessRules(unlisted=Access.EVERYTHING)).get(make_erased_id(3))
    assert (erased.id, erased.name) == ("UERASED3", "Former colleague 3")
    assert (erased.access, erased.roles) == (Access.NOTHING, frozenset())
    assert find_erased_name("U01ADA") is None
