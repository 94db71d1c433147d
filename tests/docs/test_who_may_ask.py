"""The page on who may ask for what says what the pillars' tables say."""

import re
from pathlib import Path

from foundation.record_kinds import RecordKind
from servicedesk.record_access import DESK_ACCESS
from strategy.record_access import STRATEGY_ACCESS

PAGE = Path(__file__).parent.parent.parent / "docs" / "who-may-ask.md"


def test_every_record_is_in_one_table() -> None:
    assert set(STRATEGY_ACCESS) | set(DESK_ACCESS) == set(RecordKind)
    assert set(STRATEGY_ACCESS) & set(DESK_ACCESS) == set()


def test_page_shows_the_tables() -> None:
    rows = re.findall(r"^\| .* \(`(\w+)`\) \| (.*?) \| (.*?) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    access = {**STRATEGY_ACCESS, **DESK_ACCESS}
    assert rows == [(kind.value, access[kind].askers.value, access[kind].publicity.value) for kind in RecordKind]
