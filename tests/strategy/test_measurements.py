"""Measurements come from the people responsible, and corrections replace earlier values."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.errors import InvalidInput, NotAllowed, NotFound
from foundation.people import People
from strategy.measurements import (
    LARGEST_VALUE,
    list_measurable_metrics,
    merge_measurements,
    take_measurement,
)
from strategy.records import Measurement, Strategy
from strategy.status import compute_statuses
from strategy.visibility import filter_visible

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
TODAY = NOW.date()


def test_owner_records_a_measurement(sample: Strategy, people: People) -> None:
    found = take_measurement(sample, people.get("U02BEN"), "leakage-rate", on=TODAY, value=" 53.4 ", now=NOW)
    assert found == Measurement("leakage-rate", TODAY, Decimal("53.4"), "U02BEN", revision=1)


def test_objective_owner_and_pmo_measure_nobody_else(sample: Strategy, people: People) -> None:
    for who in ("U02BEN", "U03WEI", "U05EMEKA", "U06FARAH"):
        take_measurement(sample, people.get(who), "smart-meters", on=TODAY, value="46,000", now=NOW)
    for who in ("U01ADA", "U04DANA"):
        with pytest.raises(NotAllowed, match="Homes with a smart meter"):
            take_measurement(sample, people.get(who), "smart-meters", on=TODAY, value="46,000", now=NOW)


def test_hidden_metric_does_not_exist(sample: Strategy, people: People) -> None:
    wei = people.get("U03WEI")
    with pytest.raises(NotFound):
        take_measurement(filter_visible(sample, wei), wei, "depots-agreed", on=TODAY, value="70", now=NOW)


@pytest.mark.parametrize(
    "value",
    ["", "many", "NaN", "Infinity", "1e400", str(LARGEST_VALUE), "12 ml", "5%", "€5", "12 5", "1,23,456", "1,234,5"],
)
def test_value_that_is_no_number_is_refused(sample: Strategy, people: People, value: str) -> None:
    with pytest.raises(InvalidInput, match=r"such as 12\.5 \(Ml a day\)"):
        take_measurement(sample, people.get("U02BEN"), "leakage-rate", on=TODAY, value=value, now=NOW)


@pytest.mark.parametrize(
    ("metric", "value", "words"),
    [
        ("leakage-rate", "-5", "The value can't be below 0 Ml a day."),
        ("permit-compliance", "952", "The value can't be above 100 per cent."),
    ],
)
def test_value_beyond_its_limits_is_refused(
    sample: Strategy, people: People, metric: str, value: str, words: str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        take_measurement(sample, people.get("U03WEI"), metric, on=TODAY, value=value, now=NOW)
    assert caught.value.fields == {"value": words}


def test_measurement_in_the_future_is_refused(sample: Strategy, people: People) -> None:
    with pytest.raises(InvalidInput) as caught:
        take_measurement(sample, people.get("U02BEN"), "leakage-rate", on=TODAY + timedelta(1), value="x", now=NOW)
    assert set(caught.value.fields) == {"on", "value"}


def test_second_value_on_a_day_corrects(sample: Strategy, people: People) -> None:
    day = date(2026, 11, 16)
    corrected = take_measurement(sample, people.get("U02BEN"), "leakage-rate", on=day, value="54.2", now=NOW)
    assert corrected.revision == 2
    measured = merge_measurements(sample, [corrected]).measurements_of("leakage-rate")
    assert len(measured) == 12
    assert measured[-1] == corrected


def test_fresh_value_revives_a_stale_metric(sample: Strategy, people: People) -> None:
    fresh = take_measurement(sample, people.get("U04DANA"), "interruptions", on=TODAY, value="7.1", now=NOW)
    status = compute_statuses(merge_measurements(sample, [fresh]), [], NOW).objective("trusted-service")
    assert status.progress.coverage == 1


def test_value_of_removed_metric_is_ignored(sample: Strategy) -> None:
    gone = Measurement("gone", TODAY, Decimal(1), "U02BEN")
    assert merge_measurements(sample, [gone]) == merge_measurements(sample, [])


def test_people_are_offered_their_own_metrics(sample: Strategy, people: People) -> None:
    assert [one.key for one in list_measurable_metrics(sample, people.get("U01ADA"))] == ["first-contact"]
    assert [one.key for one in list_measurable_metrics(sample, people.get("U02BEN"))] == [
        "leakage-rate",
        "pressure",
        "smart-meters",
    ]
    assert len(list_measurable_metrics(sample, people.get("U03WEI"))) == 9


@given(st.decimals(0, 10_000_000, places=6))
def test_numbers_are_stored_exactly(sample: Strategy, value: Decimal) -> None:
    people = People()
    owner = people.get("U02BEN")
    assert (
        take_measurement(sample, owner, "leakage-rate", on=TODAY, value=str(value), now=NOW, is_sure=True).value
        == value
    )


@pytest.mark.parametrize(
    ("metric", "typed", "value"),
    [
        ("leakage-rate", "52,5", "52.5"),
        ("leakage-rate", "53.125", "53.125"),
        ("leakage-rate", "53 Ml a day", "53"),
        ("smart-meters", "45 200", "45200"),
        ("smart-meters", "45\u202f200", "45200"),
        ("smart-meters", "45'200", "45200"),
        ("smart-meters", "45,200", "45200"),
        ("smart-meters", "45.200,0", "45200"),
        ("permit-compliance", "97 %", "97"),
        ("permit-compliance", "97,25%", "97.25"),
    ],
)
def test_numbers_are_read_as_people_type_them(
    sample: Strategy, people: People, metric: str, typed: str, value: str
) -> None:
    found = take_measurement(sample, people.get("U03WEI"), metric, on=TODAY, value=typed, now=NOW)
    assert found.value == Decimal(value)


def test_number_with_two_readings_is_asked_about(sample: Strategy, people: People) -> None:
    with pytest.raises(InvalidInput) as caught:
        take_measurement(sample, people.get("U03WEI"), "smart-meters", on=TODAY, value="45.200", now=NOW)
    assert caught.value.fields == {"value": "Do you mean 45,200 or 45.2? Type 45200 or 45.2."}


@pytest.mark.parametrize("typed", ["541", "5.39"])
def test_value_ten_times_off_needs_a_confirmation(sample: Strategy, people: People, typed: str) -> None:
    ben = people.get("U02BEN")
    with pytest.raises(InvalidInput, match=r"Really\? The last value was 54 Ml a day, and this is 5"):
        take_measurement(sample, ben, "leakage-rate", on=TODAY, value=typed, now=NOW)
    found = take_measurement(sample, ben, "leakage-rate", on=TODAY, value=typed, now=NOW, is_sure=True)
    assert found.value == Decimal(typed)
