"""The service desk's figures for a digest, computed from the requests' logs."""

from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from handlers.context import AppContext
from reporting.desk import DeskFigures
from servicedesk.figures import Spread, compute_figures
from servicedesk.records import UNDELIVERED_STATES, ClockName, Request
from storage.store import Transaction


def compute_desk_figures(tx: Transaction, ctx: AppContext, start: datetime, end: datetime) -> DeskFigures:
    """The figures of [start, end)."""
    calendar = ctx.desk.calendar
    found = compute_figures(tx.requests.read_logs(end), start, end, calendar, ctx.desk.catalogue)
    ratings = [rating.score for rating in tx.ratings.list_between(start, end)]
    return DeskFigures(
        submitted=found.submitted,
        delivered=found.delivered,
        open=found.open_now,
        overdue=sum(_is_overdue(one, ctx, end) for one in tx.requests.list_in_states(UNDELIVERED_STATES)),
        reopened=found.reopened.part,
        median_days_to_triage=_to_days(found.to_triage, calendar.day_seconds),
        median_days_to_deliver=_to_days(found.to_deliver, calendar.day_seconds),
        sla_met=_to_decimal(found.delivery_met.rate),
        satisfaction=Decimal(sum(ratings)) / len(ratings) if ratings else None,
        answers=len(ratings),
    )


def _is_overdue(request: Request, ctx: AppContext, at: datetime) -> bool:
    clocks = [request.get_clock(name) for name in ClockName]
    dues = [clock.find_due_time(ctx.desk.calendar) for clock in clocks if clock and clock.is_running]
    return any(due is not None and due < at for due in dues)


def _to_days(spread: Spread, day: int) -> Decimal | None:
    return None if spread.median is None else Decimal(spread.median) / day


def _to_decimal(rate: Fraction | None) -> Decimal | None:
    return None if rate is None else Decimal(rate.numerator) / rate.denominator
