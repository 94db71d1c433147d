"""`python -m workspace`: it prints one line when it is ready, and one line when it can't start."""

import asyncio
import json
import signal
import sys
from pathlib import Path

import aiohttp
import pytest

from workspace.app_config import parse_manifest, read_manifest
from workspace.errors import ConfigError
from workspace.seed import read_seed

HERE = Path(__file__).parent
ROOT = HERE.parents[1]


async def start_process(*options, stdin=asyncio.subprocess.DEVNULL):
    arguments = ["--manifest", HERE / "manifest.json", "--seed", HERE / "seed.yaml", *options]
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "workspace",
        *map(str, arguments),
        cwd=ROOT,
        stdin=stdin,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


async def wait_ready(process):
    async with asyncio.timeout(20):
        return json.loads(await process.stdout.readline())["ready"]


async def test_server_prints_url_and_stops_with_parent(tmp_path):
    process = await start_process("--port", 0, "--data", tmp_path, "--exit-with-parent", stdin=asyncio.subprocess.PIPE)
    url = await wait_ready(process)
    headers = {"Authorization": "Bearer xoxb-local-pmo"}
    async with aiohttp.ClientSession() as session:
        body = {"channel": "C02PROJECTS", "text": "Kept"}
        async with session.post(f"{url}/api/chat.postMessage", json=body, headers=headers) as response:
            assert (await response.json())["ok"]
        process.stdin.close()
        async with asyncio.timeout(20):
            assert await process.wait() == 0
    assert (tmp_path / "workspace.sqlite3").stat().st_size > 0


async def test_a_used_port_exits_with_one_line():
    first = await start_process("--port", 0)
    port = (await wait_ready(first)).rpartition(":")[2]
    second = await start_process("--port", port)
    _, said = await second.communicate()
    assert second.returncode == 2
    assert (
        said.decode().strip()
        == f"Can't use port {port} on 127.0.0.1 (address already in use). Choose another port with --port."
    )
    first.send_signal(signal.SIGTERM)
    assert await first.wait() == 0


async def test_command_line_tokens_override_the_seed():
    process = await start_process("--port", 0, "--bot-token", "xoxb-mine")
    url = await wait_ready(process)
    async with aiohttp.ClientSession() as session:
        for token, ok in (("xoxb-mine", True), ("xoxb-local-pmo", False)):
            async with session.post(f"{url}/api/auth.test", headers={"Authorization": f"Bearer {token}"}) as response:
                assert (await response.json())["ok"] is ok
    process.send_signal(signal.SIGTERM)
    assert await process.wait() == 0


async def test_a_broken_seed_exits_with_one_line(tmp_path):
    seed = tmp_path / "seed.yaml"
    seed.write_text("team: {id: T1, name: x, domain: x}\n")
    process = await start_process("--port", 0, "--seed", seed)
    _, said = await process.communicate()
    assert process.returncode == 2
    assert said.decode().strip() == f"{seed}, line 1: app is missing."


GOOD = """\
team: {id: T1, name: Team, domain: team}
app: {id: A1, bot_user_id: UBOT, bot_name: Bot}
people:
  - {id: U1, name: ada, real_name: Ada}
channels:
  - {id: C1, name: general, members: [U1, UBOT]}
"""


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("name: ada, ", "", r"line 4: people\[0\].name is missing or isn't text"),
        ("[U1, UBOT]", "[U1, U9]", r"line 6: channels\[0\].members contains U9, who isn't listed under people"),
        ("id: C1, ", "", r"line 6: channels\[0\].id is missing"),
        ("people:\n  - {id: U1, name: ada, real_name: Ada}\n", "people: none\n", r"line 1: people must be a list"),
        ("  - {id: U1, name: ada, real_name: Ada}\n", "  - Ada\n", r"people\[0\] must be a set of fields"),
        ("real_name: Ada}", "real_name: Ada", r"not valid YAML"),
    ],
)
def test_a_seed_error_names_line_and_field(tmp_path, old, new, problem):
    path = tmp_path / "seed.yaml"
    path.write_text(GOOD)
    assert read_seed(path).app.bot_id == "B1"
    assert old in GOOD
    path.write_text(GOOD.replace(old, new))
    with pytest.raises(ConfigError, match=problem):
        read_seed(path)


def test_duplicate_seed_ids_are_refused(tmp_path):
    path = tmp_path / "seed.yaml"
    again = "  - {id: U1, name: ada, real_name: Ada}\n"
    path.write_text(GOOD.replace(again, again * 2))
    with pytest.raises(ConfigError, match=r"line 5: people\[1\].id U1 is used twice"):
        read_seed(path)


COMMAND = {"command": "/pmo", "description": "Ask the PMO"}
SHORTCUT = {"type": "global", "name": "Ask", "callback_id": "ask", "description": "Ask the PMO"}


def manifest_named(name="x", **more):
    return {"display_information": {"name": name, **more}}


def test_a_manifest_at_every_limit_is_accepted():
    shortcut = {"type": "global", "name": "x" * 24, "description": "x" * 150}
    full = manifest_named("x" * 35, description="x" * 140, long_description="x" * 175) | {
        "features": {
            "slash_commands": [{"command": f"/{number:031}", "description": "x" * 2000} for number in range(50)],
            "shortcuts": [shortcut | {"callback_id": f"{number:0255}"} for number in range(10)],
        }
    }
    assert (len(parse_manifest(full).commands), len(parse_manifest(full).shortcuts)) == (50, 10)


@pytest.mark.parametrize(
    ("manifest", "problem"),
    [
        ([], "the manifest is missing or isn't an object"),
        ({}, "display_information is missing"),
        ({"display_information": {}}, "display_information.name is missing"),
        (manifest_named("x" * 36), "display_information.name has 36 characters; Slack allows 1 to 35"),
        (
            manifest_named(description="x" * 141),
            "display_information.description has 141 characters; Slack allows 1 to 140",
        ),
        (manifest_named(long_description="x" * 174), "long_description has 174 characters; Slack allows 175 to 4000"),
        (
            {"features": {"bot_user": {"display_name": "x" * 81}}},
            "display_name has 81 characters; Slack allows 1 to 80",
        ),
        (
            {"features": {"agent_view": {"suggested_prompts": [{"title": "RAG", "message": "What?"}] * 5}}},
            "features.agent_view.suggested_prompts has more than 4 entries",
        ),
        (
            {"features": {"agent_view": {"suggested_prompts": [{"title": "RAG"}]}}},
            r"features.agent_view.suggested_prompts\[0\].message is missing",
        ),
        ({"features": {"slash_commands": [COMMAND] * 51}}, "features.slash_commands has more than 50 entries"),
        (
            {"features": {"slash_commands": [COMMAND | {"command": "/" + "x" * 32}]}},
            "command has 33 characters; Slack allows 2 to 32",
        ),
        (
            {"features": {"slash_commands": [COMMAND | {"usage_hint": "x" * 1001}]}},
            "usage_hint has 1001 characters; Slack allows 1 to 1000",
        ),
        ({"features": {"shortcuts": [SHORTCUT] * 11}}, "features.shortcuts has more than 10 entries"),
        ({"features": {"shortcuts": [SHORTCUT | {"name": "x" * 25}]}}, "name has 25 characters; Slack allows 1 to 24"),
        (
            {"features": {"shortcuts": [SHORTCUT | {"callback_id": "x" * 256}]}},
            "has 256 characters; Slack allows 1 to 255",
        ),
        ({"features": {"shortcuts": [SHORTCUT | {"description": ""}]}}, "description is missing or isn't text"),
        ({"features": {"slash_commands": [{"command": "pmo", "description": "x"}]}}, "must start with a slash"),
        (
            {"features": {"slash_commands": [{"command": "/pmo"}]}},
            r"features.slash_commands\[0\].description is missing",
        ),
        ({"features": {"shortcuts": [{"type": "other"}]}}, "type must be global or message"),
        ({"oauth_config": {"scopes": {"bot": "chat:write"}}}, "oauth_config.scopes.bot isn't a list"),
    ],
)
def test_a_manifest_error_names_the_field(manifest, problem):
    given = (
        manifest
        if not manifest or "display_information" in manifest
        else {"display_information": {"name": "x"}} | manifest
    )
    with pytest.raises(ConfigError, match=problem):
        parse_manifest(given)


def test_an_unreadable_manifest_error_names_the_file(tmp_path):
    with pytest.raises(ConfigError, match="Pass its path with --manifest"):
        read_manifest(tmp_path / "none.json")
    (tmp_path / "broken.json").write_text("{\n  nope\n}")
    with pytest.raises(ConfigError, match=r"broken.json, line 2: not valid JSON"):
        read_manifest(tmp_path / "broken.json")
