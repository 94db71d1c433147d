"""What the documents name exists: links, files, functions, commands, settings."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from bot.cli import app
from bot.settings import Settings

ROOT = Path(__file__).parent.parent.parent
DOCUMENTS = sorted(
    [
        *ROOT.glob("*.md"),
        *ROOT.glob("docs/*.md"),
        ROOT / "benchmarks/README.md",
        ROOT / "workspace/README.md",
    ]
)
TUTORIAL = ROOT / "docs/add-a-feature.md"
ARCHITECTURE = ROOT / "docs/architecture.md"
MOST_LINES = 120
MOST_TERMS = 25

CODE = re.compile(r"```.*?```|`[^`\n]+`", re.DOTALL)
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
PATH = re.compile(r"`([\w.-]+/[\w./-]*)`")
# A table row or list item of the form: `path/file.py` … `function` … `Class.method`
STEP = re.compile(r"`(\w[\w/]*\.py)`:?((?:[^`\n]*`[\w.]+`)+)")

each_document = pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))


@each_document
def test_relative_links_lead_somewhere(document: Path) -> None:
    broken = []
    for target in LINK.findall(CODE.sub("", document.read_text(encoding="utf-8"))):
        path, _, anchor = target.partition("#")
        if ":" in path:
            continue
        file = (document.parent / path).resolve() if path else document
        if not file.exists() or (anchor and anchor not in list_anchors(file)):
            broken.append(target)
    assert broken == []


@each_document
def test_named_files_exist(document: Path) -> None:
    created = set(find_created_files()) if document == TUTORIAL else set()
    named = PATH.findall(document.read_text(encoding="utf-8"))
    ours = {path for path in named if (ROOT / path.split("/")[0]).is_dir()}
    assert [path for path in sorted(ours) if not (ROOT / path).exists() and path not in created] == []


def test_architecture_names_functions_where_they_are() -> None:
    missing = []
    steps = list(iterate_steps(ARCHITECTURE.read_text(encoding="utf-8")))
    for path, name in steps:
        if name not in list_definitions(ROOT / path):
            missing.append(f"{path}: {name}")
    assert missing == []
    assert len(steps) > 20


def test_architecture_fits_on_few_pages() -> None:
    lines = ARCHITECTURE.read_text(encoding="utf-8").splitlines()
    glossary = lines[lines.index("## Glossary") :]
    terms = [line for line in glossary if line.startswith("| ") and not line.startswith(("| Term", "|---"))]
    assert len(lines) <= MOST_LINES
    assert 10 <= len(terms) <= MOST_TERMS


@each_document
def test_named_commands_exist(document: Path) -> None:
    tree = typer.main.get_command(app)
    for code in CODE.findall(document.read_text(encoding="utf-8")):
        for match in re.finditer(r"(?:^|[`\s]|bin/)pmo((?: [a-z][a-z-]*){1,2})", code):
            assert is_command(tree, match[1].split()), match[0]
        for target in re.findall(r"(?:^|[`\n])make ([a-z]+)", code):
            assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE), target


def test_readme_lists_every_setting() -> None:
    listed = set(re.findall(r"^\| `([A-Z_]+)` \|", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE))
    assert listed == {field.alias for field in Settings.model_fields.values()}


def list_anchors(file: Path) -> set[str]:
    """The anchors that GitHub gives to a document's headings."""
    headings = re.findall(r"^#+ (.+)$", file.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def find_created_files() -> list[str]:
    return re.findall(r"Create `([^`]+)`", TUTORIAL.read_text(encoding="utf-8"))


def iterate_steps(text: str) -> Iterator[tuple[str, str]]:
    """Each file with each name that the text says is in it."""
    for path, names in STEP.findall(text):
        for name in re.findall(r"`([\w.]+)`", names):
            yield path, name


def list_definitions(file: Path) -> set[str]:
    """Names of functions, classes and constants, and of methods as Class.method."""
    found = set()
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
        if isinstance(node, ast.ClassDef):
            found |= {f"{node.name}.{one.name}" for one in node.body if hasattr(one, "name")}
        if isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            found |= {target.id for target in targets if isinstance(target, ast.Name)}
    return found


def is_command(tree: Any, words: list[str]) -> bool:
    """Whether the words name a command; what follows one is an argument."""
    for word in words:
        if not hasattr(tree, "commands"):
            return True
        if word not in tree.commands:
            return False
        tree = tree.commands[word]
    return True
