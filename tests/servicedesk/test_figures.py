"""The PMO's own figures: worked out by hand, then by the code."""

from datetime import date
from fractions import Fraction

from servicedesk.figures import Holder, Share, Spread, compute_figures, compute_lead_time
from servicedesk.records import RequestState, RequestVerb
from servicedesk.requests import apply_verb, draft_request
from servicedesk.transitions import SYSTEM
from tests.servicedesk.cast import BEN, DELIVERY, DESK, EMEKA, LONDON, WEI, at, health_check

HOUR = 3600
DAY = 8 * HOUR
MAY = (at(1, 1), at(1, 1, month=6))


def _log(*acts, number=12, started=None):
    """The log of a request that was started at the time of its first action."""
    change = draft_request(number, f"form-{number}", "health-check", BEN, health_check(), started or acts[0][2], DESK)
    entries = [change.entry]
    for verb, actor, moment, given in acts:
        change = apply_verb(change.request, verb, actor, moment, DESK, **given)
        entries.append(change.entry)
    return entries


ASKED_BACK = (
    (RequestVerb.SUBMIT, BEN, at(11, 9), {}),
    (RequestVerb.ASK, WEI, at(11, 11), {"comment": "Which phase?"}),
    (RequestVerb.ANSWER, BEN, at(12, 11), {"comment": "The second."}),
    (RequestVerb.ACCEPT, WEI, at(12, 13), {}),
    (RequestVerb.CLAIM, WEI, at(13, 9), {}),
    (RequestVerb.QUESTION, WEI, at(13, 13), {"comment": "Where is the register?"}),
    (RequestVerb.REPLY, BEN, at(15, 13), {"comment": "Here."}),
    (RequestVerb.HOLD, WEI, at(18, 9), {"reason": "Audit first", "review_on": date(2026, 5, 19)}),
    (RequestVerb.RESUME, WEI, at(19, 9), {}),
    (RequestVerb.DELIVER, WEI, at(19, 17), DELIVERY),
    (RequestVerb.ACCEPT_DELIVERY, BEN, at(21, 9), {}),
    (RequestVerb.COMMENT, BEN, at(25, 9), {"comment": "Thanks!"}),
)


def test_lead_time_is_split_by_holder():
    lead = compute_lead_time(_log(*ASKED_BACK), at(29), LONDON)
    assert lead.held == {
        Holder.PMO: 2 * HOUR + 2 * HOUR + 4 * HOUR + 4 * HOUR + 4 * HOUR + DAY,
        Holder.REQUESTER: DAY + 2 * DAY,
        Holder.APPROVER: 0,
        Holder.HOLD: DAY,
    }
    assert lead.total == LONDON.count_working_seconds(at(11, 9), at(19, 17)) == sum(lead.held.values())
    assert lead.wall == (at(19, 17) - at(11, 9)).total_seconds()


def test_lead_time_of_open_work_runs_until_now():
    assert compute_lead_time(_log(*ASKED_BACK[:5]), at(14, 9), LONDON).total == 3 * DAY


def test_reopening_extends_lead_time_to_second_delivery():
    log = _log(
        *ASKED_BACK[:11],
        (RequestVerb.REOPEN, BEN, at(22, 9), {"reason": "A page is missing"}),
        (RequestVerb.DELIVER, WEI, at(22, 11), DELIVERY),
    )
    lead = compute_lead_time(log, at(29), LONDON)
    assert lead.total == LONDON.count_working_seconds(at(11, 9), at(22, 11))
    assert lead.held[Holder.REQUESTER] == 3 * DAY + 2 * DAY


def _three_requests():
    return [
        _log(*ASKED_BACK),
        _log(
            (RequestVerb.SUBMIT, BEN, at(4, 9), {}),
            (RequestVerb.ACCEPT, WEI, at(6, 9), {}),  # two days: too late
            (RequestVerb.CLAIM, WEI, at(6, 9), {}),
            (RequestVerb.DELIVER, WEI, at(7, 9), DELIVERY),
            (RequestVerb.REOPEN, BEN, at(8, 9), {"reason": "A page is missing"}),
            (RequestVerb.DELIVER, WEI, at(8, 13), DELIVERY),
            number=13,
        ),
        _log((RequestVerb.SUBMIT, BEN, at(14, 9), {}), number=14),
        _log((RequestVerb.SUBMIT, BEN, at(14, 9), {}), (RequestVerb.WITHDRAW, BEN, at(14, 10), {}), number=15),
    ]


def test_figures_summarise_a_month():
    month = compute_figures(_three_requests(), *MAY, LONDON, DESK.catalogue)
    assert (month.submitted, month.triaged, month.delivered) == (4, 2, 2)
    assert month.to_triage == Spread(2, 4 * HOUR, 2 * DAY)
    assert month.to_deliver == Spread(2, DAY + 4 * HOUR, 4 * HOUR + 4 * HOUR + 4 * HOUR + DAY)
    assert month.triage_met == Share(1, 2)
    assert month.delivery_met == Share(2, 2)
    assert month.reopened == Share(1, 2)
    assert month.reopened.rate == Fraction(1, 2)
    assert month.held[Holder.HOLD] == DAY
    assert month.open_now == 1
    assert month.ages == (0, 0, 1, 0)
    assert month.hours_asked == 3 * 20


def test_past_figures_ignore_later_entries():
    early = compute_figures(_three_requests(), at(1, 1), at(8, 8), LONDON, DESK.catalogue)
    begun_by_then = [log for log in _three_requests() if log[0].at < at(8, 8)]
    cut = [[entry for entry in log if entry.at < at(8, 8)] for log in begun_by_then]
    assert early == compute_figures(cut, at(1, 1), at(8, 8), LONDON, DESK.catalogue)
    assert early.reopened == Share(0, 1)


def test_empty_period_has_no_rate_or_median():
    nothing = compute_figures([], *MAY, LONDON, DESK.catalogue)
    assert nothing.to_triage == Spread(0, None, None)
    assert nothing.delivery_met.rate is None


def test_withdrawal_does_not_count_as_triage():
    log = _log((RequestVerb.SUBMIT, BEN, at(14, 9), {}), (RequestVerb.WITHDRAW, BEN, at(14, 10), {}))
    assert compute_figures([log], *MAY, LONDON, DESK.catalogue).triaged == 0


def test_override_ends_request_without_delivery():
    log = _log(
        (RequestVerb.SUBMIT, BEN, at(14, 9), {}),
        (RequestVerb.OVERRIDE, EMEKA, at(14, 11), {"to": RequestState.CLOSED, "reason": "Settled in the board"}),
    )
    assert compute_lead_time(log, at(29), LONDON).total == 2 * HOUR
    assert compute_figures([log], *MAY, LONDON, DESK.catalogue).delivered == 0


def test_reminders_do_not_change_lead_time():
    log = _log(*ASKED_BACK[:10], (RequestVerb.REMIND, SYSTEM, at(21, 17), {}))
    assert compute_lead_time(log, at(29), LONDON).total == LONDON.count_working_seconds(at(11, 9), at(19, 17))
