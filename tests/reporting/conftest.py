"""The people, the strategy and the digests that the tests of reporting use."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from foundation.people import People, Person, Role
from reporting import definitions
from reporting.definitions import DigestDefinition, filter_for_readers, read_digests
from strategy import files
from strategy.records import ProgressUpdate, Rag, Strategy, Subject, SubjectKind

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)

PEOPLE = People(
    [
        Person("U01ADA", "Ada Okafor"),
        Person("U02BEN", "Ben Castellanos", frozenset({Role.PROJECT_MANAGER})),
        Person("U03WEI", "Wei Chen", frozenset({Role.PMO_STAFF})),
        Person("U04DANA", "Dana Lindqvist", frozenset({Role.LEADER})),
        Person("U05EMEKA", "Emeka Adeyemi", frozenset({Role.PMO_STAFF, Role.PMO_LEAD})),
        Person("U06FARAH", "Farah Haddad", frozenset({Role.PROJECT_MANAGER})),
    ]
)


@pytest.fixture(scope="session")
def people() -> People:
    return PEOPLE


@pytest.fixture(scope="session")
def now() -> datetime:
    return NOW


@pytest.fixture(scope="session")
def sample() -> Strategy:
    return files.read_strategy(files.SAMPLE)


@pytest.fixture(scope="session")
def digests() -> dict[str, DigestDefinition]:
    return {one.key: one for one in read_digests(definitions.SAMPLE)}


@pytest.fixture(scope="session")
def weekly(digests: dict[str, DigestDefinition]) -> DigestDefinition:
    return digests["weekly-progress"]


@pytest.fixture(scope="session")
def monthly(digests: dict[str, DigestDefinition]) -> DigestDefinition:
    return digests["monthly-leadership"]


@pytest.fixture(scope="session")
def open_strategy(sample: Strategy, weekly: DigestDefinition) -> Strategy:
    """What everybody may see."""
    return filter_for_readers(weekly, sample, PEOPLE)


@pytest.fixture(scope="session")
def updates(sample: Strategy) -> tuple[ProgressUpdate, ...]:
    """Everybody has reported green on time."""
    slot = datetime(2026, 11, 19, 16, tzinfo=UTC)
    subjects = [Subject(SubjectKind.OBJECTIVE, one.key) for one in sample.objectives]
    subjects += [Subject(SubjectKind.PROJECT, one.key) for one in sample.projects]
    return tuple(
        ProgressUpdate(subject, slot, sample.subject(subject).owner, slot, Rag.GREEN, "All is well.")
        for subject in subjects
    )


@pytest.fixture(scope="session")
def calm(sample: Strategy) -> Strategy:
    """The sample in a week in which everything is on its way: two objectives, two projects, all green."""
    objectives = tuple(o for o in sample.objectives if o.key in ("less-leakage", "trusted-service"))
    metrics = tuple(m for m in sample.metrics if m.key in ("leakage-rate", "first-contact"))
    projects = tuple(p for p in sample.projects if p.key in ("pressure-management", "contact-centre"))
    return replace(
        sample,
        objectives=tuple(replace(o, visibility="org", weight=o.weight / 2) for o in objectives),
        metrics=metrics,
        projects=projects,
        milestones=tuple(m for m in sample.milestones if m.project in {p.key for p in projects}),
        contributions=(),
        service_links=(),
    )
