"""The PMO's own figures as a table: this period and the one before."""

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise

from handlers.requests.blocks.labels import format_duration
from handlers.slack.blocks.builders import Block, Message, build_message, context, header
from servicedesk.calendar import Calendar
from servicedesk.figures import AGES, Figures, Share, Spread
from servicedesk.satisfaction import Satisfaction

Period = tuple[Figures, Satisfaction]
FigureRow = tuple[str, str, str]


def build_figures_message(days: int, now: Period, before: Period, calendar: Calendar, uncounted: int = 0) -> Message:
    """All figures of a period, with those of the period before it; `uncounted` requests aren't in them yet."""
    title = f"PMO figures for the last {days} days"
    rows = list(_list_rows(now, before, calendar))
    notes = [
        "Durations are business days and hours. Lead time includes waiting; the other times don't.",
        f"Open now: {_format_ages(now[0])}.",
        "All figures are computed from the requests' histories.",
    ]
    if uncounted:
        missing = f":warning: I'm still counting {uncounted:,} requests, so these figures are too low."
        notes.insert(0, f"{missing} Ask again in a few minutes.")
    head = ("", f"Last {days} days", f"{days} days before")
    table: Block = {"type": "table", "rows": [[_build_cell(text) for text in row] for row in (head, *rows)]}
    lines = [f"{label}: {value} (before: {earlier})" for label, value, earlier in rows]
    return build_message("\n".join([f"{title}.", *lines, *notes]), [header(title), table, context("\n".join(notes))])


def _list_rows(now: Period, before: Period, calendar: Calendar) -> Iterator[FigureRow]:
    both = tuple(zip(_list_values(*now, calendar), _list_values(*before, calendar), strict=True))
    for (label, value), (_, earlier) in both:
        yield label, value, earlier


def _list_values(one: Figures, satisfaction: Satisfaction, calendar: Calendar) -> Iterator[tuple[str, str]]:
    yield "Requests submitted", str(one.submitted)
    yield "Requests delivered", str(one.delivered)
    yield "Time to triage: median (85% within)", _format_spread(one.to_triage, calendar)
    yield "Time to deliver: median (85% within)", _format_spread(one.to_deliver, calendar)
    yield "Lead time: median (85% within)", _format_spread(one.lead, calendar)
    for holder, seconds in one.held.items():
        yield f"… with {holder}", _format_part(seconds, sum(one.held.values()))
    yield "Triaged on time", _format_share(one.triage_met)
    yield "Delivered on time", _format_share(one.delivery_met)
    yield "Reopened", _format_share(one.reopened)
    yield "Satisfaction (1 to 5)", f"{float(satisfaction.mean):.1f}" if satisfaction.mean is not None else "no data"
    yield "Response rate", _format_share(Share(satisfaction.answered, satisfaction.asked))
    yield "Work requested", f"{one.hours_asked:,} h"


def _format_spread(spread: Spread, calendar: Calendar) -> str:
    if spread.median is None or spread.within_85 is None:
        return "no data"
    return f"{format_duration(spread.median, calendar)} ({format_duration(spread.within_85, calendar)})"


def _format_share(share: Share) -> str:
    return f"{_format_percent(share.rate)} ({share.part} of {share.whole})" if share.rate is not None else "no data"


def _format_part(seconds: int, whole: int) -> str:
    return _format_percent(Fraction(seconds, whole)) if whole else "no data"


def _format_percent(rate: Fraction) -> str:
    return f"{round(rate * 100)}%"


def _format_ages(one: Figures) -> str:
    """How many requests are open, and for how long; empty age groups are left out."""
    if not one.open_now:
        return "none"
    names = [f"up to {AGES[0]}", *(f"{low} to {high}" for low, high in pairwise(AGES)), f"over {AGES[-1]}"]
    groups = [f"{count} for {name}" for count, name in zip(one.ages, names, strict=True) if count]
    return f"{one.open_now} {'request' if one.open_now == 1 else 'requests'} ({', '.join(groups)} business days)"


def _build_cell(text: str) -> Block:
    return {"type": "raw_text", "text": text or " "}
