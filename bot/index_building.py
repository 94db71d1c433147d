"""Builds the index of the current handbook: `python -m bot.index_building`, started by bot.index_process.

A process of its own keeps the work away from the bot: indexing a large handbook takes minutes of computing and hundreds
of megabytes. Standard input has one line with the order; when it ends, the bot is gone, and so is this process.
Standard output has a line of JSON for each bit of progress.
"""

import json
import logging
import os
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import numpy as np

from knowledge.embedding import Encoder, load_encoder
from knowledge.handbook import Page
from knowledge.index_builder import rebuild_tables
from knowledge.index_store import IndexStore
from knowledge.library import Library, compute_version
from knowledge.meaning_builder import Encoding
from storage.database import Database
from storage.handbook import VectorCache
from storage.store import Store

READING = "Reading the handbook"
ENCODING = "Encoding the handbook"
CALIBRATING = "Calibrating answers"
REPEAT_AFTER = 0.2  # seconds between two lines of progress
TRIES = 3
KINDNESS = 10  # how far the bot's own work goes first, as for the command nice

Report = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class BuildOrder:
    """What to build: the index of the handbook in `database`, in the folder `cache`, where the model is as well.

    `encoder` names the model, “” for an index of words. Work in the background leaves the processor to others.
    """

    database: str
    cache: str
    encoder: str
    in_background: bool = False


class HandbookChanged(Exception):
    """Another handbook was imported while this one was being read."""


def open_index_store(cache: Path) -> IndexStore:
    """The indexes that belong to the model in this folder."""
    return IndexStore(cache / "index")


def build_current_index(store: Store, indexes: IndexStore, encoder: Encoder | None, report: Report) -> None:
    """Build the index of the current handbook unless it's there.

    Raises:
        HandbookChanged: several times.
    """
    with indexes.lock():
        for _ in range(TRIES):
            if _build_index(store, indexes, encoder, report):
                return
    raise HandbookChanged


def _build_index(store: Store, indexes: IndexStore, encoder: Encoder | None, report: Report) -> bool:
    """Returns False if the handbook changed meanwhile."""
    with store.read_only(datetime.now(UTC)) as tx:
        sources = tx.handbook.list_keys()
    version, name = compute_version(encoder, sources), encoder.name if encoder else ""
    if indexes.open(version, name):
        return True
    vectors = VectorCache(store.database)
    encoding = Encoding(encoder, vectors, partial(report, ENCODING)) if encoder else None

    def read_pages(keys: Sequence[str]) -> Sequence[Page]:
        return _read_pages(store, keys, [sources[key] for key in keys])

    try:
        previous = indexes.open_latest(name)
        tables = rebuild_tables(list(sources), read_pages, previous, encoding, partial(report, READING))
    except HandbookChanged:
        return False
    report(CALIBRATING, 0, 0)
    thresholds = Library.open(tables, encoder, vectors).thresholds
    indexes.save(version, name, replace(tables, thresholds=np.array(astuple(thresholds))))
    return True


def _read_pages(store: Store, keys: Sequence[str], sources: Sequence[str]) -> Sequence[Page]:
    with store.read_only(datetime.now(UTC)) as tx:
        pages = tuple(tx.handbook.read_pages(sources))
    if [page.key for page in pages] != list(keys):
        raise HandbookChanged
    return pages


class _Reporter:
    """Writes the latest progress again and again, so that the bot sees that this process is alive."""

    def __init__(self) -> None:
        self._latest = (READING, 0, 0)

    def __call__(self, stage: str, done: int, total: int) -> None:
        self._latest = (stage, done, total)

    def write_repeatedly(self) -> None:
        while True:
            sys.stdout.write(json.dumps(self._latest) + "\n")
            sys.stdout.flush()
            time.sleep(REPEAT_AFTER)


def _exit_with_bot() -> None:
    sys.stdin.read()
    os._exit(1)


def main() -> None:
    """Carry out the order on standard input."""
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    order = BuildOrder(**json.loads(sys.stdin.readline()))
    if order.in_background:
        os.nice(KINDNESS)
    report = _Reporter()
    for work in (_exit_with_bot, report.write_repeatedly):
        threading.Thread(target=work, daemon=True).start()
    cache = Path(order.cache)
    encoder = load_encoder(cache, threads=1 if order.in_background else 2) if order.encoder else None
    if (encoder.name if encoder else "") != order.encoder:
        sys.exit(f"The model {order.encoder} couldn't be loaded from {cache}.")
    database = Database(order.database)
    try:
        build_current_index(Store(database), open_index_store(cache), encoder, report)
    finally:
        database.close()


if __name__ == "__main__":
    main()
