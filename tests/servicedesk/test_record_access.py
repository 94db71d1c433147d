"""When everybody in a channel may read an answer about requests."""

import pytest

from foundation.errors import NotAllowed
from foundation.people import Person, Role
from foundation.record_kinds import RecordKind
from servicedesk.record_access import can_publish_desk, check_can_ask_desk

ADA = Person("U01ADA", "Ada Okafor")
WEI = Person("U03WEI", "Wei Chen", frozenset({Role.MEMBER, Role.PMO_STAFF}))


@pytest.mark.parametrize("kind", [RecordKind.OPEN_REQUESTS, RecordKind.OVERDUE_REQUESTS, RecordKind.DESK_FIGURES])
def test_desks_own_lists_are_public_only_within_the_pmo(kind: RecordKind) -> None:
    assert can_publish_desk(kind, [WEI])
    assert not can_publish_desk(kind, [WEI, ADA])


@pytest.mark.parametrize("kind", [RecordKind.REQUEST, RecordKind.OWN_REQUESTS, RecordKind.WAITING])
def test_requests_of_one_person_are_never_public(kind: RecordKind) -> None:
    assert not can_publish_desk(kind, [WEI])


def test_only_the_pmo_asks_for_its_figures() -> None:
    check_can_ask_desk(RecordKind.DESK_FIGURES, WEI)
    check_can_ask_desk(RecordKind.OWN_REQUESTS, ADA)
    with pytest.raises(NotAllowed):
        check_can_ask_desk(RecordKind.DESK_FIGURES, ADA)
