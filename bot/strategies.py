"""Bringing in a strategy: from the file that the organisation names, or by hand."""

from datetime import datetime
from pathlib import Path

from bot.organisation import Organisation
from foundation.files import read_text
from storage.store import Store
from strategy.files import SAMPLE, parse_strategy
from strategy.records import Strategy

SAMPLE_ORIGIN = "sample"


def choose_strategy(store: Store, organisation: Organisation, now: datetime) -> None:
    """Bring in the strategy that the organisation names, if it is new or has changed since it was brought in last.

    What was imported by hand in between stays in force until then.

    Raises:
        BadFile: naming file, line and field of all that is wrong.
    """
    if organisation.strategy is None:
        return
    with store.reading(now) as tx:
        before = tx.strategy.last_from(_origin(organisation.strategy))
    text = read_text(organisation.strategy)
    if before is None or not before.says(text):
        import_strategy(store, organisation.strategy, now)


def import_strategy(store: Store, path: Path, now: datetime) -> tuple[Strategy, bool]:
    """Check a file and put it in force. Returns what it says, and whether that was not in force already.

    Raises:
        BadFile: naming file, line and field of all that is wrong; nothing is changed.
    """
    text = read_text(path)
    strategy = parse_strategy(text, name=str(path))
    with store.transaction(now) as tx:
        return strategy, tx.strategy.bring_in(text, strategy, _origin(path), now)


def _origin(path: Path) -> str:
    """The shipped sample is the same wherever the product is installed."""
    return SAMPLE_ORIGIN if path == SAMPLE else str(path)
