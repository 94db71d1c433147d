"""The files in deploy/ are in step with the code, run as no root, hold no secret and name fixed versions."""

import configparser
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML
from typer.main import get_command

from bot.cli import app
from bot.settings import Settings

ROOT = Path(__file__).parent.parent.parent
DEPLOY = ROOT / "deploy"
FILES = sorted(path for path in DEPLOY.iterdir() if path.is_file())
CONTAINERFILE = (DEPLOY / "Containerfile").read_text(encoding="utf-8")
COMPOSE: dict[str, Any] = YAML(typ="safe").load(DEPLOY / "compose.yaml")
BOTS = [service for name, service in COMPOSE["services"].items() if name.startswith("bot-")]
SETTING = re.compile(r"\b(?:PMO|SLACK)_[A-Z_]+\b|\bDATABASE_URL\b")
PINNED = re.compile(r"[a-z-]+:\d+(\.\d+)+(-[a-z]+)*")


class Unit(configparser.RawConfigParser):
    """A unit file: keys keep their case and may come several times."""

    def optionxform(self, optionstr: str) -> str:
        return optionstr


@pytest.fixture
def unit() -> dict[str, str]:
    """The section Service. Of a key that comes several times, the last."""
    found = Unit(strict=False)
    found.read(DEPLOY / "pmo-assistant.service", encoding="utf-8")
    return dict(found["Service"])


def list_instructions(name: str) -> Iterator[str]:
    """The arguments of each instruction with this name in the last stage of the Containerfile."""
    stage = CONTAINERFILE.rpartition("\nFROM ")[2].replace("\\\n", " ")
    yield from (line.partition(" ")[2].strip() for line in stage.splitlines() if line.startswith(f"{name} "))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_settings_exist(path: Path) -> None:
    known = {str(field.alias) for field in Settings.model_fields.values()}
    assert set(SETTING.findall(path.read_text(encoding="utf-8"))) <= known


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_no_file_holds_a_secret_or_a_registry(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"xox[a-z]-|xapp-|://[^\s/]*:(?!PASSWORD)[^\s/]*@", text)
    assert not re.search(
        r"--(?:index-url|extra-index-url|find-links|trusted-host)|\b[a-z0-9.-]+\.(?:io|org|com)/", text
    )
    for line in re.findall(r"^\w*(?:TOKEN|PASSWORD|SECRET|KEY)\w*=.*$", text, re.MULTILINE):
        assert line.endswith("="), "An example has no value, so that nobody runs with it."


def test_commands_exist(unit: dict[str, str]) -> None:
    commands = set(get_command(app).commands)  # type: ignore[attr-defined]
    assert next(list_instructions("ENTRYPOINT")) == '["pmo"]'
    used = [re.sub(r'[\[\]"]', "", next(list_instructions("CMD"))), unit["ExecStart"], unit["ExecReload"]]
    assert {command.split()[-1] for command in used} <= commands


def test_image_has_every_package_of_the_project() -> None:
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    include = re.search(r"include = \[(.*?)\]", project)
    assert include
    packages = set(re.findall(r"(\w+)\*", include[1]))
    copied = set(re.findall(r"^COPY (\w+) \w+$", CONTAINERFILE, re.MULTILINE))
    assert copied == packages
    for name in (ROOT / ".containerignore", DEPLOY / "Containerfile.dockerignore"):
        sent = set(re.findall(r"^!(\S+)$", name.read_text(encoding="utf-8"), re.MULTILINE))
        assert sent == packages | {"requirements", "pyproject.toml", "README.md", "LICENSE"}


def test_packages_are_installed_with_their_hashes() -> None:
    service = (DEPLOY / "pmo-assistant.service").read_text(encoding="utf-8")
    for text in (CONTAINERFILE, service):
        required = re.findall(r"pip install (.*?)-r (\S+)", text)
        assert required
        for options, file in required:
            assert "--require-hashes" in options
            assert (ROOT / file).is_file()


def test_container_runs_as_a_user_of_its_own_on_a_volume() -> None:
    [user] = list_instructions("USER")
    assert int(user.split(":")[0]) > 1000
    assert next(list_instructions("VOLUME")) == "/data"
    assert "PMO_DATA=/data" in CONTAINERFILE


def test_health_check_asks_the_operations_port() -> None:
    port = re.search(r"PMO_OPERATIONS_PORT=(\d+)", CONTAINERFILE)
    assert port
    assert f"http://127.0.0.1:{port[1]}/healthz" in CONTAINERFILE
    source = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "bot" / "operations").glob("*.py"))
    assert '"/healthz"' in source


def test_versions_of_images_are_fixed() -> None:
    version = re.search(r"^ARG PYTHON=(\S+)$", CONTAINERFILE, re.MULTILINE)
    assert version
    images = [line.split()[1] for line in CONTAINERFILE.splitlines() if line.startswith("FROM ")]
    images += [service["image"] for service in COMPOSE["services"].values()]
    assert all(PINNED.fullmatch(image.replace("${PYTHON}", version[1])) for image in images)
    project = re.search(r'^version = "(.*)"$', (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.MULTILINE)
    assert project
    assert {bot["image"] for bot in BOTS} == {f"pmo-assistant:{project[1]}"}


def test_two_bots_share_a_database_and_nothing_else() -> None:
    assert len(BOTS) == 2
    data = [volume.partition(":")[0] for bot in BOTS for volume in bot["volumes"] if volume.endswith(":/data")]
    assert len(set(data)) == 2
    assert set(data) <= set(COMPOSE["volumes"])
    for bot in BOTS:
        assert bot["read_only"]
        assert bot["cap_drop"] == ["ALL"]
        assert bot["security_opt"] == ["no-new-privileges:true"]
        assert bot["depends_on"]["database"]["condition"] == "service_healthy"
        assert not bot.get("ports")


def test_files_with_secrets_are_never_committed() -> None:
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    used = {service["env_file"] for service in COMPOSE["services"].values()}
    assert used == {"bot.env", "database.env"}
    for name in used:
        assert f"deploy/{name}" in ignored
        assert (DEPLOY / f"{name}.example").is_file()


def test_service_has_no_more_rights_than_it_needs(unit: dict[str, str]) -> None:
    assert unit["User"] not in ("", "root")
    assert unit["CapabilityBoundingSet"] == ""
    wanted = {
        "NoNewPrivileges": "yes",
        "ProtectSystem": "strict",
        "ProtectHome": "yes",
        "PrivateTmp": "yes",
        "PrivateDevices": "yes",
        "RestrictNamespaces": "yes",
        "UMask": "0077",
        "StateDirectoryMode": "0700",
    }
    assert {name: unit[name] for name in wanted} == wanted
