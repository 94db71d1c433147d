"""Names are the field's terms, and functions say what they do."""

import ast
import re
from collections import defaultdict

import pytest

from tests.quality.sources import PACKAGES, ROOT, iterate_identifiers, list_modules, locate, parse_module

# Names that only an insider would understand, and that have a term in the field.
PRIVATE_VOCABULARY = {
    "BatchingKeeper",
    "Caller",
    "Concern",
    "Fate",
    "House",
    "Keeper",
    "LULL",
    "Lost",
    "Refused",
    "Sheet",
    "Shelf",
    "Stance",
    "Turnstile",
    "Verdict",
    "Way",
    "Who",
    "acted",
    "aside",
    "asked_today",
    "begun",
    "chore",
    "chores",
    "commanded",
    "doors",
    "elsewhere",
    "explained",
    "gave",
    "hat",
    "hats",
    "house",
    "is_suspect",
    "leans",
    "paces",
    "put_right",
    "request_act",
    "request_acts",
    "request_news",
    "request_steps",
    "shelf",
    "stance",
    "standing",
    "strays",
    "told",
    "troubles",
    "turnstile",
    "untold",
    "verdict",
    "verdicts",
    "whisper",
}
MANY_MAY_SHARE = {"register", "main"}  # each subject registers its routes, each program has its entry
SINGLE_WORD_SHARE = 0.12


def test_code_uses_field_terms() -> None:
    found = [
        f"{locate(path, line)} {name}"
        for path in list_modules(*PACKAGES, "tests", "benchmarks")
        if "quality" not in path.parts
        for line, name in iterate_identifiers(path)
        if name in PRIVATE_VOCABULARY
    ]
    assert found == []


@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md", *sorted(p.name for p in ROOT.glob("docs/*.md"))])
def test_documents_use_field_terms(document: str) -> None:
    path = ROOT / document if (ROOT / document).exists() else ROOT / "docs" / document
    names = {name for name in PRIVATE_VOCABULARY if name[:1].isupper() or "_" in name} - {"Way", "Who", "Lost"}
    assert [name for name in sorted(names) if re.search(rf"\b{name}\b", path.read_text())] == []


def test_most_public_functions_have_verb_and_noun() -> None:
    public = [
        node.name
        for path in list_modules()
        for node in parse_module(path).body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith("_")
    ]
    single = [name for name in public if "_" not in name]
    assert len(single) <= SINGLE_WORD_SHARE * len(public), sorted(single)


def test_public_names_are_defined_once() -> None:
    places = defaultdict(set)
    for path in list_modules():
        for node in parse_module(path).body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and node.name[0] != "_":
                places[node.name].add(str(path.relative_to(ROOT)))
    shared = {name: sorted(paths) for name, paths in places.items() if len(paths) > 1 and name not in MANY_MAY_SHARE}
    assert shared == {}


def test_functions_and_files_stay_short() -> None:
    lengths = sorted(
        (node.end_lineno or node.lineno) - node.lineno + 1
        for path in list_modules()
        for node in ast.walk(parse_module(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )
    assert lengths[len(lengths) // 2] <= 5
    assert lengths[int(len(lengths) * 0.9)] <= 15
    assert [locate(path, 401) for path in list_modules() if path.read_text().count("\n") > 400] == []
