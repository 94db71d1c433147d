"""What happened to a request after somebody looked at it."""

import pytest

from servicedesk.history import list_missed_changes
from servicedesk.records import RequestLogEntry, RequestState, RequestVerb
from tests.servicedesk.cast import MONDAY, WEI

V = RequestVerb
HAPPENED = (V.DRAFT, V.SUBMIT, V.COMMENT, V.ACCEPT, V.SCORE, V.WATCH, V.CLAIM)


def make_log() -> list[RequestLogEntry]:
    state = RequestState.SUBMITTED
    return [
        RequestLogEntry(1, version, MONDAY, WEI.id, verb, state, state)
        for version, verb in enumerate(HAPPENED, start=1)
    ]


@pytest.mark.parametrize(
    ("seen", "verb", "missed"),
    [
        (2, V.DECLINE, [V.ACCEPT, V.CLAIM]),
        (4, V.DECLINE, [V.CLAIM]),
        (7, V.DECLINE, []),
        (4, V.SCORE, [V.SCORE, V.CLAIM]),
        (2, V.COMMENT, []),
        (2, V.WATCH, []),
    ],
)
def test_steps_count_and_remarks_do_not(seen: int, verb: RequestVerb, missed: list[RequestVerb]) -> None:
    assert [entry.verb for entry in list_missed_changes(make_log(), seen, verb)] == missed
