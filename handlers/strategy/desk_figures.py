"""The service desk's figures for a digest."""

from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from handlers.context import AppContext
from handlers.requests.figures import read_figures
from reporting.desk import DeskFigures
from servicedesk.figures import Spread, is_overdue
from servicedesk.records import UNDELIVERED_STATES
from storage.store import Transaction


def compute_desk_figures(tx: Transaction, ctx: AppContext, start: datetime, end: datetime) -> DeskFigures:
    """The figures of [start, end)."""
    calendar = ctx.desk.calendar
    found = read_figures(tx, ctx, start, end)
    ratings = [rating.score for rating in tx.ratings.list_between(start, end)]
    return DeskFigures(
        submitted=found.submitted,
        delivered=found.delivered,
        open=found.open_now,
        overdue=sum(is_overdue(one, end, calendar) for one in tx.requests.list_in_states(UNDELIVERED_STATES)),
        reopened=found.reopened.part,
        median_days_to_triage=_to_days(found.to_triage, calendar.day_seconds),
        median_days_to_deliver=_to_days(found.to_deliver, calendar.day_seconds),
        sla_met=_to_decimal(found.delivery_met.rate),
        satisfaction=Decimal(sum(ratings)) / len(ratings) if ratings else None,
        answers=len(ratings),
    )


def _to_days(spread: Spread, day: int) -> Decimal | None:
    return None if spread.median is None else Decimal(spread.median) / day


def _to_decimal(rate: Fraction | None) -> Decimal | None:
    return None if rate is None else Decimal(rate.numerator) / rate.denominator
