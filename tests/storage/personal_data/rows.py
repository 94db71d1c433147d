"""A row of every table in which every column that can name Ada does."""

import json
import zlib
from datetime import date
from typing import Any

from sqlalchemy import JSON, Boolean, Date, Float, Integer, LargeBinary, Table

from storage.personal_data.columns import COLUMNS, Content
from storage.tables import Base
from storage.tables.base import UtcDateTime
from tests.storage.cast import ADA, NOW

NAME = "Ada Okafor"
WORDS = f"I'm {NAME}, ask <@{ADA}> or {ADA}."
RECORD = {"people": [ADA, "U02BEN"], "text": WORDS, "number": 3}
PAGES = [{"owner": ADA, "text": "The gate."}, {"owner": "U02BEN", "text": "The depot."}]
MESSAGE = {
    "text": WORDS,
    "blocks": [
        {"type": "rich_text", "elements": [{"type": "user", "user_id": ADA}]},
        {"type": "users_select", "initial_user": ADA, "action_id": "a"},
        {"type": "button", "value": json.dumps([ADA, 1])},
    ],
}
BY_CONTENT: dict[Content, Any] = {
    Content.PERSON: ADA,
    Content.REMOVED: ADA,
    Content.KEY: f"welcome:{ADA}",
    Content.PAYLOAD: {"user": {"id": ADA, "name": "ada"}},
    Content.MESSAGE: MESSAGE,
    Content.RECORD: RECORD,
    Content.REQUEST: RECORD,
    Content.TERMS: "ada okafor",
    Content.FILE: f"objectives:\n  - owner: {ADA}\n",
    Content.PLAN: {"objectives": [{"owner": ADA}]},
    Content.PACKED: zlib.compress(json.dumps(PAGES).encode()),
    Content.WORDS: WORDS,
}
FIXED = {"status": "done", "method": "post", "posted_ts": "1789.0001", "due_at": None, "person": ADA}


def make_row(table: Table, changes: dict[str, Any] | None = None) -> dict[str, Any]:
    """The values by column; those about documents name nobody."""
    columns = COLUMNS[table.name]
    row = {one.name: _make_value(one, columns[one.name].content if one.name in columns else None) for one in table.c}
    fixed = {name: value for name, value in FIXED.items() if name in row and (value or table.c[name].nullable)}
    fixed |= {"number": 1000} if table.name == "deliveries" else {}
    return row | fixed | (changes or {})


def list_tables() -> list[Table]:
    """All that can name somebody, parents first. An erasure's own table is written by the erasure."""
    return [table for table in Base.metadata.sorted_tables if table.name != "erasures"]


def _make_value(column: Any, content: Content | None) -> Any:
    if content is Content.GENERATED:
        return MESSAGE if isinstance(column.type, JSON) else WORDS
    if content in BY_CONTENT:
        return BY_CONTENT[content]
    for kind, value in (
        (JSON, []),
        (LargeBinary, b""),
        (UtcDateTime, NOW),
        (Date, date(2026, 9, 14)),
        (Boolean, False),
        (Float, 0.5),
        (Integer, 1),
    ):
        if isinstance(column.type, kind):
            return value
    return "x"
