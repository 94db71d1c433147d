"""The job that keeps user groups up to date asks Slack seldom and spares the database."""

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import cast

import pytest

from bot.composition import build_context
from bot.engine.user_groups import (
    FORGET_EVERY,
    LOOK_EVERY,
    LOOK_UP_EVERY,
    PEOPLE_AT_ONCE,
    REFRESH_EVERY,
    RETRY_AFTER,
    GroupAnswer,
    RefreshUserGroups,
    SlackUserGroups,
)
from bot.group_members import add_stored_members
from bot.organisation import SAMPLE, read_organisation
from foundation.access import PersonKind
from foundation.people import Role, RoleGroup
from storage.database import Database
from storage.store import Store
from tests.handbook_data import MONDAY

BIG = tuple(f"U{number:05d}" for number in range(2 * PEOPLE_AT_ONCE + 1))
STAFF = RoleGroup("S01PMO", frozenset({Role.MEMBER, Role.PMO_STAFF}))
LEADS = RoleGroup("S02LEADS", frozenset({Role.PMO_LEAD}))


class ScriptedSlack:
    """Slack's answers by group, and what it was asked."""

    def __init__(self, **answers: GroupAnswer | None) -> None:
        self.answers = answers
        self.kinds: dict[str, PersonKind] = {}
        self.listed: list[str] = []
        self.looked_up: list[str] = []
        self.next_look_up: datetime | None = None

    def list_members(self, group: str) -> GroupAnswer | None:
        self.listed.append(group)
        return self.answers[group]

    def look_up(self, users: Collection[str]) -> dict[str, tuple[str, PersonKind]]:
        self.looked_up += users
        return {user: (f"Name of {user}", self.kinds.get(user, PersonKind.UNLISTED)) for user in users}


@pytest.fixture
def store(tmp_path: Path, migrated_file: Path) -> Iterator[Store]:
    database = Database(f"sqlite:///{tmp_path / 'pmo.db'}")
    (tmp_path / "pmo.db").write_bytes(migrated_file.read_bytes())
    yield Store(database)
    database.close()


def make_job(store: Store, slack: ScriptedSlack, changes: list[str], *groups: RoleGroup) -> RefreshUserGroups:
    organisation = add_stored_members(replace(read_organisation(SAMPLE), groups=groups), store, MONDAY)
    ctx = build_context(organisation, store, lambda: pytest.fail("No handbook is needed."), lambda: MONDAY)
    return RefreshUserGroups(ctx, cast(SlackUserGroups, slack), lambda: changes.append("changed"))


def later(step: timedelta, times: float = 1) -> datetime:
    return MONDAY + times * step


def test_each_group_is_asked_about_once_in_a_while(store: Store) -> None:
    slack = ScriptedSlack(S01PMO=GroupAnswer(("U09ULLA",)), S02LEADS=GroupAnswer(("U05EMEKA",)))
    changes: list[str] = []
    job = make_job(store, slack, changes, STAFF, LEADS)
    assert job(MONDAY) == later(LOOK_EVERY)
    assert changes == ["changed"]
    for times in (0.5, 1, 2, 3):
        job(later(LOOK_EVERY, times))
    assert slack.listed == ["S01PMO", "S02LEADS"]
    assert make_job(store, slack, changes, STAFF, LEADS)(MONDAY) == later(LOOK_EVERY)  # another process
    job(later(REFRESH_EVERY))
    assert slack.listed == 2 * ["S01PMO", "S02LEADS"]
    assert slack.looked_up == ["U09ULLA", "U05EMEKA"]


def test_large_group_is_looked_up_little_by_little(store: Store) -> None:
    slack = ScriptedSlack(S01PMO=GroupAnswer(BIG))
    job = make_job(store, slack, [], STAFF)
    for times, count in ((0, 15), (0.5, 15), (1, 30), (1.5, 30), (2, 31), (9, 31)):
        job(later(LOOK_UP_EVERY, times))
        assert len(slack.looked_up) == count
    organisation = add_stored_members(replace(read_organisation(SAMPLE), groups=(STAFF,)), store, MONDAY)
    assert len([one for one in organisation.people if one.is_by_group]) == len(BIG)


@pytest.mark.parametrize("kind", [PersonKind.GUEST, PersonKind.OUTSIDER, PersonKind.BOT, PersonKind.DEACTIVATED])
def test_only_colleagues_are_listed_by_a_group(store: Store, kind: PersonKind) -> None:
    slack = ScriptedSlack(S01PMO=GroupAnswer(("U08GINA", "U09ULLA")))
    slack.kinds["U08GINA"] = kind
    make_job(store, slack, [], STAFF)(MONDAY)
    people = add_stored_members(replace(read_organisation(SAMPLE), groups=(STAFF,)), store, MONDAY).people
    assert [one.id for one in people if one.is_by_group] == ["U09ULLA"]


def test_outage_ends_the_round_and_the_rest_is_tried_soon(store: Store) -> None:
    slack = ScriptedSlack(S01PMO=None, S02LEADS=GroupAnswer(("U05EMEKA",)))
    job = make_job(store, slack, [], STAFF, LEADS)
    job(MONDAY)
    assert slack.listed == ["S01PMO"]
    slack.answers["S01PMO"] = GroupAnswer(("U09ULLA",))
    job(later(RETRY_AFTER))
    assert slack.listed == ["S01PMO", "S01PMO", "S02LEADS"]


def test_without_groups_nobody_is_asked(store: Store) -> None:
    slack = ScriptedSlack()
    assert make_job(store, slack, [])(MONDAY) == later(FORGET_EVERY)
    assert slack.listed == []
