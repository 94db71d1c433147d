"""While people talk to the bot, its metrics count what they do, and never say who or what."""

import re
from pathlib import Path

import aiohttp
from prometheus_client.parser import text_string_to_metric_families

from foundation.telemetry import REGISTRY
from tests.conversations.conftest import find_free_port, open_office

MOST_SERIES = 500
LABEL_VALUE = re.compile(r"[a-z_]+|\*|[A-Z][A-Za-z]+|\d{3}|[a-z]+\.[A-Za-z]+|\d+\.\d+|\+Inf")
SLACK_ID = re.compile(r"[BCDGTUW]0\w+")
COUNTED = [
    ("pmo_arrivals_total", {"kind": "command"}, 3),
    ("pmo_ack_seconds_count", {"kind": "command"}, 3),
    ("pmo_handling_seconds_count", {"kind": "command"}, 3),
    ("pmo_answer_seconds_count", {"outcome": "answered"}, 1),
    ("pmo_answer_seconds_count", {"outcome": "not_found"}, 1),
    ("pmo_answer_seconds_count", {"outcome": "small_talk"}, 1),
]


def read_counts() -> list[float]:
    return [REGISTRY.get_sample_value(name, labels) or 0.0 for name, labels, _ in COUNTED]


async def test_metrics_count_without_saying_who_or_what(data: Path) -> None:
    port, before = find_free_port(), read_counts()
    async with open_office(data, PMO_OPERATIONS_PORT=port) as office, office.bot():
        for question in ("what is a health check?", "how do I get a parking permit for the depot?", "hello there"):
            await office.ada.command(f"/pmo {question}", channel="C07ASK")
            await office.ada.wait_message(channel="C07ASK")
        async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as session:
            readiness = await (await session.get("/readyz")).json()
            metrics = await (await session.get("/metrics")).text()
    assert readiness == {"status": "ready"}
    assert [after - earlier for after, earlier in zip(read_counts(), before, strict=True)] == [
        expected for _, _, expected in COUNTED
    ]
    samples = [one for family in text_string_to_metric_families(metrics) for one in family.samples]
    ours = [one for one in samples if one.name.startswith("pmo_")]
    values = {value for one in ours for value in one.labels.values()}
    assert [value for value in values if SLACK_ID.search(value) or not LABEL_VALUE.fullmatch(value)] == []
    assert len(ours) < MOST_SERIES
