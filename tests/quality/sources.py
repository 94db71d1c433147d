"""The project's own files, for the tests that read code and text instead of running it."""

import ast
import io
import tokenize
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
PACKAGES = (
    "bot",
    "foundation",
    "handlers",
    "knowledge",
    "reporting",
    "servicedesk",
    "storage",
    "strategy",
    "workspace",
)


@cache
def list_modules(*folders: str) -> tuple[Path, ...]:
    """Every Python file of these folders, given relative to the project; of all packages when none is named."""
    files = (path for folder in folders or PACKAGES for path in sorted((ROOT / folder).rglob("*.py")))
    return tuple(path for path in files if "versions" not in path.parts)


@cache
def parse_module(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def locate(path: Path, line: int) -> str:
    """File and line in the form that editors open."""
    return f"{path.relative_to(ROOT)}:{line}"


def iterate_identifiers(path: Path) -> Iterator[tuple[int, str]]:
    """Line and text of every name in a Python file."""
    for token in tokenize.generate_tokens(io.StringIO(path.read_text(encoding="utf-8")).readline):
        if token.type == tokenize.NAME:
            yield token.start[0], token.string


def iterate_strings(path: Path) -> Iterator[tuple[int, str]]:
    """Line and text of every string in a Python file that is not a docstring; of an f-string, its fixed parts."""
    tree = parse_module(path)
    docstrings = {id(node) for node in _find_docstrings(tree)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.lineno, node.value


def _find_docstrings(tree: ast.Module) -> Iterator[ast.Constant]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            for statement in node.body:  # a string under a constant documents it
                if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
                    yield statement.value
