"""When everybody in a channel may read an answer about the strategy."""

import pytest

from foundation.people import Person, Role
from foundation.record_kinds import RecordKind
from strategy.files import SAMPLE, read_strategy
from strategy.record_access import can_publish_strategy

STRATEGY = read_strategy(SAMPLE)
ADA = Person("U01ADA", "Ada Okafor")
DANA = Person("U04DANA", "Dana Lindqvist", frozenset({Role.MEMBER, Role.LEADER}))
EMEKA = Person("U05EMEKA", "Emeka Adeyemi", frozenset({Role.MEMBER, Role.PMO_STAFF, Role.PMO_LEAD}))
FARAH = Person("U06FARAH", "Farah Haddad", frozenset({Role.MEMBER, Role.PROJECT_MANAGER}))


@pytest.mark.parametrize(
    ("kind", "asker", "readers", "expected"),
    [
        (RecordKind.STATES, ADA, [ADA, DANA, EMEKA], True),  # the others see more, and nothing less
        (RecordKind.STATES, EMEKA, [ADA, DANA, EMEKA], False),  # Emeka sees what Ada may not know
        (RecordKind.STATES, EMEKA, [EMEKA], True),
        (RecordKind.STATUS, ADA, [ADA, FARAH], True),
        (RecordKind.STATUS, FARAH, [ADA, FARAH], False),  # Farah also sees the budgets of her projects
        (RecordKind.STATES, FARAH, [ADA, FARAH], True),
        (RecordKind.BUDGET, DANA, [DANA, ADA], False),
        (RecordKind.PMO_PEOPLE, EMEKA, [ADA, EMEKA], True),
        (RecordKind.MISSING_UPDATES, EMEKA, [EMEKA], False),
        (RecordKind.NEXT_UPDATE, FARAH, [FARAH], False),
    ],
)
def test_answer_is_public_only_if_everybody_may_know_it(
    kind: RecordKind, asker: Person, readers: list[Person], expected: bool
) -> None:
    assert can_publish_strategy(kind, asker, readers, STRATEGY) is expected


def test_without_a_strategy_nothing_can_be_given_away() -> None:
    assert can_publish_strategy(RecordKind.STATES, DANA, [ADA], None)
    assert not can_publish_strategy(RecordKind.MISSING_UPDATES, DANA, [ADA], None)
