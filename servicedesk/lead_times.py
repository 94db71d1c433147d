"""How long requests took, and who held them. Durations are business seconds, unless a name says wall."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from servicedesk.calendar import Calendar
from servicedesk.records import TRIAGE_STATES, UNDELIVERED_STATES, RequestLogEntry, RequestState, RequestVerb

Log = Sequence[RequestLogEntry]


class Holder(StrEnum):
    """Who a request is waiting for."""

    PMO = "the PMO"
    REQUESTER = "the requester"
    APPROVER = "the approver"
    HOLD = "nobody (on hold)"


HOLDERS: Mapping[RequestState, Holder] = {
    RequestState.SUBMITTED: Holder.PMO,
    RequestState.NEEDS_INFO: Holder.REQUESTER,
    RequestState.PENDING_APPROVAL: Holder.APPROVER,
    RequestState.CHANGES_REQUESTED: Holder.REQUESTER,
    RequestState.QUEUED: Holder.PMO,
    RequestState.IN_PROGRESS: Holder.PMO,
    RequestState.WAITING_REQUESTER: Holder.REQUESTER,
    RequestState.ON_HOLD: Holder.HOLD,
    RequestState.DELIVERED: Holder.REQUESTER,
    # After an end only the time until a reopening or an override counts.
    RequestState.CLOSED: Holder.REQUESTER,
    RequestState.WITHDRAWN: Holder.REQUESTER,
    RequestState.DECLINED: Holder.PMO,
    RequestState.DUPLICATE: Holder.PMO,
}


@dataclass(frozen=True, slots=True)
class LeadTime:
    """From submission to delivery, or to the end if nothing was delivered. `held` adds up to `total`."""

    total: int
    wall: int
    held: Mapping[Holder, int]


def compute_lead_time(log: Log, now: datetime, calendar: Calendar) -> LeadTime:
    """How long a request took, or has taken by `now`, and who held it."""
    held: Counter[Holder] = Counter(dict.fromkeys(Holder, 0))
    wall = 0
    end = _find_lead_end(log, now)
    for entry, following in zip(log, [*log[1:], None], strict=True):
        until = min(following.at, end) if following else end
        if holder := HOLDERS.get(entry.after):
            held[holder] += calendar.count_working_seconds(entry.at, until)
            wall += max(0, int((until - entry.at).total_seconds()))
    return LeadTime(held.total(), wall, dict(held))


def find_triage_time(log: Log) -> datetime | None:
    """When the PMO first decided on the request. A withdrawal isn't a decision of the PMO."""
    for entry in log:
        if (
            entry.before in TRIAGE_STATES
            and entry.after not in TRIAGE_STATES
            and entry.verb is not RequestVerb.WITHDRAW
        ):
            return entry.at
    return None


def _find_lead_end(log: Log, now: datetime) -> datetime:
    """The delivery unless it was reopened, otherwise the end, otherwise now."""
    moves = [entry for entry in log if entry.before is not entry.after]
    last = moves[-1]
    if last.after in UNDELIVERED_STATES or last.after is RequestState.DRAFT:
        return now
    return moves[-2].at if (last.before, last.after) == (RequestState.DELIVERED, RequestState.CLOSED) else last.at
