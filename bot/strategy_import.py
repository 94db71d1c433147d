"""Imports a strategy: from the file that the organisation names, or by hand."""

import re
from datetime import date, datetime, timedelta
from pathlib import Path

from bot.organisation import Organisation
from foundation.errors import Conflict
from foundation.files import BadFile, FileProblem, list_first_problems, read_text
from foundation.people import People
from storage.store import Store
from strategy.files import SAMPLE, parse_strategy
from strategy.named_people import find_unknown_people
from strategy.records import Strategy

SAMPLE_ORIGIN = "sample"
SAMPLE_CYCLE = (date(2026, 7, 1), date(2026, 12, 31))
SAMPLE_TODAY = date(2026, 11, 23)  # the Monday that the sample is written for


def choose_strategy(store: Store, organisation: Organisation, now: datetime) -> None:
    """Import the strategy file that the organisation names, if it's new or has changed since its last import.

    Until it changes, a strategy that was imported by hand in between stays current.

    Raises:
        BadFile: with file, line and field of every problem.
    """
    path = organisation.strategy
    if path is None:
        return
    with store.read_only(now) as tx:
        before = tx.strategy.find_last_from(_name_origin(path))
    if path == SAMPLE:
        if before is None:
            _import_text(store, shift_sample_dates(tx.today), path, now)
    elif before is None or not before.has_text(read_text(path)):
        import_strategy(store, path, now)


def shift_sample_dates(today: date) -> str:
    """The sample; outside its cycle, its dates are moved by whole weeks, so that it looks current in any year."""
    text = read_text(SAMPLE)
    if SAMPLE_CYCLE[0] <= today <= SAMPLE_CYCLE[1]:
        return text
    by = timedelta(weeks=(today - SAMPLE_TODAY).days // 7)
    moved = re.sub(r"\b\d{4}-\d\d-\d\d\b", lambda found: str(date.fromisoformat(found[0]) + by), text)
    return moved.replace("name: Second half of 2026", "name: This half-year")


def import_strategy(store: Store, path: Path, now: datetime) -> tuple[Strategy, bool]:
    """Check a file and make it the current strategy. Returns the strategy, and whether that changed anything.

    Raises:
        BadFile: with file, line and field of every problem; nothing is changed.
    """
    return _import_text(store, read_text(path), path, now)


def check_import(
    store: Store, path: Path, people: People, now: datetime, *, allows_unknown_people: bool, replaces: bool
) -> None:
    """What an import by hand must satisfy beyond the file itself.

    Raises:
        BadFile: the file names somebody whom the organisation file doesn't list, unless that is allowed.
        Conflict: the version was imported with other content, unless it is to be replaced.
    """
    text, name = read_text(path), str(path)
    strategy = parse_strategy(text, name=name)
    known = {person.id for person in people}
    if not allows_unknown_people and (unknown := find_unknown_people(text, name, known)):
        hint = "To import the file anyway, add --allow-unknown-people."
        raise BadFile([*list_first_problems(unknown), FileProblem(name, None, "", hint)])
    with store.read_only(now) as tx:
        before = tx.strategy.find_last_labelled(strategy.version)
    if before and not before.has_text(text) and not replaces:
        raise Conflict(
            f"Version {strategy.version} was imported on {before.imported_at:%-d %B %Y} with other content. "
            "Give the file a new version, or add --replace."
        )


def _import_text(store: Store, text: str, path: Path, now: datetime) -> tuple[Strategy, bool]:
    strategy = parse_strategy(text, name=str(path))
    with store.transaction(now) as tx:
        return strategy, tx.strategy.import_version(text, strategy, _name_origin(path), now)


def _name_origin(path: Path) -> str:
    """The shipped sample is the same wherever the product is installed."""
    return SAMPLE_ORIGIN if path == SAMPLE else str(path)
