"""`make bench-handbook`: speed and size over sample handbooks of three sizes. Fails if a figure misses its target."""

import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil

from benchmarks import stage
from benchmarks.__main__ import compute_percentile
from benchmarks.bare_search import time_bare_search
from benchmarks.synthetic import SampleText, StandInEncoder, write_sample_pages
from bot.composition import utc_now
from bot.handbook_import import import_handbook
from bot.index_building import build_current_index, open_index_store
from knowledge.embedding import Encoder, load_encoder
from storage.database import Database
from storage.migrate import migrate_database
from storage.store import Store

SIZES = (1_000, 18_000, 98_000)
QUESTIONS = 220
TARGETS = {
    1_000: {"ask p95 ms": 60.0, "ask after another question p95 ms": 60.0},
    18_000: {"ask p95 ms": 90.0, "ask after another question p95 ms": 90.0},
    98_000: {"memory MB": 350.0, "ready s": 8.0},
}
LONGEST_BLOCK_MS = 50.0


@dataclass(frozen=True, slots=True)
class Sample:
    """A data folder with an indexed sample handbook, and the folder it was imported from."""

    data: Path
    pages: Path

    @property
    def environment(self) -> dict[str, str]:
        return {name: value for name, value in os.environ.items() if not name.startswith(("SLACK_", "PMO_"))} | {
            "PMO_DATA": str(self.data)
        }


def main() -> None:
    sizes = [int(size) for size in sys.argv[1:]] or SIZES
    text = SampleText()
    questions = random.Random(7).sample(text.questions, QUESTIONS)
    with tempfile.TemporaryDirectory() as name:
        encoder = load_encoder(Path(name) / "model")
        assert encoder, "The model isn't installed."
        stand_in = StandInEncoder(encoder, text)
        found = {size: measure_size(Path(name), size, text, questions, encoder, stand_in) for size in sizes}
    print_table(found)
    sys.exit(bool([print(f"missed: {line}") for line in list_missed(found)]))


def measure_size(
    folder: Path, size: int, text: SampleText, questions: Sequence[str], encoder: Encoder, stand_in: Encoder
) -> dict[str, float]:
    """All figures for a handbook of about this many passages."""
    sample = Sample(folder / str(size), folder / f"pages-{size}")
    sample.data.mkdir()
    (sample.data / "model").mkdir()
    for graph in (folder / "model").glob("*.onnx"):
        (sample.data / "model" / graph.name).symlink_to(graph)
    write_sample_pages(sample.pages, size, text)
    figures = prepare_sample(sample, questions, encoder, stand_in)
    figures |= run_probe(sample, questions)
    for _ in range(2):  # the first start adds the sample data
        with stage.start_local(sample.data) as (seconds, process):
            figures |= {"pmo run: ready s": seconds, "pmo run: memory MB": process.memory_info().rss / 1e6}
    return figures


def prepare_sample(sample: Sample, questions: Sequence[str], encoder: Encoder, stand_in: Encoder) -> dict[str, float]:
    """Import and index the pages, and search them with bare libraries."""
    database = Database(f"sqlite:///{sample.data / 'pmo.db'}")
    migrate_database(database)
    store, indexes = Store(database), open_index_store(sample.data / "model")
    began = time.process_time()
    import_handbook(store, sample.pages, utc_now())
    build_current_index(store, indexes, stand_in, lambda *_: None)
    seconds = time.process_time() - began
    tables = indexes.open_latest(encoder.name)
    database.close()
    assert tables
    bare = time_bare_search(tables, encoder, questions)
    return {
        "passages": len(tables.text.passages),
        "first import without encoding, CPU s": seconds,
        "bare search p50 ms": compute_percentile(bare, 50),
        "bare search p95 ms": compute_percentile(bare, 95),
    }


def run_probe(sample: Sample, questions: Sequence[str]) -> dict[str, float]:
    """Start the measured process, and edit a page when it is watching its event loop."""
    command = [sys.executable, "-m", "benchmarks.handbook_probe", str(sample.data)]
    began = time.time()
    found: dict[str, Any] = {}
    with subprocess.Popen(
        command, env=sample.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin
        assert process.stdout
        process.stdin.write(json.dumps(questions))
        process.stdin.close()
        for line in process.stdout:
            found |= json.loads(line)
            if "watching" in line:
                found |= edit_page(sample)
    assert process.returncode == 0
    return {
        "ready s": found["ready"] - began,
        "ready, CPU s": found["ready_cpu_s"],
        "ask p50 ms": compute_percentile(found["ask_ms"], 50),
        "ask p95 ms": compute_percentile(found["ask_ms"], 95),
        "ask after another question p95 ms": compute_percentile(found["follow_ms"], 95),
        "search p50 ms": compute_percentile(found["search_ms"], 50),
        "memory MB": found["memory_mb"],
        "edited page, s": found["edit_s"],
        "edited page, CPU s": found["edit_cpu_s"],
        "event loop, longest block ms": found["block_ms"],
        "the same doing nothing ms": found["idle_block_ms"],
    }


def edit_page(sample: Sample) -> dict[str, float]:
    """Change one page and import the folder by the command."""
    page = next(sample.pages.glob("part-000/*.md"))
    page.write_text(page.read_text(encoding="utf-8") + "\nOne more sentence was added to this page.\n")
    began, used = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-m", "bot", "handbook", "import", str(sample.pages)]
    subprocess.run(command, check=True, env=sample.environment, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - used.ru_utime - used.ru_stime
    return {"edit_s": time.perf_counter() - began, "edit_cpu_s": cpu}


def list_missed(found: dict[int, dict[str, float]]) -> list[str]:
    """The figures that are above their targets."""
    missed = []
    for size, figures in found.items():
        targets = TARGETS.get(size, {}) | {"event loop, longest block ms": LONGEST_BLOCK_MS}
        missed += [
            f"{size:,} passages, {name}: {figures[name]:,.1f}, target {most:,.0f}"
            for name, most in targets.items()
            if figures[name] > most
        ]
    return missed


def print_table(found: dict[int, dict[str, float]]) -> None:
    """The figures as a table, and the last two sizes as multiples of the bare search."""
    print(f"\n{datetime.now(UTC):%Y-%m-%d}, {psutil.cpu_count()} cores, load {psutil.getloadavg()[0]:.1f}\n")
    print("| Figure |" + "".join(f" {size:,} |" for size in found))
    print("|---|" + "---|" * len(found))
    for name in next(iter(found.values())):
        print(f"| {name} |" + "".join(f" {figures[name]:,.1f} |" for figures in found.values()))
    ratios = [figures["ask p95 ms"] / figures["bare search p95 ms"] for figures in found.values()]
    print("| ask p95 ÷ bare search p95 |" + "".join(f" {ratio:.2f} |" for ratio in ratios))


if __name__ == "__main__":
    main()
