"""Our own front matter, and which pages are held to it."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from difflib import get_close_matches
from typing import Annotated, Any

from pydantic import BeforeValidator, Discriminator, Field, Tag, TypeAdapter, ValidationError

from foundation.files import BadFile, FileProblem, Strict, UserId, match_pattern, parse_yaml
from knowledge.reading.front_matter import Block

_NAMES = ("id", "title", "owner", "edition", "effective", "services", "questions", "related")
_TELLING = ("edition", "effective", "services", "questions")  # hardly used by others, together with an ID
LONGEST_EDITION = 20
_USER_ID = TypeAdapter(UserId)
_NO_ID = "Expected lowercase letters and digits, with words joined by “-”."


def _read_text_list(value: object) -> object:
    """One text stands for a list of it."""
    return (value,) if isinstance(value, str) else value


def _read_single(value: object) -> object:
    """A list of one text stands for the text."""
    return value[0] if isinstance(value, list) and len(value) == 1 else value


def _read_edition(value: object) -> object:
    is_number = isinstance(value, int | float | date) and not isinstance(value, bool)
    return str(value) if is_number else value


def _find_form(value: object) -> str:
    return "tagged-sections" if isinstance(value, Mapping) else "tagged-page"


_Texts = Annotated[tuple[str, ...], BeforeValidator(_read_text_list)]
_PageQuestions = Annotated[_Texts, Tag("tagged-page")]
_SectionQuestions = Annotated[dict[str, _Texts], Tag("tagged-sections")]
_OwnerText = Annotated[str, BeforeValidator(_read_single)]
_EditionText = Annotated[str, BeforeValidator(_read_edition)]


class OurFields(Strict):
    """The front matter of a page that is written for this bot."""

    id: Annotated[str, match_pattern("[a-z0-9]+(-[a-z0-9]+)*", _NO_ID)] = Field(max_length=80)
    title: str = Field(min_length=1, max_length=150)
    owner: _OwnerText = Field(min_length=1, max_length=40)
    edition: _EditionText = Field(min_length=1, max_length=LONGEST_EDITION)
    effective: date
    services: _Texts = ()
    questions: Annotated[_PageQuestions | _SectionQuestions, Discriminator(_find_form)] = ()
    related: _Texts = ()


def is_ours(fields: Mapping[str, object]) -> bool:
    """Whether a page is held to our front matter: it has an ID and two of the fields that hardly anybody else uses, and
    no field that is neither ours nor a misspelling of ours."""
    names = {str(name) for name in fields}
    if "id" not in names or len(names.intersection(_TELLING)) < 2:
        return False
    return all(name in _NAMES or get_close_matches(name, _NAMES, 1, 0.75) for name in names)


def read_ours(block: Block, fields: Mapping[str, object], name: str, *, strict: bool) -> OurFields:
    """The fields of a page of ours.

    Raises:
        BadFile: every problem. Unless `strict`, the last one ends by saying why the page is held to these rules.
    """
    try:
        found = parse_yaml(_quote_edition(block.text), OurFields, name=name, first_line=block.line)
    except BadFile as error:
        raise error if strict else BadFile([*error.problems[:-1], _add_reason(error.problems[-1], fields)]) from None
    return found


_EDITION = re.compile(r"^(edition:[ \t]*)([\d.]+)([ \t]*(?:#.*)?)$", re.MULTILINE)


def _quote_edition(front: str) -> str:
    """The front matter with the edition as it is typed: 1.10 isn't 1.1."""
    return _EDITION.sub(r'\1"\2"\3', front)


def _add_reason(problem: FileProblem, fields: Mapping[str, object]) -> FileProblem:
    telling = [f"“{name}”" for name in ("id", *_TELLING) if name in fields]
    named = f"{', '.join(telling[:-1])} and {telling[-1]}"
    reason = f"(A page with {named} is checked as one written for this bot; see docs/handbook.md.)"
    return FileProblem(problem.file, problem.line, problem.field, f"{problem.message} {reason}")


def read_clear_fields(fields: Mapping[str, object]) -> dict[str, Any]:
    """Owner, edition and effective date of a page of another system, each if it can mean nothing else."""
    found: dict[str, Any] = {}
    owner, edition, effective = _read_single(fields.get("owner")), fields.get("edition"), fields.get("effective")
    if isinstance(owner, str) and _is_user_id(owner):
        found["owner"] = owner
    text = _read_edition(edition)
    if isinstance(text, str) and 0 < len(text.strip()) <= LONGEST_EDITION:
        found["edition"] = text.strip()
    if isinstance(effective, date):
        found["effective"] = effective.date() if isinstance(effective, datetime) else effective
    return found


def _is_user_id(text: str) -> bool:
    try:
        return bool(_USER_ID.validate_python(text))
    except ValidationError:
        return False
