"""A new organisation's head of the PMO sees what is missing until nothing is."""

from pathlib import Path

from tests.conversations.conftest import Office, open_office
from tests.workspace.filling import read_text

PEOPLE = "[{id: U05EMEKA, name: Emeka Adeyemi, roles: [pmo_lead, pmo_staff]}, {id: U01ADA, name: Ada Okafor}]"
CHANNELS = "{triage: C03TRIAGE, progress: C04PROGRESS, stories: C05STORIES, leadership: C0NOWHERE}"
STRATEGY = Path("strategy/sample.yaml")


def write_organisation(folder: Path, **more: str) -> Path:
    file = folder / "waterworks.yaml"
    lines = {"name": "Waterworks", "time_zone": "Europe/London", "people": PEOPLE, "channels": CHANNELS} | more
    file.write_text("\n".join(f"{key}: {value}" for key, value in lines.items()), encoding="utf-8")
    return file


async def read_home(office: Office) -> str:
    await office.emeka.open_home()
    return read_text(await office.emeka.wait_home())


async def test_home_of_the_head_of_the_pmo_lists_what_is_missing(data: Path, tmp_path: Path) -> None:
    own = write_organisation(tmp_path)
    async with open_office(data, PMO_ORGANISATION=own) as office, office.bot():
        home = await read_home(office)
        assert "Set up PMO Assistant" in home
        assert "4 steps are missing." in home
        assert "Nobody has the role `project_manager` or `leader`. Add people to `waterworks.yaml`" in home
        assert "The channel for leadership (C0NOWHERE) doesn't exist" in home
        assert "`pmo handbook import FOLDER`" in home
        assert "`pmo strategy import strategy.yaml`" in home
        assert "set `digests:` under `files:` in `waterworks.yaml`" in home
        await office.ada.open_home()
        assert "Set up" not in read_text(await office.ada.wait_home())


async def test_first_digest_can_be_previewed_before_it_is_sent(data: Path, tmp_path: Path) -> None:
    everybody = "[{id: U05EMEKA, name: Emeka Adeyemi, roles: [pmo_lead, pmo_staff, project_manager, leader]}]"
    channels = CHANNELS.replace("C0NOWHERE", "C06LEADERS")
    files = "{strategy: sample, digests: sample}"
    own = write_organisation(tmp_path, people=everybody, channels=channels, files=files)
    async with open_office(data, PMO_ORGANISATION=own) as office, office.bot():
        await office.emeka.open_home()
        home = await office.emeka.wait_home()
        assert "One step is missing." in read_text(home)
        assert ":white_check_mark: Channels" in read_text(home)
        await office.emeka.click(home, "Preview the next digest")
        await office.emeka.wait_message("The next one goes to")


async def test_sample_organisation_says_how_to_use_your_own(office: Office) -> None:
    home = await read_home(office)
    assert "Set up PMO Assistant" not in home
    assert "PMO_ORGANISATION=organisation.yaml" in home
