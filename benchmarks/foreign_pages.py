"""Counts what is left of other systems' marks in the sentences that the index would hold of a folder of pages.

    python -m benchmarks.foreign_pages FOLDER… [--show N]

Code is left out: in code, marks are meant. `--show` prints the first sentences of each kind.
"""

import argparse
import re
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

from knowledge.handbook import Page, read_folder
from knowledge.passages import Unit, split_into_passages
from knowledge.plain_text import to_plain_text

KINDS = {
    "comment": r"<!--",
    "template tag": r"\{%|%\}|\{\{|<%|%>",
    "HTML or JSX tag": r"</?[A-Za-z][\w.-]*(?:\s+[\w:@-]+(?:=[^<>]*)?)*\s*/?>",
    "attribute list": r"\{:?\s*(?:[#.][A-Za-z][\w-]*|[\w-]+=[^{}]*)[^{}]*\}|\{:",
    "raw link": r"\]\(|\]\[|\[\[|\[\^",
    "callout": r"^\s*(?::::|!!!|\?\?\?|///)|\[![A-Za-z]+\]|~~\w|\w~~",
}
_KINDS = {name: re.compile(pattern) for name, pattern in KINDS.items()}
_CODE = re.compile(r"(?<!`)(`+)(?!`).+?(?<!`)\1(?!`)", re.DOTALL)


def find_kinds(page: Page, unit: Unit) -> Iterator[str]:
    """The kinds of marks in a sentence, outside its code."""
    if unit.kind == "code" or not any(pattern.search(unit.text) for pattern in _KINDS.values()):
        return
    words = unit.text
    codes = [to_plain_text(code[0]) for code in _CODE.finditer(page.text, unit.start, unit.end)]
    for code in sorted(codes, key=len, reverse=True):
        words = words.replace(code, " ")
    yield from (name for name, pattern in _KINDS.items() if pattern.search(words))


def count_folder(folder: Path, shown: int) -> None:
    began = time.process_time()
    found = read_folder(folder)
    reading = time.process_time() - began
    counts, sentences, examples = Counter[str](), 0, defaultdict[str, list[str]](list)
    for page in found.handbook:
        for unit in (unit for passage in split_into_passages(page) for unit in passage.units):
            sentences += 1
            for kind in find_kinds(page, unit):
                counts[kind] += 1
                examples[kind].append(f"{page.source}: {unit.text[:300]}")
    print(
        f"{folder}: {len(found.handbook)} pages, {len(found.left_out)} left out, {sentences} sentences, {reading:.1f} s"
    )
    print("  not read:", ", ".join(f"{count} {kind}" for kind, count in sorted(found.not_read.items())) or "nothing")
    for kind in KINDS:
        print(f"  {kind}: {counts[kind]}")
        for example in examples[kind][:shown]:
            print(f"      {example}")


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--show", type=int, default=0)
    given = parser.parse_args(arguments)
    for folder in given.folders:
        count_folder(folder, given.show)


if __name__ == "__main__":
    main()
