"""The ranking of requests."""

from dataclasses import replace
from datetime import date
from fractions import Fraction

from servicedesk.catalogue import Priority
from servicedesk.priority import PriorityClass, compute_wsjf, rank_requests
from servicedesk.records import Scores
from tests.servicedesk.cast import DESK, make_submitted


def _request(number, service="health-check", scores=None, priority=Priority.NORMAL, **values):
    return replace(make_submitted(), number=number, service=service, scores=scores, priority=priority, values=values)


def test_smaller_job_of_equal_value_ranks_higher():
    assert compute_wsjf(Scores(impact=5, urgency=3, risk=2, size=2)) == 5
    assert compute_wsjf(Scores(impact=5, urgency=3, risk=2, size=8)) == Fraction(5, 4)


def test_ranking_is_legal_deadline_then_wsjf_then_unscored():
    requests = [
        _request(1),
        _request(2, need_by="2026-06-01"),
        _request(3, scores=Scores(1, 1, 1, 8)),
        _request(4, scores=Scores(5, 5, 5, 1)),
        _request(5, "regulatory-compliance", deadline="2026-09-30"),
        _request(6, "regulatory-compliance", deadline="2026-06-30"),
        _request(7, priority=Priority.EXPEDITE),
        _request(8, scores=Scores(5, 5, 5, 1), priority=Priority.LOW),
        _request(9, "regulatory-compliance"),
    ]
    order = rank_requests(requests, DESK.catalogue)
    assert [entry.request.number for entry in order] == [6, 5, 7, 4, 3, 2, 1, 9, 8]
    assert (order[0].priority_class, order[0].mandatory) == (PriorityClass.EXPEDITE, date(2026, 6, 30))
    assert order[-1].priority_class is PriorityClass.LOW
