"""How long requests took and who held them: worked out by hand, then by the code."""

from servicedesk.lead_times import Holder, compute_lead_time, find_triage_time
from servicedesk.records import RequestState, RequestVerb
from servicedesk.transitions import SYSTEM
from tests.servicedesk.cast import ASKED_BACK, BEN, DELIVERY, EMEKA, LONDON, WEI, at, write_log

HOUR = 3600
DAY = 8 * HOUR


def test_lead_time_is_split_by_holder():
    lead = compute_lead_time(write_log(*ASKED_BACK), at(29), LONDON)
    assert lead.held == {
        Holder.PMO: 2 * HOUR + 2 * HOUR + 4 * HOUR + 4 * HOUR + 4 * HOUR + DAY,
        Holder.REQUESTER: DAY + 2 * DAY,
        Holder.APPROVER: 0,
        Holder.HOLD: DAY,
    }
    assert lead.total == LONDON.count_working_seconds(at(11, 9), at(19, 17)) == sum(lead.held.values())
    assert lead.wall == (at(19, 17) - at(11, 9)).total_seconds()


def test_lead_time_of_open_work_runs_until_now():
    assert compute_lead_time(write_log(*ASKED_BACK[:5]), at(14, 9), LONDON).total == 3 * DAY


def test_reopening_extends_lead_time_to_second_delivery():
    log = write_log(
        *ASKED_BACK[:11],
        (RequestVerb.REOPEN, BEN, at(22, 9), {"reason": "A page is missing"}),
        (RequestVerb.DELIVER, WEI, at(22, 11), DELIVERY),
    )
    lead = compute_lead_time(log, at(29), LONDON)
    assert lead.total == LONDON.count_working_seconds(at(11, 9), at(22, 11))
    assert lead.held[Holder.REQUESTER] == 3 * DAY + 2 * DAY


def test_override_ends_request_without_delivery():
    log = write_log(
        (RequestVerb.SUBMIT, BEN, at(14, 9), {}),
        (RequestVerb.OVERRIDE, EMEKA, at(14, 11), {"to": RequestState.CLOSED, "reason": "Settled in the board"}),
    )
    assert compute_lead_time(log, at(29), LONDON).total == 2 * HOUR


def test_reminders_do_not_change_lead_time():
    log = write_log(*ASKED_BACK[:10], (RequestVerb.REMIND, SYSTEM, at(21, 17), {}))
    assert compute_lead_time(log, at(29), LONDON).total == LONDON.count_working_seconds(at(11, 9), at(19, 17))


def test_withdrawal_is_not_a_triage():
    log = write_log((RequestVerb.SUBMIT, BEN, at(14, 9), {}), (RequestVerb.WITHDRAW, BEN, at(14, 10), {}))
    assert find_triage_time(log) is None
