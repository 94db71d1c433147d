"""The PMO's own figures as a table: this period beside the one before."""

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise

from handlers.requests.blocks.labels import span
from handlers.slack.blocks.builders import Block, Message, build_message, context, header
from servicedesk.calendar import Calendar
from servicedesk.figures import AGES, Figures, Share, Spread
from servicedesk.satisfaction import Satisfaction

Period = tuple[Figures, Satisfaction]
Row = tuple[str, str, str]


def figures_message(days: int, now: Period, before: Period, calendar: Calendar) -> Message:
    """All figures with those of the period before; times are business time, waiting for others left out."""
    title = f"The PMO's figures of the last {days} days"
    rows = list(_rows(now, before, calendar))
    notes = [
        "Time in business days and hours. To triage and to deliver leave out waiting; the lead time does not.",
        f"Open now: {_ages(now[0])}.",
        "Every figure is computed from the requests' histories.",
    ]
    head = ("", f"last {days} days", f"{days} days before")
    table: Block = {"type": "table", "rows": [[_cell(words) for words in row] for row in (head, *rows)]}
    lines = [f"{label}: {value} (before: {earlier})" for label, value, earlier in rows]
    return build_message("\n".join([f"{title}.", *lines, *notes]), [header(title), table, context("\n".join(notes))])


def _rows(now: Period, before: Period, calendar: Calendar) -> Iterator[Row]:
    both = tuple(zip(_values(*now, calendar), _values(*before, calendar), strict=True))
    for (label, value), (_, earlier) in both:
        yield label, value, earlier


def _values(one: Figures, satisfaction: Satisfaction, calendar: Calendar) -> Iterator[tuple[str, str]]:
    yield "Asked for", str(one.submitted)
    yield "Delivered", str(one.delivered)
    yield "Time to triage, median (85 % within)", _spread(one.to_triage, calendar)
    yield "Time to deliver, median (85 % within)", _spread(one.to_deliver, calendar)
    yield "Lead time, median (85 % within)", _spread(one.lead, calendar)
    for holder, seconds in one.held.items():
        yield f"… of it held by {holder}", _part(seconds, sum(one.held.values()))
    yield "Triaged in time", _share(one.triage_met)
    yield "Delivered in time", _share(one.delivery_met)
    yield "Reopened", _share(one.reopened)
    yield "Satisfaction, 1 to 5", f"{float(satisfaction.mean):.1f}" if satisfaction.mean is not None else "none yet"
    yield "Answers to that question", _share(Share(satisfaction.answered, satisfaction.asked))
    yield "Hours of work asked for", f"{one.hours_asked:,} h"


def _spread(spread: Spread, calendar: Calendar) -> str:
    if spread.median is None or spread.within_85 is None:
        return "none yet"
    return f"{span(spread.median, calendar)} ({span(spread.within_85, calendar)})"


def _share(share: Share) -> str:
    return f"{_percent(share.rate)} ({share.part} of {share.whole})" if share.rate is not None else "none yet"


def _part(seconds: int, whole: int) -> str:
    return _percent(Fraction(seconds, whole)) if whole else "none yet"


def _percent(rate: Fraction) -> str:
    return f"{round(rate * 100)} %"


def _ages(one: Figures) -> str:
    """How many are open, and for how long; ages of which there are none are left out."""
    if not one.open_now:
        return "none"
    names = [f"up to {AGES[0]}", *(f"{low} to {high}" for low, high in pairwise(AGES)), f"over {AGES[-1]}"]
    told = [f"{count} for {name}" for count, name in zip(one.ages, names, strict=True) if count]
    return f"{one.open_now} {'request' if one.open_now == 1 else 'requests'} ({', '.join(told)} business days)"


def _cell(words: str) -> Block:
    return {"type": "raw_text", "text": words or " "}
