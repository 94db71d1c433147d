"""The rows of a batch: questions with who asks them and what they asked before."""

import re
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, field_validator

from foundation.errors import UserError
from foundation.files import BadFile, FileProblem
from foundation.json_lines import read_json_lines
from foundation.people import People, Person, Role

_USER_ID = re.compile(r"[UW][A-Z0-9]{2,20}")
_ROLES = ", ".join(role.value for role in Role)


def _replace_surrogates(text: str) -> str:
    """JSON can spell halves of characters, which no file or database takes."""
    return text.encode("utf-8", "replace").decode("utf-8")


Typed = Annotated[str, AfterValidator(_replace_surrogates)]


class BatchRow(BaseModel):
    """One conversation. `before` are earlier messages, oldest first; `asker` is a user id or a role."""

    model_config = ConfigDict(extra="ignore", frozen=True, strict=True)

    id: Any
    question: Typed
    before: list[Typed] = []
    asker: str = Role.MEMBER.value

    @field_validator("id")
    @classmethod
    def _is_text_or_number(cls, value: Any) -> Any:
        if isinstance(value, bool) or not isinstance(value, str | int):
            raise ValueError("Expected text or a whole number.")
        return _replace_surrogates(value) if isinstance(value, str) else value


def read_batch(path: Path, people: People) -> tuple[tuple[BatchRow, Person], ...]:
    """The rows of a JSONL file, each with its asker.

    Raises:
        BadFile: every invalid row, with its line and field.
    """
    rows = read_json_lines(path, BatchRow)
    askers = [_find_or_explain(row.asker, people) for row in rows.values()]
    problems = [
        FileProblem(str(path), number, "asker", found)
        for number, found in zip(rows, askers, strict=True)
        if isinstance(found, str)
    ]
    if problems:
        raise BadFile(problems)
    return tuple((row, found) for row, found in zip(rows.values(), askers, strict=True) if isinstance(found, Person))


def find_asker(asker: str, people: People) -> Person:
    """The person with this id, or a typical one with this role.

    Raises:
        UserError: it is neither an id nor a role, or nobody has the role.
    """
    if asker in people or _USER_ID.fullmatch(asker):
        return people.get(asker)
    if asker not in set(Role):
        raise UserError(f"Expected a Slack user ID such as U01ADA, or one of {_ROLES}.")
    person = people.find_typical(Role(asker))
    if person is None:
        raise UserError(f"Nobody in the organisation file has the role {asker}.")
    return person


def _find_or_explain(asker: str, people: People) -> Person | str:
    try:
        return find_asker(asker, people)
    except UserError as error:
        return error.message
