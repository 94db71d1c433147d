"""Without Slack, one's own organisation has a workspace of its own: its people and its channels."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.local_seed import build_local_seed
from bot.organisation import SAMPLE, read_organisation
from tests.workspace.running import running_workspace
from workspace.seed import read_seed

OWN = """
name: Harbour Trust
time_zone: Europe/Lisbon
people:
  - {id: U70INES, name: Inês Prado, roles: [member, pmo_staff, pmo_lead]}
  - {id: U71CHLOE, name: Chloé Roux, roles: [leader]}
  - {id: U72CHLOE, name: Chloe Nash}
channels: {triage: C70NEW, progress: C71NEWS, stories: C71NEWS, leadership: C72LEAD}
"""


def write_seed(folder: Path, organisation: str, *, name: str = "seed.yaml") -> Path:
    file = folder / "organisation.yaml"
    file.write_text(organisation, encoding="utf-8")
    seed = folder / name
    seed.write_text(json.dumps(build_local_seed(read_organisation(file)), ensure_ascii=False), encoding="utf-8")
    return seed


@pytest.fixture
def seed(tmp_path: Path) -> Path:
    return write_seed(tmp_path, OWN)


def test_the_people_are_those_of_the_organisation(seed: Path) -> None:
    made = read_seed(seed)
    assert made.team.name == "Harbour Trust"
    assert [(person.id, person.name, person.title) for person in made.people] == [
        ("U70INES", "ines", "Head of PMO, PMO staff"),
        ("U71CHLOE", "chloe", "Leader"),
        ("U72CHLOE", "u72chloe", "Team member"),
    ]
    assert {person.tz for person in made.people} == {"Europe/Lisbon"}


def test_channels_for_the_pmo_and_the_leadership_are_private(seed: Path) -> None:
    made = {channel.id: channel for channel in read_seed(seed).channels}
    assert list(made) == ["C00GENERAL", "C70NEW", "C72LEAD", "C71NEWS"]
    assert (made["C70NEW"].is_private, list(made["C70NEW"].members)) == (True, ["U70INES", "U00PMOBOT"])
    assert (made["C72LEAD"].is_private, list(made["C72LEAD"].members)) == (True, ["U70INES", "U71CHLOE", "U00PMOBOT"])
    assert (made["C71NEWS"].is_private, len(made["C71NEWS"].members)) == (False, 4)


def test_a_digest_has_its_channel(tmp_path: Path) -> None:
    organisation = read_organisation(SAMPLE)
    moved = tuple(replace(digest, channel=f"C8{number}DIGEST") for number, digest in enumerate(organisation.digests))
    made = build_local_seed(replace(organisation, digests=moved))
    channels: dict[str, Any] = {channel["id"]: channel for channel in made["channels"]}
    assert {digest.channel for digest in moved} <= channels.keys()
    assert channels["C80DIGEST"]["private"] is False
    assert channels["C81DIGEST"]["private"] is True


async def test_what_is_new_in_the_file_joins_the_saved_workspace(seed: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    async with running_workspace(None, seed, data=data) as workspace:
        chloe = workspace.as_user("U72CHLOE")
        ts = await chloe.post("C00GENERAL", "Written before")
        await chloe.command("/remove @Chloe Nash", channel="C71NEWS")
    later = OWN.replace("U71CHLOE, name: Chloé Roux", "U73JOAO, name: João Melo").replace(
        "triage: C70NEW", "triage: C75NEW"
    )
    async with running_workspace(None, write_seed(tmp_path, later, name="later.yaml"), data=data) as workspace:
        state = workspace.server.hub.state
        assert list(state.channels["C00GENERAL"].members) == ["U70INES", "U72CHLOE", "U00PMOBOT", "U73JOAO"]
        assert "U72CHLOE" not in state.channels["C71NEWS"].members
        assert list(state.channels["C75NEW"].members) == ["U70INES", "U00PMOBOT"]
        assert ts in [message["ts"] for message in await workspace.as_user("U73JOAO").messages("C00GENERAL")]
