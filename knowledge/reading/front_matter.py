"""Front matter as site generators write it: YAML, TOML, JSON, MultiMarkdown and Pandoc's title block.

“---” at the top opens YAML only if a field follows it; otherwise it is a rule. A block may stand after blank lines and
comments, and end with “...”.
"""

import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from pydantic import BaseModel, ConfigDict

from foundation.files import BadFile, FileProblem, parse_yaml
from knowledge.reading.characters import explain_forbidden, find_forbidden

LARGEST = 100_000  # characters
_BEFORE = re.compile(r"(?:\s|\ufeff|<!--.*?-->|\{/\*.*?\*/\})*", re.DOTALL)
_OPENING = re.compile(r"(?P<mark>---(?P<form>[ \t]*(?:yaml|toml|json))?|\+\+\+)[ \t]*\n")
_CLOSING = {
    "---": re.compile(r"^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.MULTILINE),
    "+++": re.compile(r"^\+\+\+[ \t]*(?:\n|\Z)", re.MULTILINE),
}
_INSIGNIFICANT = re.compile(r"(?:[ \t]*(?:#[^\n]*)?(?:\n|\Z))*?(?=[ \t]*[^\s#]|\Z)")
_FIELD = re.compile(r"[ \t]*(?:[\"']?\w[\w .@/-]*[\"']?[ \t]*:(?:\s|\Z)|\{)")
_NAME = re.compile(r"[ \t]*[a-z_][\w-]*[ \t]*:(?:\s|\Z)")  # as generators name their fields
_JSON = re.compile(r"\{\s*\"[^\"\n]*\"\s*:")
_META_LINE = re.compile(r"([A-Za-z][\w -]{0,40}):[ \t]*(.*)|[ \t]+\S.*")
_META_NAME = re.compile(
    r"title|subtitle|author|authors|date|keywords|tags|category|categories|slug|summary|description|"
    r"language|lang|template|css|layout|status|copyright|affiliation|email|revision|version|created|"
    r"modified"
)
_PANDOC = re.compile(r"%[ \t]+(\S.*)\n(?:%[^\n]*\n|[ \t]+\S[^\n]*\n)*")


class _Fields(BaseModel):
    model_config = ConfigDict(extra="allow", frozen=True)


@dataclass(frozen=True, slots=True)
class Block:
    """Where front matter is. `text` starts at line `line` of the file, the body at character `end`. `is_doubtful` says
    that it may be text between two rules."""

    form: str
    text: str
    line: int
    end: int
    is_doubtful: bool = False
    fields: Mapping[str, object] = field(default_factory=dict)  # of forms that are read at once


def find_block(text: str, name: str) -> Block | None:
    """The front matter of a file, not yet parsed; None if it has none.

    Raises:
        BadFile: it isn't closed.
    """
    found = _BEFORE.match(text)
    start = found.end() if found else 0
    if opening := _OPENING.match(text, start):
        return _find_fenced(text, opening, name)
    if _JSON.match(text, start):
        return _read_json(text, start, name)
    return _read_title_block(text, start) or _read_meta_lines(text, start)


def parse_block(block: Block, name: str) -> Mapping[str, object] | None:
    """The fields; None if it is text between two rules.

    Raises:
        BadFile: it isn't valid, or has a control character.
    """
    fields = _parse_fields(block, name)
    for key, value in (fields or {}).items():
        if found := _find_control(value):
            line = find_field_line(block, key)
            raise BadFile([FileProblem(name, line, str(key), explain_forbidden(found))])
    return fields


def find_field_line(block: Block, key: str) -> int:
    """The line of a field in the file."""
    found = re.search(rf"^[ \t]*[\"']?{re.escape(str(key))}\b", block.text, re.MULTILINE)
    return block.line + (block.text.count("\n", 0, found.start()) if found else 0)


def _find_fenced(text: str, opening: re.Match[str], name: str) -> Block | None:
    mark, form = opening["mark"][:3], (opening["form"] or "").strip()
    form, line = form or ("yaml" if mark == "---" else "toml"), text.count("\n", 0, opening.end()) + 1
    start = opening.end()
    content = _INSIGNIFICANT.match(text, start)
    first = content.end() if content else start
    closing = _CLOSING[mark].search(text, start, start + LARGEST)
    is_doubtful = text[start : start + 1].isspace()
    has_field = bool((_NAME if is_doubtful else _FIELD).match(text, first))
    if form == "yaml" and not has_field and not (closing and closing.start() <= first and not is_doubtful):
        return None
    if closing is None:
        if form == "yaml" and not _NAME.match(text, first):
            return None
        why = (
            f"The front matter isn't closed. “{mark}” at the top opens it: add a line “{mark}” after its fields, or "
            "write “***” if you meant a rule."
        )
        raise BadFile([FileProblem(name, line - 1, "", why)])
    return Block(form, text[start : closing.start()], line, closing.end(), is_doubtful)


def _parse_fields(block: Block, name: str) -> Mapping[str, object] | None:
    if not block.text.strip() or block.fields:
        return block.fields
    if block.form == "toml":
        return _parse_toml(block, name)
    if block.form == "json":
        return _parse_json(block.text, block.line, name)
    if not _has_fields(block.text):
        return {}
    try:
        return dict(parse_yaml(block.text, _Fields, name=name, first_line=block.line).model_extra or {})
    except BadFile as error:
        if block.is_doubtful:
            return None
        opened = f"(“---” at the top opens front matter, up to line {block.line + block.text.count(chr(10))}.)"
        problems = [replace(one, message=f"{one.message} {opened}") for one in error.problems]
        raise BadFile(problems) from None


def _has_fields(text: str) -> bool:
    return any(line.strip() and not line.lstrip().startswith("#") for line in text.splitlines())


def _parse_toml(block: Block, name: str) -> Mapping[str, object]:
    try:
        return tomllib.loads(block.text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        found = re.search(r"line (\d+)", str(error))
        line = block.line + int(found[1]) - 1 if found else block.line
        why = 'The front matter between “+++” isn\'t valid TOML. Write each field as: title = "…".'
        raise BadFile([FileProblem(name, line, "", why)]) from None


def _parse_json(text: str, line: int, name: str) -> Mapping[str, object]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        where = line + getattr(error, "lineno", 1) - 1
        raise BadFile([FileProblem(name, where, "", "The front matter at the top isn't valid JSON.")]) from None
    return found if isinstance(found, dict) else {}


def _read_json(text: str, start: int, name: str) -> Block | None:
    """JSON needs no marks around it. A page that only shows an object has no text after it, and isn't worth more."""
    line = text.count("\n", 0, start) + 1
    try:
        found, end = json.JSONDecoder().raw_decode(text, start)
    except (ValueError, RecursionError):
        _parse_json(text[start : start + LARGEST], line, name)
        return None
    after = re.compile(r"[ \t]*(?:\n|\Z)").match(text, end)
    return Block("json", text[start:end], line, after.end(), fields=found) if after else None


def _read_title_block(text: str, start: int) -> Block | None:
    found = _PANDOC.match(text, start)
    line = text.count("\n", 0, start) + 1
    return Block("pandoc", found[0], line, found.end(), fields={"title": found[1].strip()}) if found else None


def _read_meta_lines(text: str, start: int) -> Block | None:
    """MultiMarkdown: “Title: …” and more such lines up to a blank one. Other first lines with a colon are text."""
    end = text.find("\n\n", start)
    block = text[start : end if end >= 0 else len(text)]
    if len(block) > LARGEST or not _META_NAME.fullmatch(block.partition(":")[0].strip().lower()):
        return None
    fields: dict[str, object] = {}
    for line in block.splitlines():
        if not (found := _META_LINE.fullmatch(line)):
            return None
        if found[1]:
            fields[found[1].strip().lower()] = found[2].strip()
    known = [name for name in fields if _META_NAME.fullmatch(name)]
    if "title" not in known and len(known) < 2:
        return None
    return Block("multimarkdown", block, text.count("\n", 0, start) + 1, start + len(block) + 1, fields=fields)


def _find_control(value: object) -> str:
    """The first control character in a value or in what it holds."""
    if isinstance(value, Mapping):
        return next(filter(None, map(_find_control, (*value, *value.values()))), "")
    if isinstance(value, list | tuple):
        return next(filter(None, map(_find_control, value)), "")
    at = find_forbidden(value) if isinstance(value, str) else None
    return value[at] if isinstance(value, str) and at is not None else ""
