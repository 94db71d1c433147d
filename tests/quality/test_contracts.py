"""What the layers must not do, beyond what import-linter can see."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.quality.sources import iterate_strings, list_modules, locate, parse_module

PAYLOAD_KEYS = {
    "actions",
    "callback_id",
    "channel_id",
    "channel_type",
    "container",
    "event",
    "event_id",
    "private_metadata",
    "response_url",
    "selected_option",
    "thread_ts",
    "trigger_id",
    "user_id",
    "view",
}
SLACK_METHOD = re.compile(r"(?:chat|conversations|files|reactions|users|views)\.[a-z]+[A-Za-z.]*")
ROLE_CHECKS = {"find_by_role", "has_role", "is_pmo"}
PILLARS = ("knowledge", "servicedesk", "strategy")


def test_only_slack_packages_read_payloads() -> None:
    modules = list_modules("handlers", "knowledge", "reporting", "servicedesk", "storage", "strategy")
    outside = [path for path in modules if path.parts[-2] != "slack" and "slack/blocks" not in path.as_posix()]
    assert [found for path in outside for found in _find_payload_reads(path)] == []


def test_only_engine_names_slack_methods() -> None:
    # storage's delivery kinds name what earlier versions stored.
    allowed = ("bot/engine/", "storage/engine/delivery_kinds.py", "/workspace/")
    modules = [path for path in list_modules() if not any(one in path.as_posix() for one in allowed)]
    found = [
        locate(path, line)
        for path in modules
        for line, text in iterate_strings(path)
        if SLACK_METHOD.fullmatch(text) and not text.endswith((".py", ".md", ".yaml"))
    ]
    assert found == []


@pytest.mark.parametrize("package", ["bot", "handlers", "reporting", "storage"])
def test_only_pillars_check_roles(package: str) -> None:
    found = [
        locate(path, node.lineno)
        for path in list_modules(package)
        for node in ast.walk(parse_module(path))
        if isinstance(node, ast.Attribute) and node.attr in ROLE_CHECKS
    ]
    assert found == []


@pytest.mark.parametrize("pillar", PILLARS)
def test_pillars_take_now_as_parameter(pillar: str) -> None:
    found = [
        locate(path, node.lineno)
        for path in list_modules(pillar)
        for node in ast.walk(parse_module(path))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("datetime.now", "date.today", "time.time")
    ]
    assert found == []


def test_days_are_taken_where_the_organisation_is() -> None:
    """The day of a moment in UTC is yesterday or tomorrow for many: `foundation.time.find_local_day` knows the zone."""
    allowed = (  # these have wall times and typed dates, no moments
        "foundation/time.py",
        "strategy/schedules.py",
        "strategy/skipped_dates.py",
        "handlers/questions/records/periods.py",
        "knowledge/reading/our_fields.py",
        "knowledge/reading/publication.py",
    )
    found = [
        locate(path, node.lineno)
        for path in list_modules("bot", "handlers", "reporting", "storage", "foundation", *PILLARS)
        if not path.as_posix().endswith(allowed)
        for node in ast.walk(parse_module(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ("date", "today")
    ]
    assert found == []


def _find_payload_reads(path: Path) -> Iterator[str]:
    """Subscripts and `get` calls with a key of Slack's payloads. A dict that is built is not one that is read."""
    for node in ast.walk(parse_module(path)):
        key = None
        if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
            key = node.slice
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "get":
            key = node.args[0] if node.args else None
        if isinstance(key, ast.Constant) and key.value in PAYLOAD_KEYS:
            yield locate(path, node.lineno)
