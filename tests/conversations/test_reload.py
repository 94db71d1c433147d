"""A changed organisation file takes effect in the running bot; an invalid one changes nothing."""

import contextlib
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.organisation import SAMPLE
from strategy.files import SAMPLE as STRATEGY
from tests.conversations.conftest import Office, open_office
from tests.conversations.service_desk import request_service, wait_own_card, wait_triage_card

SCHEDULES = "SELECT name FROM schedules"
ULLA = "  - {id: U09ULLA, name: Ulla Berg, roles: [member, pmo_staff]}\n"
NOT_STAFF = "Only PMO staff can see this list"
FARAH = "  - {id: U06FARAH, name: Farah Haddad, roles: [member, project_manager]}\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """An organisation file of its own, with the sample's people and channels."""
    path = tmp_path / "organisation.yaml"
    path.write_text(SAMPLE.read_text(encoding="utf-8"), encoding="utf-8")
    return path


@pytest.fixture
async def own_office(data: Path, file: Path) -> AsyncIterator[Office]:
    async with _open_running(data, file) as office:
        yield office


@contextlib.asynccontextmanager
async def _open_running(data: Path, file: Path) -> AsyncIterator[Office]:
    async with open_office(data, PMO_ORGANISATION=file) as office, office.bot():
        yield office


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


async def test_person_who_was_added_works_at_the_service_desk_at_once(own_office: Office, file: Path) -> None:
    await own_office.ulla.command("/pmo-requests triage")
    await own_office.ulla.wait_message(NOT_STAFF)
    edit(file, FARAH, FARAH + ULLA)
    assert await own_office.reload() == ("Reloaded: 1 person added.", False)
    await own_office.ulla.command("/pmo-requests triage")
    await own_office.ulla.wait_message("There are no requests to triage")


async def test_person_who_was_removed_sees_the_strategy_no_more(own_office: Office, file: Path) -> None:
    edit(file, FARAH, "")
    edit(file, "roles: [member, leader]", "roles: [member]")
    edit(file, "roles: [member, pmo_staff, pmo_lead]", "roles: [member, pmo_staff, pmo_lead, leader]")
    assert await own_office.reload() == ("Reloaded: 1 person removed, 2 people changed.", False)
    await own_office.farah.command("/pmo-strategy")
    await own_office.farah.wait_message("Only people on the PMO's list")


async def test_forms_open_by_the_file_as_it_is_now(own_office: Office, file: Path) -> None:
    await own_office.ulla.command("/pmo-request health-check")
    await own_office.ulla.wait_view("request.form")
    edit(file, "# unlisted: handbook and requests", "unlisted: handbook")
    assert await own_office.reload() == ("Reloaded: access of people who aren't listed changed.", False)
    await own_office.ulla.command("/pmo-request health-check")
    await own_office.ulla.wait_message("Only people on the PMO's list can ask the PMO for something")


async def test_cards_go_to_the_channel_that_the_file_names_now(own_office: Office, file: Path) -> None:
    edit(file, "triage: C03TRIAGE", "triage: C02PROJECTS")
    assert await own_office.reload() == ("Reloaded: 1 channel changed.", False)
    await request_service(own_office, own_office.ben)
    await own_office.emeka.wait_message("PMO-1", channel="C02PROJECTS")


async def test_due_times_are_recounted_when_the_calendar_changes(own_office: Office, file: Path) -> None:
    await request_service(own_office, own_office.ben)
    await own_office.emeka.click(await wait_triage_card(own_office.emeka, 1, "Waiting for triage"), "Accept")
    card = await wait_own_card(own_office.ben, 1, "In the queue")
    edit(file, "days_off: [2026-12-24]", "days_off: [2026-09-15, 2026-12-24]")
    assert await own_office.reload() == ("Reloaded: calendar changed.", False)
    changed = await own_office.ben.wait_message(lambda one: "PMO-1" in str(one) and one["ts"] == card["ts"])
    assert changed["ts"] == card["ts"]


async def test_digests_follow_their_new_schedules(own_office: Office, file: Path, data: Path) -> None:
    assert "digest:monthly-leadership" in read_names(data, SCHEDULES)
    edit(file, "  digests: sample\n", "")
    said, is_refused = await own_office.reload()
    assert not is_refused
    assert "digests removed" in said
    assert "digest:monthly-leadership" not in read_names(data, SCHEDULES)


async def test_invalid_file_is_refused_as_a_whole(own_office: Office, file: Path) -> None:
    edit(file, FARAH, FARAH + ULLA)
    edit(file, "triage: C03TRIAGE", "triage: nowhere")
    said, is_refused = await own_office.reload()
    assert is_refused
    line = next(number for number, text in enumerate(file.read_text().splitlines(), 1) if "nowhere" in text)
    assert said.splitlines()[1].startswith(f"{file}, line {line}: channels.triage: A Slack channel ID looks like")
    await own_office.ulla.command("/pmo-requests triage")
    await own_office.ulla.wait_message(NOT_STAFF)
    await request_service(own_office, own_office.ben)
    await wait_triage_card(own_office.emeka, 1, "Waiting for triage")


async def test_invalid_handbook_keeps_the_strategy_from_being_imported(
    own_office: Office, file: Path, data: Path
) -> None:
    file.with_name("strategy.yaml").write_text(STRATEGY.read_text(encoding="utf-8"), encoding="utf-8")
    edit(file, "  strategy: sample\n", "  strategy: strategy.yaml\n  handbook: nowhere\n")
    said, is_refused = await own_office.reload()
    assert is_refused
    assert "nowhere" in said
    assert read_names(data, "SELECT origin FROM strategies") == {"sample"}


async def test_file_without_changes_says_so(own_office: Office) -> None:
    assert await own_office.reload() == ("Reloaded: nothing has changed.", False)


def read_names(data: Path, query: str) -> set[str]:
    """The first column of what the running bot has stored."""
    with contextlib.closing(sqlite3.connect(data / "pmo.db")) as connection:
        return {name for (name,) in connection.execute(query)}
