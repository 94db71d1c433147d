"""The objective, project or metric that a question names is found in the strategy that the asker may see."""

import pytest

from handlers.questions.named import find_named_metric, find_named_subject
from strategy.files import SAMPLE, read_strategy

STRATEGY = read_strategy(SAMPLE)


@pytest.mark.parametrize(
    ("name", "is_certain", "key"),
    [
        ("pressure management", False, "pressure-management"),
        ("the smart metering project", False, "smart-metering"),
        ("metering", True, "smart-metering"),
        ("metering", False, None),
        ("the risk register", True, None),
        ("a", True, None),
    ],
)
def test_subject_is_found_by_title_or_enough_words(name: str, is_certain: bool, key: str | None) -> None:
    found = find_named_subject(STRATEGY, name, is_certain=is_certain)
    assert (found.key if found else None) == key


@pytest.mark.parametrize(
    ("name", "metric"),
    [("average zone pressure", "Average zone pressure"), ("zone pressure", "Average zone pressure"), ("bread", None)],
)
def test_metric_is_found_by_name_or_two_words(name: str, metric: str | None) -> None:
    found = find_named_metric(STRATEGY, name)
    assert (found.name if found else None) == metric
