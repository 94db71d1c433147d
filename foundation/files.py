"""Files from outside, checked at the border: every error names the file, the line and the field.

`read_yaml` validates a file with a pydantic model. ruamel.yaml remembers the line of every node, so what pydantic
finds wrong at `services → 2 → fields → 0 → kind` is reported with its line number.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.constructor import RoundTripConstructor
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from foundation.errors import UserError

M = TypeVar("M", bound=BaseModel)

LARGEST_FILE = 5_000_000  # bytes; a file of an organisation is text written by people


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
        raise BadFile(
            [FileProblem(str(path), None, "", f"This isn't UTF-8 text (see byte {error.start}). Save it as UTF-8.")]
        ) from None
    except OSError as error:
        raise BadFile([FileProblem(str(path), None, "", _describe_unreadable(error))]) from None


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
    """Validate YAML text with `model`. `name` and `first_line` locate the text, for messages."""
    tree = _parse_yaml_text(text, name, first_line)
    if not isinstance(tree, CommentedMap):
        raise BadFile([FileProblem(name, first_line, "", "Expected named fields, such as “title: …”.")])
    try:
        return model.model_validate(_to_plain(tree))
    except ValidationError as error:
        raise BadFile([_describe_problem(name, tree, found, first_line) for found in error.errors()]) from None


def find_line(text: str, path: Sequence[str | int], *, first_line: int = 1) -> int | None:
    """The line of the node at `path` in YAML text, for checks that a model cannot make by itself."""
    return _find_line(_parse_nodes(text), path, first_line)


@lru_cache(maxsize=4)
def _parse_nodes(text: str) -> Any:
    """The nodes with their lines. A check that finds fifty problems in a file needs the same tree fifty times."""
    yaml = YAML(typ="rt")
    yaml.Constructor = _Constructor
    return yaml.load(text)


class _Constructor(RoundTripConstructor):
    """A date that doesn't exist stays text, so that it is reported with its line and field."""

    def construct_yaml_timestamp(self, node: Any, values: Any = None) -> Any:
        try:
            return super().construct_yaml_timestamp(node, values)
        except ValueError:
            return self.construct_scalar(node)


_Constructor.add_constructor("tag:yaml.org,2002:timestamp", _Constructor.construct_yaml_timestamp)


def _parse_yaml_text(text: str, name: str, first_line: int) -> Any:
    try:
        return _parse_nodes(text)
    except MarkedYAMLError as error:
        line = error.problem_mark.line + first_line if error.problem_mark else None
        raise BadFile([FileProblem(name, line, "", f"Not valid YAML: {error.problem or error.context}.")]) from None
    except (YAMLError, ValueError) as error:
        raise BadFile([FileProblem(name, None, "", f"Not valid YAML: {str(error).splitlines()[0]}.")]) from None


def _to_plain(node: Any) -> Any:
    """The tree without ruamel's own types for strings and numbers, which pydantic's strict modes do not know."""
    if isinstance(node, CommentedMap):
        return {str(key): _to_plain(value) for key, value in node.items()}
    if isinstance(node, CommentedSeq):
        return [_to_plain(value) for value in node]
    for kind in (bool, int, float, str):
        if isinstance(node, kind):
            return kind(node)
    return node


_NO_DATE = "This isn't a date. Write it as 2026-12-31."
_NO_NUMBER = "Expected a number."
_MESSAGES = {
    "missing": "This field is missing.",
    "extra_forbidden": "Unknown field. Check its spelling, or remove it.",
    "date_type": _NO_DATE,
    "date_parsing": _NO_DATE,
    "date_from_datetime_parsing": _NO_DATE,
    "date_from_datetime_inexact": _NO_DATE,
    "decimal_type": _NO_NUMBER,
    "decimal_parsing": _NO_NUMBER,
    "float_parsing": _NO_NUMBER,
    "int_parsing": "Expected a whole number.",
    "too_short": "Enter at least one.",
    "string_type": "Expected text.",
    "list_type": "Expected a list.",
    "tuple_type": "Expected a list.",
}


def _describe_problem(name: str, tree: Any, found: Any, first_line: int) -> FileProblem:
    noise = ("function-", "tagged-", "[key]")  # pydantic's own steps, which aren't in the file
    path = [part for part in found["loc"] if not (isinstance(part, str) and part.startswith(noise))]
    field = ".".join(str(part) for part in path)
    return FileProblem(name, _find_line(tree, path, first_line), field, explain_field_error(found))


def explain_field_error(found: Any) -> str:
    """One of pydantic's errors, in words for the person who wrote the file."""
    return _MESSAGES.get(found["type"], str(found["msg"]).removeprefix("Value error, "))


def _find_line(tree: Any, path: Sequence[str | int], first_line: int) -> int | None:
    node, line = tree, first_line
    for part in path:
        try:
            if isinstance(node, CommentedMap):
                line = node.lc.key(part)[0] + first_line
            elif isinstance(node, CommentedSeq) and isinstance(part, int):
                line = node.lc.item(part)[0] + first_line
            else:
                break
            node = node[part]
        except (KeyError, IndexError, TypeError, AttributeError):
            break
    return line
