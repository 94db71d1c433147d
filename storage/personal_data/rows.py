"""What erasing somebody makes of one row: new values, and what others wrote about them, which stays."""

import json
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from storage.personal_data.columns import COLUMNS, Column, Content
from storage.personal_data.identity import Identity, iterate_texts
from storage.questions import make_gist

_EXCERPT = 160  # characters
_AROUND = 60  # characters before the name

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ReviewItem:
    """Somebody is named, perhaps, in words that others wrote. `row` is the row's key."""

    table: str
    row: str
    column: str
    excerpt: str


@dataclass(slots=True)
class RowChange:
    """The new values by column. `is_busy`: it is being worked on, and has to be looked at again."""

    values: dict[str, Any] = field(default_factory=dict)
    is_deleted: bool = False
    is_busy: bool = False
    to_review: list[ReviewItem] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Cell:
    """One value of a row on its way. `attributed` has the person's own texts of a request with what they become."""

    identity: Identity
    table: str
    column: str
    row: Row
    key: str
    attributed: Mapping[str, str]
    change: RowChange

    @property
    def value(self) -> Any:
        return self.row[self.column]

    @property
    def is_own(self) -> bool:
        """Whether the person wrote it."""
        author = COLUMNS[self.table][self.column].author
        return bool(author) and self.row[author] in (self.identity.person, self.identity.pseudonym)

    def note(self, text: str) -> str:
        """What others wrote stays as it is, and somebody may want to read it."""
        if self.identity.may_be_named_in(text):
            excerpt = cut_excerpt(self.identity, text)
            self.change.to_review.append(ReviewItem(self.table, self.key, self.column, excerpt))
        return text


def rewrite_row(
    identity: Identity, table: str, row: Row, key: str, attributed: Mapping[str, str] | None = None
) -> RowChange:
    """`row` has the values by column, `key` names it to people."""
    change = RowChange()
    for name, column in COLUMNS[table].items():
        if row.get(name) is None:
            continue
        cell = _Cell(identity, table, name, row, key, attributed or {}, change)
        new = REWRITERS[column.content](cell, column)
        if new != row[name]:
            change.values[name] = new
    return change


def attribute_texts(identity: Identity, entries: list[Row]) -> dict[str, str]:
    """The texts in a request's log that the person wrote and that name them, with what they become."""
    own = [one for one in entries if one["actor"] in (identity.person, identity.pseudonym)]
    texts = {text for one in own for text in iterate_texts([one["comment"] or "", one["data"]])}
    return {text: identity.replace_words(text) for text in texts if identity.is_named_in(text)}


def cut_excerpt(identity: Identity, text: str) -> str:
    """The part of a text that names them, on one line."""
    line = " ".join(text.split())
    starts = [line.find(word) for word in identity.list_patterns() if word in line]
    start = max(min(starts, default=0) - _AROUND, 0)
    cut = line[start : start + _EXCERPT]
    return f"{'…' if start else ''}{cut}{'…' if start + _EXCERPT < len(line) else ''}"


def _keep(cell: _Cell, _: Column) -> Any:
    return cell.value


def _replace_person(cell: _Cell, _: Column) -> Any:
    return cell.identity.replace_person(cell.value)


def _remove(cell: _Cell, _: Column) -> Any:
    if cell.identity.replace_id(cell.value) != cell.value:
        cell.change.is_deleted = True
    return cell.value


def _replace_key(cell: _Cell, _: Column) -> Any:
    return cell.identity.replace_id(cell.value)


def _empty_payload(cell: _Cell, _: Column) -> Any:
    if not cell.identity.is_named_in(cell.value):
        return cell.value
    if cell.row["due_at"] is None:
        return {}
    cell.change.is_busy = True
    return cell.value


def _replace_message(cell: _Cell, _: Column) -> Any:
    new = cell.identity.replace_message(cell.value)
    if new != cell.value and cell.row["status"] == "leased":
        cell.change.is_busy = True
        return cell.value
    return new


def _replace_generated(cell: _Cell, _: Column) -> Any:
    return cell.identity.replace_message(cell.value)


def _replace_own_words(cell: _Cell, _: Column) -> Any:
    return cell.identity.replace_words(cell.value) if cell.is_own else cell.note(cell.value)


def _replace_in_record(cell: _Cell, _: Column) -> Any:
    replace_text = cell.identity.replace_words if cell.is_own else cell.note
    return cell.identity.replace_record(cell.value, replace_text)


def _replace_in_request(cell: _Cell, _: Column) -> Any:
    def replace_text(text: str) -> str:
        return cell.attributed.get(text) or cell.note(text)

    return cell.identity.replace_record(cell.value, replace_text)


def _recompute_terms(cell: _Cell, column: Column) -> Any:
    text = cell.change.values.get(column.author)
    return cell.value if text is None else make_gist(text)


def _review(cell: _Cell, _: Column) -> Any:
    for text in iterate_texts(cell.value):
        cell.note(text)
    return cell.value


def _replace_in_file(cell: _Cell, _: Column) -> Any:
    return cell.note(cell.identity.replace_id(cell.value))


def _replace_in_plan(cell: _Cell, _: Column) -> Any:
    return cell.identity.replace_record(cell.value, cell.identity.replace_id)


def _replace_owners(cell: _Cell, _: Column) -> Any:
    pages = json.loads(zlib.decompress(cell.value))
    for page in pages:
        cell.note(page["text"])
    if all(page["owner"] != cell.identity.person for page in pages):
        return cell.value
    replaced = [page | {"owner": cell.identity.replace_person(page["owner"])} for page in pages]
    return zlib.compress(json.dumps(replaced).encode(), 6)


REWRITERS: Mapping[Content, Callable[[_Cell, Column], Any]] = {
    Content.NOTHING: _keep,
    Content.PERSON: _replace_person,
    Content.REMOVED: _remove,
    Content.KEY: _replace_key,
    Content.PAYLOAD: _empty_payload,
    Content.MESSAGE: _replace_message,
    Content.GENERATED: _replace_generated,
    Content.WORDS: _replace_own_words,
    Content.RECORD: _replace_in_record,
    Content.REQUEST: _replace_in_request,
    Content.TERMS: _recompute_terms,
    Content.DOCUMENT: _review,
    Content.FILE: _replace_in_file,
    Content.PLAN: _replace_in_plan,
    Content.PACKED: _replace_owners,
}
