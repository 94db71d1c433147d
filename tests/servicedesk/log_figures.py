"""The figures computed from nothing but the logs: slow, and what the stored facts have to agree with."""

from statistics import median_low

from servicedesk.figures import AGES, Figures, Share, Spread
from servicedesk.history import replay_log
from servicedesk.lead_times import Holder, compute_lead_time, find_triage_time
from servicedesk.records import UNDELIVERED_STATES, RequestState, RequestVerb


def compute_figures_from_logs(logs, start, end, calendar, catalogue) -> Figures:
    """The figures of [start, end) from complete logs, one per request. Drafts don't count."""
    past = [cut for log in logs if (cut := [entry for entry in log if entry.at < end])]
    cases = [(replay_log(log, calendar), log) for log in past]
    new = [request for request, _ in cases if request.submitted_at and start <= request.submitted_at]
    triaged = [request for request, log in cases if (at := find_triage_time(log)) and start <= at and request.triage]
    done = [(request, log) for request, log in cases if _was_delivered_since(request, start)]
    leads = [compute_lead_time(log, end, calendar) for _, log in done]
    delivered_ever = [log for _, log in cases if any(_is_delivery(entry, start) for entry in log)]
    open_now = [request for request, _ in cases if request.state in UNDELIVERED_STATES]
    return Figures(
        start=start,
        end=end,
        submitted=len(new),
        triaged=len(triaged),
        delivered=len(done),
        to_triage=_compute_spread(request.triage.used_before for request in triaged if request.triage),
        to_deliver=_compute_spread(request.delivery.used_before for request, _ in done if request.delivery),
        lead=_compute_spread(lead.total for lead in leads),
        held={holder: sum(lead.held[holder] for lead in leads) for holder in Holder},
        triage_met=_count_met([request.triage.is_met(calendar) for request in triaged if request.triage]),
        delivery_met=_count_met([request.delivery.is_met(calendar) for request, _ in done if request.delivery]),
        reopened=Share(sum(_was_reopened_after(log, start) for log in delivered_ever), len(delivered_ever)),
        open_now=len(open_now),
        ages=_count_ages(open_now, end, calendar),
        hours_asked=sum(_estimate_hours(request, catalogue) for request in new if _is_counted(request)),
    )


def _was_delivered_since(request, start):
    at = request.delivered_at
    return request.state in (RequestState.DELIVERED, RequestState.CLOSED) and at is not None and start <= at


def _is_delivery(entry, start):
    return entry.verb is RequestVerb.DELIVER and start <= entry.at


def _was_reopened_after(log, start):
    first = next(number for number, entry in enumerate(log) if _is_delivery(entry, start))
    return any(entry.verb is RequestVerb.REOPEN for entry in log[first:])


def _is_counted(request):
    return request.state not in (RequestState.DECLINED, RequestState.DUPLICATE, RequestState.WITHDRAWN)


def _estimate_hours(request, catalogue):
    service = catalogue.find_service(request.service)
    return service.effort_hours if service else 0


def _count_met(results):
    known = [result for result in results if result is not None]
    return Share(sum(known), len(known))


def _compute_spread(durations):
    ordered = sorted(durations)
    if not ordered:
        return Spread(0, None, None)
    return Spread(len(ordered), median_low(ordered), ordered[-(-len(ordered) * 85 // 100) - 1])


def _count_ages(requests, end, calendar):
    counts = [0] * (len(AGES) + 1)
    for request in requests:
        age = calendar.count_working_seconds(request.submitted_at or request.created_at, end)
        group = sum(age > days * calendar.day_seconds for days in AGES)
        counts[group] += 1
    return tuple(counts)
