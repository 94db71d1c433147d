"""A sample company of ten thousand: its people, its strategy, and the moment at which it is measured. All invented."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

from bot.organisation import SAMPLE, Organisation, read_organisation
from foundation.people import People, Person, Role

NOW = datetime(2026, 11, 30, 10, tzinfo=UTC)  # a Monday
STAFF = [f"U8STAFF{number:03}" for number in range(20)]
LEADERS = [f"U8LEADER{number:03}" for number in range(40)]
MANAGERS = [f"U8MANAGER{number:04}" for number in range(500)]
OBJECTIVES, PROJECTS, METRICS = 200, 1_000, 800
MEASURED_EVERY = 5  # days; with METRICS this makes 50,000 measurements in a year


@cache
def read_company() -> Organisation:
    """The sample organisation with the people of a large one."""
    sample = read_organisation(SAMPLE)
    people = [
        *sample.people,
        *(_make_person(one, Role.PMO_STAFF) for one in STAFF[3:]),
        *(_make_person(one, Role.PMO_STAFF, Role.PMO_LEAD) for one in STAFF[:3]),
        *(_make_person(one, Role.LEADER) for one in LEADERS),
        *(_make_person(one, Role.PROJECT_MANAGER) for one in MANAGERS),
    ]
    everybody = People(people)
    return replace(sample, people=everybody, desk=replace(sample.desk, people=everybody))


def write_strategy_file(large: bool) -> str:
    """A strategy file: OBJECTIVES, METRICS and PROJECTS if it is large, else a tenth of each."""
    share = 1 if large else 10
    objectives, metrics, projects = OBJECTIVES // share, METRICS // share, PROJECTS // share
    weight = Decimal(1) / objectives
    content: dict[str, Any] = {
        "organisation": "Sample company",
        "version": "1",
        "mission": "Invented for a benchmark.",
        "vision": "Cost follows what is asked for.",
        "cycle": {
            "name": "Sample year",
            "starts": "2026-01-01",
            "ends": "2026-12-31",
            "check_ins": {
                "starts": "2026-01-05T09:00:00",
                "zone": "Europe/London",
                "rule": "FREQ=WEEKLY;BYDAY=MO",
            },
        },
        "objectives": [_make_objective(number, weight, objectives) for number in range(objectives)],
        "metrics": [_make_metric(number, number % objectives) for number in range(metrics)],
        "projects": [_make_project(number, objectives) for number in range(projects)],
    }
    return json.dumps(content, indent=1)  # JSON is YAML, too


def list_measured_values(large: bool) -> list[tuple[str, date, Decimal, str]]:
    """Metric, day, value and author of every measurement."""
    first, days = date(2026, 1, 5), (NOW.date() - date(2026, 1, 5)).days
    return [
        (f"metric-{number}", first + timedelta(day), Decimal(day % 90 + 5), MANAGERS[number % len(MANAGERS)])
        for number in range(METRICS if large else METRICS // 10)
        for day in range(0, days, MEASURED_EVERY)
    ]


def _make_person(user: str, *roles: Role) -> Person:
    return Person(user, f"Sample {user}", frozenset({Role.MEMBER, *roles}))


def _make_objective(number: int, weight: Decimal, count: int) -> dict[str, Any]:
    return {
        "key": f"objective-{number}",
        "title": f"Serve {number + 1} thousand more sample customers by December",
        "weight": str(weight if number else Decimal(1) - weight * (count - 1)),
        "owner": MANAGERS[number % len(MANAGERS)],
        "reviewer": LEADERS[number % len(LEADERS)],
        "ends": "2026-12-31",
        **({"visibility": "group", "viewers": {"roles": ["leader"]}} if number % 10 == 9 else {}),
    }


def _make_metric(number: int, objective: int) -> dict[str, Any]:
    return {
        "key": f"metric-{number}",
        "name": f"Sample customers served in region {number}",
        "kind": "key_result",
        "objective": f"objective-{objective}",
        "owner": MANAGERS[number % len(MANAGERS)],
        "unit": "thousand",
        "baseline": 0,
        "target": 100,
        "ends": "2026-12-31",
    }


def _make_project(number: int, objectives: int) -> dict[str, Any]:
    return {
        "key": f"project-{number}",
        "name": f"Sample project {number}",
        "owner": MANAGERS[number % len(MANAGERS)],
        "sponsor": LEADERS[number % len(LEADERS)],
        "budget": 10_000 + number,
        "currency": "EUR",
        "starts": "2026-01-01",
        "ends": "2026-12-31",
        "confidential": number % 20 == 19,
        "milestones": [
            {"key": f"start-{number}", "title": "Begin", "baseline": "2026-03-02", "actual": "2026-03-02"},
            {
                "key": f"end-{number}",
                "title": "Deliver",
                "baseline": "2026-12-01",
                "forecast": "2026-12-20" if number % 7 == 0 else "2026-12-01",
            },
        ],
        "serves": [{"objective": f"objective-{number % objectives}", "impact": 6, "rationale": "Sample rationale."}],
    }
