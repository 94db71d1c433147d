"""Bringing in a strategy: from the file that the organisation names, or by hand."""

import re
from datetime import date, datetime, timedelta
from pathlib import Path

from bot.organisation import Organisation
from foundation.files import read_text
from storage.store import Store
from strategy.files import SAMPLE, parse_strategy
from strategy.records import Strategy

SAMPLE_ORIGIN = "sample"
SAMPLE_CYCLE = (date(2026, 7, 1), date(2026, 12, 31))
SAMPLE_TODAY = date(2026, 11, 23)  # the Monday that the sample is written for


def choose_strategy(store: Store, organisation: Organisation, now: datetime) -> None:
    """Bring in the strategy that the organisation names, if it is new or has changed since it was brought in last.

    What was imported by hand in between stays in force until then.

    Raises:
        BadFile: naming file, line and field of all that is wrong.
    """
    path = organisation.strategy
    if path is None:
        return
    with store.read_only(now) as tx:
        before = tx.strategy.find_last_from(_origin(path))
    if path == SAMPLE:
        if before is None:
            _bring_in(store, shift_sample_dates(now.date()), path, now)
    elif before is None or not before.has_text(read_text(path)):
        import_strategy(store, path, now)


def shift_sample_dates(today: date) -> str:
    """The sample, its dates moved by whole weeks when its cycle is not the present one: a demonstration of another
    year is to be as lively."""
    text = read_text(SAMPLE)
    if SAMPLE_CYCLE[0] <= today <= SAMPLE_CYCLE[1]:
        return text
    by = timedelta(weeks=(today - SAMPLE_TODAY).days // 7)
    moved = re.sub(r"\b\d{4}-\d\d-\d\d\b", lambda found: str(date.fromisoformat(found[0]) + by), text)
    return moved.replace("name: Second half of 2026", "name: This half-year")


def import_strategy(store: Store, path: Path, now: datetime) -> tuple[Strategy, bool]:
    """Check a file and put it in force. Returns what it says, and whether that was not in force already.

    Raises:
        BadFile: naming file, line and field of all that is wrong; nothing is changed.
    """
    return _bring_in(store, read_text(path), path, now)


def _bring_in(store: Store, text: str, path: Path, now: datetime) -> tuple[Strategy, bool]:
    strategy = parse_strategy(text, name=str(path))
    with store.transaction(now) as tx:
        return strategy, tx.strategy.import_version(text, strategy, _origin(path), now)


def _origin(path: Path) -> str:
    """The shipped sample is the same wherever the product is installed."""
    return SAMPLE_ORIGIN if path == SAMPLE else str(path)
