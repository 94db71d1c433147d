"""Who somebody is by Slack's users.info, and how long that is remembered."""

import asyncio
from types import SimpleNamespace
from typing import Any, cast

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.engine.slack_people import SlackPeople, judge_person
from foundation.access import PersonKind
from tests.bot.conftest import Now

OWN = frozenset({"T1", "E1"})


@pytest.mark.parametrize(
    ("person", "expected"),
    [
        ({"id": "U1", "team_id": "T1"}, PersonKind.UNLISTED),
        ({"id": "U1", "team_id": "T2", "enterprise_user": {"enterprise_id": "E1"}}, PersonKind.UNLISTED),
        ({"id": "U1", "team_id": "T2", "enterprise_user": {"enterprise_id": "E2"}}, PersonKind.OUTSIDER),
        ({"id": "U1", "team_id": "T2", "is_stranger": True}, PersonKind.OUTSIDER),
        ({"id": "U1", "team_id": "T2", "is_restricted": True}, PersonKind.OUTSIDER),
        ({"id": "U1", "team_id": "T1", "is_restricted": True}, PersonKind.GUEST),
        ({"id": "U1", "team_id": "T1", "is_restricted": True, "is_ultra_restricted": True}, PersonKind.GUEST),
        ({"id": "U1", "team_id": "T1", "deleted": True}, PersonKind.DEACTIVATED),
        ({"id": "U1", "team_id": "T1", "is_bot": True}, PersonKind.BOT),
        ({"id": "U1", "team_id": "T1", "is_workflow_bot": True}, PersonKind.BOT),
        ({"id": "USLACKBOT", "team_id": "T1"}, PersonKind.BOT),
    ],
)
def test_kind_follows_from_slacks_record(person: dict[str, Any], expected: PersonKind) -> None:
    assert judge_person(person, OWN) is expected


class ScriptedSlack:
    """Answers with each of these in turn: a person, or an error's code."""

    def __init__(self, *answers: dict[str, Any] | str) -> None:
        self.answers = list(answers)

    async def api_call(self, method: str, **_: Any) -> Any:
        answer = self.answers.pop(0)
        if isinstance(answer, str):
            raise SlackApiError("refused", SimpleNamespace(data={"ok": False, "error": answer}, status_code=200))
        return SimpleNamespace(data={"ok": True, "user": answer})


def open_people(slack: ScriptedSlack, now: Now) -> SlackPeople:
    return SlackPeople(cast(AsyncWebClient, slack), "T1", None, asyncio.get_running_loop(), now)


async def test_answer_is_remembered_for_some_minutes(now: Now) -> None:
    slack = ScriptedSlack({"id": "U1", "team_id": "T1"}, {"id": "U1", "team_id": "T1", "is_restricted": True})
    people = open_people(slack, now)
    assert people.recall("U1") is PersonKind.UNKNOWN
    await asyncio.to_thread(people.look_up, "U1")
    await people.look_up_soon("U1")
    assert people.recall("U1") is PersonKind.UNLISTED
    now.forward(11 * 60)
    await people.look_up_soon("U1")
    assert people.recall("U1") is PersonKind.GUEST


async def test_what_was_known_counts_while_slack_cannot_be_asked(now: Now) -> None:
    people = open_people(ScriptedSlack({"id": "U1", "team_id": "T1"}, "ratelimited", "ratelimited"), now)
    await people.look_up_soon("U1")
    now.forward(11 * 60)
    await people.look_up_soon("U1")
    await people.look_up_soon("U2")
    assert (people.recall("U1"), people.recall("U2")) == (PersonKind.UNLISTED, PersonKind.UNKNOWN)


@pytest.mark.parametrize("code", ["user_not_found", "user_not_visible"])
async def test_whom_slack_does_not_know_is_an_outsider(now: Now, code: str) -> None:
    people = open_people(ScriptedSlack(code), now)
    await people.look_up_soon("U9")
    assert people.recall("U9") is PersonKind.OUTSIDER
