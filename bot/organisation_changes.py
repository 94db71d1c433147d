"""What is different between two readings of the organisation file, in a sentence."""

from collections.abc import Hashable, Iterator, Mapping
from typing import TypeVar

from bot.organisation import Organisation

K = TypeVar("K", bound=Hashable)
NOTHING = "nothing has changed"


def describe_changes(before: Organisation, after: Organisation) -> list[str]:
    """Such as [“2 people added”, “calendar changed”]; empty if both say the same."""
    return [*_describe_collections(before, after), *_describe_single_things(before, after)]


def _describe_collections(before: Organisation, after: Organisation) -> Iterator[str]:
    yield from _compare(("person", "people"), _list_people(before), _list_people(after))
    yield from _compare(
        ("user group", "user groups"), {one.id: one for one in before.groups}, {one.id: one for one in after.groups}
    )
    yield from _compare(("channel", "channels"), _list_channels(before), _list_channels(after))
    yield from _compare(("service", "services"), _list_services(before), _list_services(after))
    yield from _compare(
        ("digest", "digests"), {one.key: one for one in before.digests}, {one.key: one for one in after.digests}
    )
    yield from _compare(
        ("absence", "absences"), {one: one for one in before.absences}, {one: one for one in after.absences}
    )


def _describe_single_things(before: Organisation, after: Organisation) -> Iterator[str]:
    old, new = before.desk.catalogue, after.desk.catalogue
    pairs: Mapping[str, tuple[object, object]] = {
        "name": (before.name, after.name),
        "time zone": (before.time_zone, after.time_zone),
        "calendar": (before.desk.calendar, after.desk.calendar),
        "targets and rules of the services": (
            (old.triage, old.acceptance, old.percents, old.common),
            (new.triage, new.acceptance, new.percents, new.common),
        ),
        "access of people who aren't listed": (before.people.rules, after.people.rules),
        "retention": (before.retention, after.retention),
        "names of files": (before.files, after.files),
    }
    yield from (f"{name} changed" for name, (was, now) in pairs.items() if was != now)


def _list_people(organisation: Organisation) -> dict[str, object]:
    return {one.id: one for one in organisation.people if not one.is_by_group}


def _list_channels(organisation: Organisation) -> dict[str, str]:
    names = ("triage", "progress", "stories", "leadership")
    return {name: getattr(organisation.channels, name) for name in names}


def _list_services(organisation: Organisation) -> dict[str, object]:
    return {one.key: one for one in organisation.desk.catalogue.services}


def _compare(nouns: tuple[str, str], before: Mapping[K, object], after: Mapping[K, object]) -> Iterator[str]:
    """How many were added, removed and changed."""
    numbers = {
        "added": len(after.keys() - before.keys()),
        "removed": len(before.keys() - after.keys()),
        "changed": sum(before[key] != after[key] for key in before.keys() & after.keys()),
    }
    for verb, number in numbers.items():
        if number:
            yield f"{number} {nouns[number != 1]} {verb}"
