"""The people and the strategy that the tests of this pillar use."""

from collections.abc import Callable
from pathlib import Path

import pytest

from foundation.people import People, Person, Role
from strategy.files import SAMPLE, read_strategy
from strategy.records import Strategy

ADA = Person("U01ADA", "Ada Okafor")
BEN = Person("U02BEN", "Ben Castellanos", frozenset({Role.PROJECT_MANAGER}))
WEI = Person("U03WEI", "Wei Chen", frozenset({Role.PMO_STAFF}))
DANA = Person("U04DANA", "Dana Lindqvist", frozenset({Role.LEADER}))
EMEKA = Person("U05EMEKA", "Emeka Adeyemi", frozenset({Role.PMO_STAFF, Role.PMO_LEAD}))
FARAH = Person("U06FARAH", "Farah Haddad", frozenset({Role.PROJECT_MANAGER}))


@pytest.fixture
def people() -> People:
    return People([ADA, BEN, WEI, DANA, EMEKA, FARAH])


@pytest.fixture(scope="session")
def sample() -> Strategy:
    return read_strategy(SAMPLE)


@pytest.fixture
def change_sample(tmp_path: Path) -> Callable[[str, str], Path]:
    """The sample's file with one piece of text replaced by another."""

    def change(old: str, new: str) -> Path:
        text = SAMPLE.read_text(encoding="utf-8")
        assert old in text
        path = tmp_path / "strategy.yaml"
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        return path

    return change
