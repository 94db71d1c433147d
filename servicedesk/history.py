"""From a log to a request: the only place where a log entry becomes a new state of the record.

`apply_entry` serves both new actions and the replay of a log, so that a request is always what its log says.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields as fields_of
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from foundation.people import Role
from servicedesk.calendar import Calendar
from servicedesk.catalogue import Priority
from servicedesk.clock import Clock, Target
from servicedesk.forms import FormValues
from servicedesk.records import (
    ENDED_STATES,
    OPEN_STATES,
    WAITING_STATES,
    ClockName,
    JsonData,
    Request,
    RequestLogEntry,
    RequestState,
    RequestVerb,
    Scores,
)
from servicedesk.transitions import CLOCK_RULES

_NO_STEPS = frozenset({RequestVerb.WATCH, RequestVerb.UNWATCH, RequestVerb.COMMENT, RequestVerb.REMIND})
"""What somebody may do to a request without making a decision about it outdated, and what is never outdated itself."""

TARGETS = "targets"  # the only key of an entry's data that isn't a field: new targets by clock


def read_values(values: Mapping[str, Any]) -> FormValues:
    """Form values from JSON, which stores tuples as lists."""
    return {key: tuple(value) if isinstance(value, list) else value for key, value in values.items()}


_DECODERS: dict[str, Callable[[Any], Any]] = {
    "values": read_values,
    "priority": Priority,
    "scores": lambda scores: Scores(**scores),
    "former_requesters": tuple,
    "watchers": tuple,
    "approver_roles": lambda roles: tuple(Role(role) for role in roles),
    "review_on": date.fromisoformat,
    "checklist": tuple,
    "created_at": datetime.fromisoformat,
}
_FIELDS = {field.name for field in fields_of(Request)}


def list_missed_changes(
    log: Iterable[RequestLogEntry], seen_version: int, verb: RequestVerb
) -> tuple[RequestLogEntry, ...]:
    """What happened after a version of the request, and should be known before the verb is applied; oldest first.

    Comments and watchers don't count. A score only counts for another score, since not everybody sees scores.
    """
    if verb in _NO_STEPS:
        return ()
    ignored = _NO_STEPS if verb is RequestVerb.SCORE else _NO_STEPS | {RequestVerb.SCORE}
    return tuple(entry for entry in log if entry.version > seen_version and entry.verb not in ignored)


def apply_entry(request: Request, entry: RequestLogEntry, calendar: Calendar) -> Request:
    """The request after the entry."""
    changed = _decode_fields(entry.data)
    moved = replace(request, **changed, state=entry.after, version=entry.version, updated_at=entry.at)
    return _update_clocks(_set_timestamps(_clear_waiting_fields(moved), entry), entry, calendar)


def replay_log(entries: Iterable[RequestLogEntry], calendar: Calendar) -> Request:
    """The request that a whole log adds up to. The first entry is its draft.

    Used time is counted from the entries' times, so replaying with an edited calendar recounts the clocks.
    """
    request: Request | None = None
    for entry in entries:
        request = start_request(entry) if request is None else apply_entry(request, entry, calendar)
    if request is None:
        raise ValueError("A log has at least one entry: the draft.")
    return request


def start_request(entry: RequestLogEntry) -> Request:
    """The draft that a log starts with."""
    known = _decode_fields(entry.data)
    return Request(**known, number=entry.number, requester=entry.actor, created_at=entry.at, updated_at=entry.at)


def recompute_clocks(request: Request, entries: Iterable[RequestLogEntry], calendar: Calendar) -> Request:
    """An open request with its clocks recounted by an edited calendar. An ended request keeps its reported times."""
    # Only the clocks are taken from the replay. Everything else stays as stored, even if today's rules would read an
    # old entry differently.
    if request.state not in OPEN_STATES:
        return request
    recounted = replay_log(entries, calendar)
    return replace(request, triage=recounted.triage, approval=recounted.approval, delivery=recounted.delivery)


def _decode_fields(data: JsonData) -> dict[str, Any]:
    known = {key: value for key, value in data.items() if key in _FIELDS}
    return {
        key: _DECODERS[key](value) if key in _DECODERS and value is not None else value for key, value in known.items()
    }


def _clear_waiting_fields(request: Request) -> Request:
    """Drop the question and the hold when the request stops waiting, whichever verb ends the wait."""
    if request.state not in WAITING_STATES:
        request = replace(request, question=None)
    if request.state is not RequestState.ON_HOLD:
        request = replace(request, hold_reason=None, review_on=None)
    return request


def _set_timestamps(request: Request, entry: RequestLogEntry) -> Request:
    """Set the times that later rules and figures read. Each is the time of the last such action."""
    if entry.verb is RequestVerb.REMIND:
        return replace(request, reminders=request.reminders + 1, reminded_at=entry.at)
    if entry.verb is RequestVerb.REOPEN:
        request = replace(request, reopened=request.reopened + 1)
    if entry.before is entry.after:
        return request
    at = entry.at
    if entry.after is RequestState.SUBMITTED:
        return replace(request, submitted_at=request.submitted_at or at)
    if entry.after is RequestState.QUEUED:
        return replace(request, accepted_at=at)
    if entry.after is RequestState.IN_PROGRESS:
        return replace(request, started_at=request.started_at or at, ended_at=None)
    if entry.after is RequestState.DELIVERED:
        return replace(request, delivered_at=at, reminders=0, reminded_at=None)
    return replace(request, ended_at=at) if entry.after in ENDED_STATES else request


def _read_targets(entry: RequestLogEntry) -> dict[ClockName, Target]:
    targets = entry.data.get(TARGETS)
    if not isinstance(targets, Mapping):
        return {}
    return {ClockName(name): Target.parse(str(text)) for name, text in targets.items()}


def _update_clocks(request: Request, entry: RequestLogEntry, calendar: Calendar) -> Request:
    # The state decides for every clock, so that no verb can forget one and leave it running. Pausing counts the used
    # seconds up to the entry; resuming only notes the start, so used seconds never shrink.
    rule = CLOCK_RULES.get(request.state)
    settled: dict[str, Clock | None] = {}
    new = _read_targets(entry)
    for name in ClockName:
        clock = request.get_clock(name)
        if name in new:
            clock = clock.with_target(new[name]) if clock else Clock(new[name])
        if clock and rule and rule.clock is name:
            clock = clock.resume(entry.at) if rule.runs else clock.pause(entry.at, calendar)
        elif clock and not clock.stopped:
            clock = clock.stop(entry.at, calendar)
        settled[name] = clock
    return replace(request, triage=settled["triage"], approval=settled["approval"], delivery=settled["delivery"])
