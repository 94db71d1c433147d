"""New values of metrics, and a strategy with them."""

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from foundation.errors import InvalidInput, NotAllowed
from foundation.people import Person
from strategy.records import Measurement, Metric, Strategy

LARGEST_VALUE = Decimal(10) ** 12
MOST_PLACES = 6
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?")


def take_measurement(
    strategy: Strategy, person: Person, metric_key: str, *, on: date, value: str, now: datetime
) -> Measurement:
    """A measurement from what somebody typed. On a day that already has one it is a correction.

    Raises:
        NotFound: there is no such metric that the person may see.
        NotAllowed: the person is neither its owner, nor the objective's, nor PMO staff.
        InvalidInput: by `on` and `value`.
    """
    metric = strategy.metric(metric_key)
    objective = strategy.objectives_by_key.get(metric.objective or "")
    if person.id not in (metric.owner, objective.owner if objective else None) and not person.is_pmo:
        raise NotAllowed(f"Only its owner, its objective's owner or the PMO can record values of “{metric.name}”.")
    wrong = {"on": "Choose today or an earlier day."} if on > strategy.find_day(now) else {}
    if (number := _parse_number(value)) is None:
        wrong["value"] = f"Enter a number, such as 12.5 ({metric.unit})."
    elif metric.lowest is not None and number < metric.lowest:
        wrong["value"] = f"The value can't be below {metric.lowest} {metric.unit}."
    elif metric.highest is not None and number > metric.highest:
        wrong["value"] = f"The value can't be above {metric.highest} {metric.unit}."
    if wrong or number is None:
        raise InvalidInput(wrong)
    earlier = [one.revision for one in strategy.measurements_of(metric.key) if one.on == on]
    return Measurement(metric.key, on, number, person.id, max(earlier, default=0) + 1)


def merge_measurements(strategy: Strategy, measurements: Iterable[Measurement]) -> Strategy:
    """The strategy with these too. The highest revision for a metric and day counts; unknown metrics are left out."""
    latest: dict[tuple[str, date], Measurement] = {}
    for one in (*strategy.measurements, *measurements):
        known = latest.get((one.metric, one.on))
        if one.metric in strategy.metrics_by_key and (known is None or one.revision >= known.revision):
            latest[one.metric, one.on] = one
    return replace(strategy, measurements=tuple(latest.values()))


def list_measurable_metrics(strategy: Strategy, person: Person) -> tuple[Metric, ...]:
    """The metrics whose values this person can record, their own first."""
    own = [one for one in strategy.metrics if one.owner == person.id]
    owned = {one.key for one in strategy.objectives if one.owner == person.id}
    others = [one for one in strategy.metrics if one not in own and (one.objective in owned or person.is_pmo)]
    return (*own, *others)


def _parse_number(text: str) -> Decimal | None:
    """The number that somebody typed, with or without commas between thousands; None if it can't be read.

    A comma anywhere else may be a decimal comma. Reading 52,5 as 525 would be wrong, so it is refused.
    """
    typed = text.strip().replace("−", "-")
    if "," in typed and not _THOUSANDS.fullmatch(typed):
        return None
    try:
        number = Decimal(typed.replace(",", ""))
    except InvalidOperation:
        return None
    if not number.is_finite() or abs(number) >= LARGEST_VALUE:
        return None
    return round(number, MOST_PLACES).normalize() if number else Decimal(0)
