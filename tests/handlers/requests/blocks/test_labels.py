"""What people read about a request: status, deadlines, durations and answers."""

from datetime import timedelta

import pytest

from handlers.requests.blocks.labels import format_duration, format_status, list_answers
from handlers.requests.blocks.request_view import RequestView
from servicedesk.fields import FieldKind
from servicedesk.records import RequestState
from servicedesk.transitions import Relation
from tests.servicedesk.cast import DESK, FARAH, LONDON, MONDAY, make_request, make_submitted

NORTHGATE = {(FieldKind.PROJECT, "northgate"): "Northgate <works>"}
HOUR = 3600


def show(state: RequestState, reader: Relation | None = None, days: int = 0) -> str:
    return format_status(RequestView(make_request(state), DESK, MONDAY + timedelta(days=days)), reader)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0 min"), (45 * 60, "45 min"), (8 * HOUR, "1 day"), (19 * HOUR, "2 days 3 h"), (5 * HOUR + 60, "5 h 1 min")],
)
def test_duration_has_units(seconds: int, text: str) -> None:
    assert format_duration(seconds, LONDON) == text


@pytest.mark.parametrize("state", [state for state in RequestState if state is not RequestState.DRAFT])
def test_every_state_has_a_status_line(state: RequestState) -> None:
    assert show(state).startswith(":")


def test_status_says_who_and_by_when() -> None:
    assert show(RequestState.IN_PROGRESS).startswith(
        ":hammer_and_wrench: *In progress, assigned to Wei Chen* · delivery due <!date^1779465600^"
    )
    assert "*In progress, assigned to you*" in show(RequestState.IN_PROGRESS, Relation.ASSIGNEE)


def test_status_warns_of_a_missed_deadline() -> None:
    assert " · :warning: delivery was due <!date^1779465600^" in show(RequestState.IN_PROGRESS, days=30)


def test_status_of_a_hold_names_its_review() -> None:
    assert show(RequestState.ON_HOLD).endswith("*On hold, assigned to Wei Chen* · review on 20 May 2026")


def test_delivery_asks_the_requester() -> None:
    assert "*Delivered. Is it what you need?*" in show(RequestState.DELIVERED, Relation.REQUESTER)
    assert "*Delivered by Wei Chen*" in show(RequestState.DELIVERED)


def test_answers_are_shown_as_labels_names_and_dates() -> None:
    request = make_submitted(
        need_by="2026-06-30", watchers=[FARAH.id, "U99NEW"], links="https://a.example/\nhttps://b.example/"
    )
    shown = {one.key: text for one, text in list_answers(RequestView(request, DESK, MONDAY, NORTHGATE))}
    assert shown["project"] == "Northgate &lt;works&gt;"
    assert shown["need_by"] == "30 June 2026"
    assert shown["watchers"] == "Farah Haddad, <@U99NEW>"
    assert shown["links"] == "https://a.example/\nhttps://b.example/"
    assert shown["trigger"] == "Someone is concerned"
    assert shown["sponsor_informed"] == "Yes"
