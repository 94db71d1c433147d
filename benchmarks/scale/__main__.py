"""`make bench-scale`: fill both databases at two sizes, measure every operation, and fail where a target is missed."""

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from benchmarks.scale.company import read_company
from benchmarks.scale.filling import Size, fill_database
from benchmarks.scale.measuring import Cost, measure
from benchmarks.scale.operations import OPERATIONS, Operation, read_clock
from bot.composition import build_context
from bot.handbook_import import SHIPPED
from knowledge.handbook import read_handbook
from knowledge.library import Library
from storage.database import Database
from storage.migrate import migrate_database
from storage.store import Store
from tests.storage.databases import migrated_template, postgresql_server

SIZES = (Size(10_000, 10_000, is_large=True), Size(100_000, 100_000, is_large=True))
LARGEST = Size(1_000_000, 100_000, is_large=True)


def main() -> None:
    """Exit with 1 if a target is missed."""
    given = _read_arguments()
    sizes = [one for one in (*SIZES, LARGEST) if one.requests in given.sizes]
    columns: dict[str, dict[str, Cost]] = {}
    for kind in given.databases:
        for size in sizes:
            columns[f"{size.requests // 1000}k, {kind}"] = _measure_size(kind, size)
    print_table(columns)
    sys.exit(any(_is_missed(one, costs[one.name]) for costs in columns.values() for one in OPERATIONS))


def _read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale", description=__doc__)
    parser.add_argument("--databases", nargs="*", default=["SQLite", "PostgreSQL"], choices=["SQLite", "PostgreSQL"])
    numbers = [one.requests for one in (*SIZES, LARGEST)]
    parser.add_argument("--sizes", nargs="*", type=int, default=numbers[:-1], choices=numbers, help="of requests")
    return parser.parse_args()


def _measure_size(kind: str, size: Size) -> dict[str, Cost]:
    with open_database(kind) as database:
        began = time.perf_counter()
        company = read_company()
        store = Store(database, company.zone)
        fill_database(store, company.desk, size)
        print(f"{kind}: {size.requests:,} requests stored in {time.perf_counter() - began:.0f} s", file=sys.stderr)
        library = Library.build(read_handbook(SHIPPED))
        ctx = build_context(company, store, lambda: library, read_clock)
        costs = {}
        for operation in OPERATIONS:
            costs[operation.name] = cost = measure(operation, ctx)
            print(f"  {operation.name}: {_format_cost(operation, cost)}", file=sys.stderr)
        return costs


@contextmanager
def open_database(kind: str) -> Iterator[Database]:
    with tempfile.TemporaryDirectory() as folder:
        if kind == "SQLite":
            yield from _use(f"sqlite:///{Path(folder) / 'pmo.db'}")
        else:
            with postgresql_server() as server, migrated_template(server) as new:
                yield from _use(new())


def _use(url: str) -> Iterator[Database]:
    database = Database(url)
    try:
        migrate_database(database)
        yield database
    finally:
        database.close()


def _is_missed(operation: Operation, cost: Cost) -> bool:
    too_many = operation.most_queries is not None and cost.queries > operation.most_queries
    return cost.cpu_ms > operation.most_ms or too_many


def _format_cost(operation: Operation, cost: Cost) -> str:
    missed = " **missed**" if _is_missed(operation, cost) else ""
    return f"{cost.cpu_ms:.0f} ms ({cost.queries} queries){missed}"


def print_table(columns: dict[str, dict[str, Cost]]) -> None:
    """The table for benchmarks/README.md: processor time of the bot's process, and queries."""
    print(f"\n| Operation | {' | '.join(columns)} | Target |\n|---|{'---|' * len(columns)}---|")
    for one in OPERATIONS:
        cells: Sequence[str] = [_format_cost(one, costs[one.name]) for costs in columns.values()]
        queries = f", {one.most_queries} queries" if one.most_queries else ""
        print(f"| {one.name} | {' | '.join(cells)} | ≤ {one.most_ms:.0f} ms{queries} |")


if __name__ == "__main__":
    main()
