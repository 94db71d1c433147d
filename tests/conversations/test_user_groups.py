"""Members of Slack user groups have the roles that the file gives the group, and losing a group locks nobody out."""

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.engine import user_groups
from bot.organisation import SAMPLE
from tests.conversations.conftest import Office, open_office
from tests.conversations.service_desk import request_service, wait_triage_card

GROUP = "S01PMO"
NOT_STAFF = "Only PMO staff can see this list"
NO_REQUESTS = "There are no requests to triage"
WEI = "  - {id: U03WEI, name: Wei Chen, roles: [member, pmo_staff]}\n"
EMEKA = "  - {id: U05EMEKA, name: Emeka Adeyemi, roles: [member, pmo_staff, pmo_lead]}\n"


def write_file(path: Path, *, roles: str, without: tuple[str, ...] = ()) -> Path:
    """The sample's organisation with a group, and without some people."""
    text = SAMPLE.read_text(encoding="utf-8")
    for line in without:
        assert line in text
        text = text.replace(line, "")
    path.write_text(f"{text}\ngroups:\n  - {{id: {GROUP}, roles: [{roles}]}}\n", encoding="utf-8")
    return path


@contextlib.asynccontextmanager
async def running(data: Path, file: Path) -> AsyncIterator[Office]:
    async with open_office(data, PMO_ORGANISATION=file) as office, office.bot():
        yield office


@pytest.fixture
async def staffed(data: Path, tmp_path: Path) -> AsyncIterator[Office]:
    """Wei is on the PMO staff by the group; Emeka leads by the file."""
    async with running(data, write_file(tmp_path / "own.yaml", roles="member, pmo_staff", without=(WEI,))) as office:
        yield office


@pytest.fixture
async def led(data: Path, tmp_path: Path) -> AsyncIterator[Office]:
    """Wei and Emeka lead the PMO by the group, and nobody by the file."""
    file = write_file(tmp_path / "own.yaml", roles="member, pmo_staff, pmo_lead", without=(WEI, EMEKA))
    async with running(data, file) as office:
        yield office


@pytest.fixture(autouse=True)
def look_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(user_groups, "LOOK_EVERY", user_groups.LOOK_EVERY / 50)


async def asks_for_triage(visitor: Any, answer: str) -> None:
    await visitor.command("/pmo-requests triage")
    await visitor.wait_message(answer)


async def wait_calls(office: Office, number: int, method: str = "usergroups.users.list") -> None:
    while len(await office.workspace.calls(method)) < number:
        await office.ada.messages("C01GENERAL")


async def until_answered(visitor: Any, answer: str) -> None:
    """Ask until the answer is this one: the change takes a moment to arrive."""
    for _ in range(50):
        await visitor.command("/pmo-requests triage")
        seen = await visitor.wait_message(lambda one: NOT_STAFF in str(one) or NO_REQUESTS in str(one))
        if answer in str(seen):
            return
    pytest.fail(f"The answer never was: {answer}")


async def test_member_of_the_group_has_its_roles_from_the_start(staffed: Office) -> None:
    await asks_for_triage(staffed.wei, NO_REQUESTS)
    await asks_for_triage(staffed.ada, NOT_STAFF)
    await request_service(staffed, staffed.ben)
    await staffed.wei.click(await wait_triage_card(staffed.wei, 1, "Waiting for triage"), "Accept")
    await wait_triage_card(staffed.emeka, 1, "In the queue")
    await staffed.ada.post(await staffed.ada.dm(), "who is in the PMO?")
    await staffed.ada.wait_message("Wei Chen")


async def test_who_joins_or_leaves_the_group_gains_or_loses_its_roles(staffed: Office) -> None:
    await staffed.workspace.change_usergroup(GROUP, users=["U05EMEKA", "U09ULLA"])
    await until_answered(staffed.ulla, NO_REQUESTS)
    await until_answered(staffed.wei, NOT_STAFF)


async def test_file_decides_for_those_whom_it_lists(data: Path, tmp_path: Path) -> None:
    async with running(data, write_file(tmp_path / "own.yaml", roles="member, pmo_staff")) as office:
        await office.workspace.change_usergroup(GROUP, users=["U01ADA", "U09ULLA"])
        await until_answered(office.ulla, NO_REQUESTS)
        await asks_for_triage(office.ada, NOT_STAFF)  # she is listed as a member
        await asks_for_triage(office.wei, NO_REQUESTS)


async def test_guests_outsiders_and_deactivated_people_get_no_role(staffed: Office) -> None:
    everybody = ["U03WEI", "U07OLGA", "U08GINA", "U10DMITRI", "U00PMOBOT", "U09ULLA"]
    await staffed.workspace.change_usergroup(GROUP, users=everybody)
    await until_answered(staffed.ulla, NO_REQUESTS)
    await staffed.olga.post("C08PARTNERS", "@PMO Assistant which requests are overdue?")
    await staffed.olga.wait_message("people of other organisations", channel="C08PARTNERS")
    await staffed.gina.command("/pmo-requests triage", channel="C09CONTRACTORS")
    await staffed.gina.wait_message("Guests can't")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"disabled": True}, "Slack has no user group S01PMO"),
        ({"deleted": True}, "Slack has no user group S01PMO"),
    ],
)
async def test_lost_group_locks_nobody_out(led: Office, change: dict[str, Any], said: str) -> None:
    await led.workspace.change_usergroup(GROUP, **change)
    led.clock.forward(minutes=16)
    await led.emeka.wait_message(said, channel="C03TRIAGE")
    await asks_for_triage(led.wei, NO_REQUESTS)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        ("missing_scope", "the bot token lacks the scope usergroups:read"),
        ("plan_upgrade_required", "This workspace's Slack plan has no user groups"),
        ("access_denied", "Slack refused to say who is in the user group S01PMO (access_denied)"),
    ],
)
async def test_refusal_is_said_once_with_what_to_do(led: Office, error: str, said: str) -> None:
    await led.workspace.faults({"kind": "error", "method": "usergroups.users.list", "error": error})
    for calls in (2, 3):
        led.clock.forward(minutes=16)
        await wait_calls(led, calls)
    await led.emeka.wait_message(said, channel="C03TRIAGE")
    await asks_for_triage(led.wei, NO_REQUESTS)
    posted = [one for one in await led.emeka.messages("C03TRIAGE") if said in one["text"]]
    assert len(posted) == 1


async def test_outage_changes_nothing_and_is_no_news(led: Office) -> None:
    await led.workspace.faults({"kind": "status", "status": 503, "method": "usergroups.users.list"})
    led.clock.forward(minutes=16)
    await wait_calls(led, 2)
    await asks_for_triage(led.wei, NO_REQUESTS)
    await led.workspace.faults()
    led.clock.forward(minutes=2)
    await wait_calls(led, 3)
    assert [one for one in await led.emeka.messages("C03TRIAGE") if "user group" in one["text"]] == []


async def test_last_leads_stay_until_somebody_else_leads(led: Office) -> None:
    await led.workspace.change_usergroup(GROUP, users=["U08GINA"])  # a guest
    await led.emeka.wait_message("would leave nobody who leads the PMO", channel="C03TRIAGE")
    await asks_for_triage(led.emeka, NO_REQUESTS)
    led.clock.forward(minutes=16)
    await wait_calls(led, 3)
    await asks_for_triage(led.wei, NO_REQUESTS)
    await led.workspace.change_usergroup(GROUP, users=["U08GINA", "U09ULLA"])
    await until_answered(led.ulla, NO_REQUESTS)
    await until_answered(led.emeka, NOT_STAFF)


async def test_members_survive_a_restart_while_slack_cannot_say(data: Path, tmp_path: Path) -> None:
    file = write_file(tmp_path / "own.yaml", roles="member, pmo_staff, pmo_lead", without=(WEI, EMEKA))
    async with open_office(data, PMO_ORGANISATION=file) as office:
        async with office.bot():
            await asks_for_triage(office.wei, NO_REQUESTS)
        await office.workspace.faults({"kind": "status", "status": 503, "method": "usergroups.users.list"})
        async with office.bot():
            await asks_for_triage(office.wei, NO_REQUESTS)


async def test_group_that_a_reload_brings_gives_its_roles_at_once(data: Path, tmp_path: Path) -> None:
    file = tmp_path / "own.yaml"
    file.write_text(SAMPLE.read_text(encoding="utf-8"), encoding="utf-8")
    async with running(data, file) as office:
        write_file(file, roles="member, pmo_staff, pmo_lead", without=(WEI, EMEKA))
        assert await office.reload() == ("Reloaded: 2 people removed, 1 user group added.", False)
        await asks_for_triage(office.wei, NO_REQUESTS)


async def test_one_call_serves_every_message(staffed: Office) -> None:
    for _ in range(5):
        await asks_for_triage(staffed.wei, NO_REQUESTS)
    assert len(await staffed.workspace.calls("usergroups.users.list")) == 1
