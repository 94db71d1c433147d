"""After the delivery: reminders, automatic closing and reopening."""

from dataclasses import replace

import pytest

from foundation.errors import Conflict, InvalidInput
from servicedesk.clock import Target
from servicedesk.records import RequestState, RequestVerb
from servicedesk.requests import apply_verb
from servicedesk.transitions import SYSTEM
from tests.servicedesk.cast import BEN, DELIVERY, DESK, MONDAY, WEI, at, make_request


def _send_reminders(*moments):
    request = make_request(RequestState.DELIVERED)
    for moment in moments:
        request = apply_verb(request, RequestVerb.REMIND, SYSTEM, moment, DESK).request
    return request


def test_requester_is_reminded_after_two_and_four_days():
    with pytest.raises(Conflict, match="No reminder about PMO-12 is due"):
        _send_reminders(at(12, 16, 59))
    request = _send_reminders(at(13), at(15))
    assert (request.reminders, request.reminded_at) == (2, at(15))
    with pytest.raises(Conflict):
        _send_reminders(at(13), at(14, 16))


def test_no_third_reminder_is_sent():
    with pytest.raises(Conflict):
        _send_reminders(at(13), at(15), at(29))


def test_delivery_closes_after_five_days_and_both_reminders():
    request = _send_reminders(at(13), at(15))
    with pytest.raises(Conflict, match="It's too early to close PMO-12 automatically"):
        apply_verb(request, RequestVerb.AUTO_CLOSE, SYSTEM, at(15, 16, 59), DESK)
    closed = apply_verb(request, RequestVerb.AUTO_CLOSE, SYSTEM, at(18), DESK)
    assert closed.request.state is RequestState.CLOSED
    assert closed.entry.actor == "system"


def test_organisation_can_set_a_longer_wait():
    acceptance = DESK.catalogue.acceptance.model_copy(update={"close_after": Target(8, "days")})
    patient = replace(DESK, catalogue=DESK.catalogue.model_copy(update={"acceptance": acceptance}))
    request = _send_reminders(at(13), at(15))
    with pytest.raises(Conflict):
        apply_verb(request, RequestVerb.AUTO_CLOSE, SYSTEM, at(18), patient)
    assert apply_verb(request, RequestVerb.AUTO_CLOSE, SYSTEM, at(21), patient)


def test_delivery_stays_open_until_reminders_are_sent():
    with pytest.raises(Conflict):
        apply_verb(_send_reminders(at(13)), RequestVerb.AUTO_CLOSE, SYSTEM, at(29), DESK)


def test_late_reminder_leaves_a_business_day():
    request = _send_reminders(at(13), at(20, 12))
    with pytest.raises(Conflict):
        apply_verb(request, RequestVerb.AUTO_CLOSE, SYSTEM, at(21, 11), DESK)
    assert apply_verb(request, RequestVerb.AUTO_CLOSE, SYSTEM, at(21, 12), DESK).request.state is RequestState.CLOSED


def test_reopened_request_keeps_its_used_time():
    request = apply_verb(
        make_request(RequestState.IN_PROGRESS), RequestVerb.DELIVER, WEI, at(13, 13), DESK, **DELIVERY
    ).request
    used = request.delivery.used_before
    assert used == (8 + 8 + 4) * 3600
    again = apply_verb(request, RequestVerb.REOPEN, BEN, at(20), DESK, reason="A page is missing").request
    assert (again.state, again.assignee, again.reopened) == (RequestState.IN_PROGRESS, WEI.id, 1)
    assert again.delivery.count_used(at(20, 10), DESK.calendar) == used + 3600
    assert again.checklist == ()


def test_reopening_needs_a_reason():
    with pytest.raises(InvalidInput) as error:
        apply_verb(make_request(RequestState.CLOSED), RequestVerb.REOPEN, BEN, MONDAY, DESK)
    assert error.value.fields == {"reason": "Enter a reason. The requester will see it."}


def test_closed_request_reopens_within_ten_days():
    closed = apply_verb(make_request(RequestState.DELIVERED), RequestVerb.ACCEPT_DELIVERY, BEN, at(14), DESK).request
    assert apply_verb(closed, RequestVerb.REOPEN, BEN, at(27, 17), DESK, reason="A page is missing")
    with pytest.raises(Conflict) as error:
        apply_verb(closed, RequestVerb.REOPEN, BEN, at(28, 10), DESK, reason="A page is missing")
    assert error.value.message == (
        "PMO-12 ended more than 10 business days ago. Create a new request and link to this one."
    )


def test_second_delivery_restarts_reminders():
    request = _send_reminders(at(13), at(15))
    request = apply_verb(request, RequestVerb.REOPEN, BEN, at(15), DESK, reason="A page is missing").request
    request = apply_verb(request, RequestVerb.DELIVER, WEI, at(18), DESK, **DELIVERY).request
    assert (request.reminders, request.reminded_at, request.delivered_at) == (0, None, at(18))
