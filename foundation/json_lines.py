"""Files with one JSON object a line, checked at the border: every error names the file, the line and the field."""

import json
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from foundation.field_messages import explain_field_error
from foundation.files import BadFile, FileProblem, read_text

M = TypeVar("M", bound=BaseModel)


def read_json_lines(path: Path, model: type[M]) -> dict[int, M]:
    """The rows of a JSONL file by the number of their line; empty lines are skipped.

    Raises:
        BadFile: every invalid line with its field, or there are no rows.
    """
    rows: dict[int, M] = {}
    problems: list[FileProblem] = []
    # JSON may contain other line ends than these within its strings, so splitlines() would cut a row in two.
    for number, line in enumerate(read_text(path).replace("\r\n", "\n").split("\n"), start=1):
        if line.strip():
            found = _read_row(str(path), number, line, model)
            if isinstance(found, list):
                problems += found
            else:
                rows[number] = found
    if not rows and not problems:
        problems.append(FileProblem(str(path), None, "", "This file has no rows."))
    if problems:
        raise BadFile(problems)
    return rows


def _read_row(name: str, number: int, line: str, model: type[M]) -> M | list[FileProblem]:
    try:
        value: Any = json.loads(line)
    except json.JSONDecodeError as error:
        return [FileProblem(name, number, "", f"Not valid JSON: {error.msg} (column {error.colno}).")]
    except (ValueError, RecursionError):  # a number or a nesting beyond what can be read
        return [FileProblem(name, number, "", "Not valid JSON.")]
    if not isinstance(value, dict):
        return [FileProblem(name, number, "", "Expected a JSON object.")]
    try:
        return model.model_validate(value)
    except ValidationError as error:
        return [_describe_problem(name, number, found) for found in error.errors()]


def _describe_problem(name: str, number: int, found: Any) -> FileProblem:
    field = ".".join(str(part) for part in found["loc"] if not str(part).startswith("function-"))
    return FileProblem(name, number, field, explain_field_error(found))
