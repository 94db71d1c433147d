"""Files from outside, checked at the border: every error names the file, the line and the field.

`read_yaml` validates a file with a pydantic model. The line of every node is known (`foundation.yaml_nodes`), so what
pydantic finds wrong at `services → 2 → fields → 0 → kind` is reported with its line number, in words of its own
(`foundation.field_messages`).
"""

import re
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError

from foundation.errors import UserError
from foundation.field_messages import FieldError, list_field_errors, remove_at, set_at
from foundation.yaml_nodes import YamlProblem, YamlTree, parse_yaml_nodes

M = TypeVar("M", bound=BaseModel)

LARGEST_FILE = 5_000_000  # bytes; a file of an organisation is text written by people
MOST_PROBLEMS = 50  # reported at once
EMPTY = "This field is empty. Fill it in, or remove it if it isn't required."
EMPTY_VALUES: Mapping[str, Callable[[], object]] = {  # by the type of pydantic's error
    "tuple_type": list,
    "list_type": list,
    "set_type": list,
    "frozen_set_type": list,
    "dict_type": dict,
}


class Strict(BaseModel):
    """The base of every file model: unknown fields are rejected, values are frozen."""

    model_config = ConfigDict(extra="forbid", frozen=True)


@dataclass(frozen=True, slots=True)
class FileProblem:
    """One thing wrong in a file. `line` counts from 1; `field` is a dotted path, empty for the file as a whole."""

    file: str
    line: int | None
    field: str
    message: str

    def __str__(self) -> str:
        where = f"{self.file}, line {self.line}" if self.line else self.file
        return f"{where}: {self.field}: {self.message}" if self.field else f"{where}: {self.message}"


def match_pattern(pattern: str, message: str) -> AfterValidator:
    """Text that matches the whole `pattern`; `message` is the error. For fields of files: Annotated[str, …]."""
    expected = re.compile(pattern)

    def check(given: str) -> str:
        if not expected.fullmatch(given):
            raise ValueError(message)
        return given

    return AfterValidator(check)


UserId = Annotated[
    str,
    match_pattern(
        "[UW][A-Z0-9]{2,20}",
        "A Slack user ID looks like U01ADA. In Slack, open the person's profile and choose “Copy member ID”.",
    ),
]
ChannelId = Annotated[
    str,
    match_pattern(
        "[CG][A-Z0-9]{2,20}",
        "A Slack channel ID looks like C03TRIAGE. In Slack, it's at the end of the channel's details.",
    ),
]
GroupId = Annotated[
    str,
    match_pattern(
        "S[A-Z0-9]{2,20}",
        "The ID of a Slack user group looks like S01PMO. In Slack, open People & user groups → User groups, choose the "
        "group, then ⋮ → Copy group ID.",
    ),
]


class BadFile(UserError):
    """A file cannot be used. `problems` has at least one entry; the file was rejected as a whole."""

    def __init__(self, problems: Sequence[FileProblem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = tuple(problems)


def read_text(path: Path) -> str:
    """The text of a file in UTF-8.

    Raises:
        BadFile: it is missing, is not a file, is too large, or is not text.
    """
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise BadFile(
                [
                    FileProblem(
                        str(path),
                        None,
                        "",
                        f"The file is larger than {LARGEST_FILE // 1_000_000} MB. Use a smaller one.",
                    )
                ]
            )
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadFile([_describe_encoding(str(path), error)]) from None
    except OSError as error:
        raise BadFile([FileProblem(str(path), None, "", _describe_unreadable(error))]) from None


def _describe_encoding(name: str, error: UnicodeDecodeError) -> FileProblem:
    if error.object.startswith((b"\xff\xfe", b"\xfe\xff")):
        return FileProblem(name, None, "", "This is UTF-16 text (“Unicode” in some editors). Save it as UTF-8.")
    line = error.object.count(b"\n", 0, error.start) + 1
    return FileProblem(name, line, "", "This isn't UTF-8 text. Save it as UTF-8.")


def _describe_unreadable(error: OSError) -> str:
    match error:
        case FileNotFoundError() | NotADirectoryError():
            return "There's no such file. Check the name and the folder."
        case IsADirectoryError():
            return "This is a folder. Give the path of a file."
        case PermissionError():
            return "Permission denied. Give the bot permission to read this file."
        case _:
            return f"This file can't be read ({error.strerror or error})."


def read_yaml(path: Path, model: type[M]) -> M:
    """Read a YAML file into `model`.

    Raises:
        BadFile: every problem in it, each with its line and field.
    """
    return parse_yaml(read_text(path), model, name=str(path))


def parse_yaml(text: str, model: type[M], *, name: str, first_line: int = 1) -> M:
    """Validate YAML text with `model`. `name` and `first_line` locate the text, for messages.

    What is plainly meant is taken: a field without a value is left out, or is an empty list; what looks like a number
    or a date is text where text is expected, as it was typed.
    """
    tree = _parse_text(text, name, first_line)
    if not isinstance(tree.value, dict):
        raise BadFile([FileProblem(name, first_line, "", "Expected named fields, such as “title: …”.")])
    record, errors = _validate(tree, model)
    if record is not None:
        return record
    problems = [_describe_problem(one, tree, name, first_line) for one in errors]
    raise BadFile(list_first_problems(sorted(problems, key=lambda problem: problem.line or 0)))


def find_line(text: str, path: Sequence[str | int], *, first_line: int = 1) -> int | None:
    """The line of the node at `path` in YAML text, for checks that a model cannot make by itself."""
    return _parse_nodes(text).find_line(path) + first_line


def list_first_problems(problems: Sequence[FileProblem]) -> list[FileProblem]:
    """As many as somebody can read, and how many more there are."""
    more = len(problems) - MOST_PROBLEMS
    rest = [FileProblem(problems[0].file, None, "", f"And {more} more. Fix these first.")] if more > 0 else []
    return [*problems[:MOST_PROBLEMS], *rest]


# A check that finds fifty problems in a file needs the same tree fifty times.
_parse_nodes = lru_cache(maxsize=4)(parse_yaml_nodes)


def _parse_text(text: str, name: str, first_line: int) -> YamlTree:
    try:
        return _parse_nodes(text)
    except YamlProblem as problem:
        line = None if problem.line is None else problem.line + first_line
        raise BadFile([FileProblem(name, line, "", problem.message)]) from None


def _validate(tree: YamlTree, model: type[M]) -> tuple[M | None, list[FieldError]]:
    """The record, or what is wrong with it, once all that is plainly meant was taken."""
    value, emptied = tree.value, set[tuple[str | int, ...]]()
    while True:
        try:
            return model.model_validate(value), []
        except ValidationError as error:
            errors = list_field_errors(error.errors(), model)
        value = deepcopy(value)
        repaired = [_repair(value, one, tree, emptied) for one in errors]
        if not any(repaired):
            return None, [replace(one, message=EMPTY) if one.path in emptied else one for one in errors]


def _repair(value: object, error: FieldError, tree: YamlTree, emptied: set[tuple[str | int, ...]]) -> bool:
    """Put what was meant in the place of a value of the wrong type. Returns whether that could be done."""
    if not error.path:
        return False
    if error.given is None and error.kind in EMPTY_VALUES:
        return set_at(value, error.path, EMPTY_VALUES[error.kind]())
    if error.given is None and error.kind != "missing" and remove_at(value, error.path):
        emptied.add(error.path)
        return True
    typed = tree.find_text(error.path) if error.kind == "string_type" else None
    return typed is not None and error.given is not None and set_at(value, error.path, typed)


def _describe_problem(error: FieldError, tree: YamlTree, name: str, first_line: int) -> FileProblem:
    lines = sorted({tree.find_line(path) + first_line for path in (error.path, *error.others)})
    also = ", ".join(str(line) for line in lines[1:])
    message = f"{error.message} The same in line{'s' if len(lines) > 2 else ''} {also}." if also else error.message
    return FileProblem(name, lines[0], ".".join(str(part) for part in error.path), message)
