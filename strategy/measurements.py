"""New values of metrics, and a strategy with them."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

from foundation.errors import InvalidInput, NotAllowed
from foundation.numbers import NotANumber, is_far_from, read_number
from foundation.people import Person
from strategy.records import Measurement, Metric, Strategy

LARGEST_VALUE = Decimal(10) ** 12
MOST_PLACES = 6
CONFIRMATION = "It's right, though far from the last value"  # the label in the form


def take_measurement(
    strategy: Strategy, person: Person, metric_key: str, *, on: date, value: str, now: datetime, is_sure: bool = False
) -> Measurement:
    """A measurement from what somebody typed. On a day that already has one it is a correction.

    With `is_sure`, they have confirmed a value that is ten times off the last one.

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
    number = None
    try:
        number = _read_value(strategy, metric, value)
        _check_limits(metric, number)
        if not is_sure:
            _check_size(metric, number, _find_last_value(strategy, metric, on))
    except ValueError as error:
        wrong["value"] = str(error)
    if wrong or number is None:
        raise InvalidInput(wrong)
    earlier = [one.revision for one in strategy.measurements_of(metric.key) if one.on == on]
    return Measurement(metric.key, on, number, person.id, max(earlier, default=0) + 1)


def merge_measurements(strategy: Strategy, measurements: Iterable[Measurement]) -> Strategy:
    """The strategy with these too. The highest revision for a metric and day counts; unknown metrics are left out."""
    by_metric: dict[str, list[Measurement]] = {}
    for one in measurements:
        if one.metric in strategy.metrics_by_key:
            by_metric.setdefault(one.metric, []).append(one)
    merged = {key: _merge_days((*strategy.measurements_of(key), *new)) for key, new in by_metric.items()}
    return replace(strategy, history={**strategy.history, **merged}) if merged else strategy


def _merge_days(measured: Iterable[Measurement]) -> tuple[Measurement, ...]:
    """The highest revision of each day, oldest day first. Of equal ones the last counts."""
    latest: dict[date, Measurement] = {}
    for one in measured:
        if one.on not in latest or one.revision >= latest[one.on].revision:
            latest[one.on] = one
    return tuple(latest[day] for day in sorted(latest))


def list_measurable_metrics(strategy: Strategy, person: Person) -> tuple[Metric, ...]:
    """The metrics whose values this person can record, their own first."""
    own = [one for one in strategy.metrics if one.owner == person.id]
    owned = {one.key for one in strategy.objectives if one.owner == person.id}
    others = [one for one in strategy.metrics if one not in own and (one.objective in owned or person.is_pmo)]
    return (*own, *others)


def _read_value(strategy: Strategy, metric: Metric, typed: str) -> Decimal:
    """The value. A ValueError's message says what to type instead."""
    known = [metric.baseline, metric.target, *(one.value for one in strategy.measurements_of(metric.key))]
    try:
        number = read_number(
            typed, unit=metric.unit, known=known, is_possible=lambda one: _find_limit(metric, one) is None
        )
    except NotANumber:
        raise ValueError(f"Enter a number, such as 12.5 ({metric.unit}).") from None
    if abs(number) >= LARGEST_VALUE:
        raise ValueError(f"Enter a number, such as 12.5 ({metric.unit}).")
    return round(number, MOST_PLACES).normalize() if number else Decimal(0)


def _check_limits(metric: Metric, number: Decimal) -> None:
    if limit := _find_limit(metric, number):
        raise ValueError(limit)


def _find_limit(metric: Metric, number: Decimal) -> str | None:
    """Why a value is impossible; None if it's possible."""
    if metric.lowest is not None and number < metric.lowest:
        return f"The value can't be below {metric.lowest} {metric.unit}."
    if metric.highest is not None and number > metric.highest:
        return f"The value can't be above {metric.highest} {metric.unit}."
    return None


def _find_last_value(strategy: Strategy, metric: Metric, on: date) -> Decimal:
    """The value before this day, without one the baseline."""
    before = [one.value for one in strategy.measurements_of(metric.key) if one.on < on]
    return before[-1] if before else metric.baseline


def _check_size(metric: Metric, number: Decimal, last: Decimal) -> None:
    if is_far_from(number, last):
        raise ValueError(
            f"Really? The last value was {last.normalize():,f} {metric.unit}, and this is {number:,f}. "
            f"Correct it, or tick “{CONFIRMATION}” below."
        )
