"""The doctor finds what is missing or wrong, and says how to fix it."""

import shutil
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.doctor import Level, run_checks
from bot.engine.slack_methods import list_calls
from bot.local_workspace import SEED
from bot.manifest import build_manifest
from bot.organisation import SAMPLE
from bot.settings import Settings
from storage.database import Database
from storage.engine.deliveries import Deliveries
from storage.engine.rate_limits import PostingLimits
from storage.store import Store
from tests.bot.conftest import LEASE, Now
from tests.workspace.running import RunningWorkspace, running_workspace


@pytest.fixture
def data(tmp_path: Path, migrated_file: Path) -> Path:
    (tmp_path / "data").mkdir()
    shutil.copy(migrated_file, tmp_path / "data" / "pmo.db")
    return tmp_path / "data"


@pytest.fixture
async def slack() -> AsyncIterator[RunningWorkspace]:
    """The sample organisation's workspace."""
    async with running_workspace(build_manifest(), SEED) as running:
        yield running


def connected(slack: RunningWorkspace, data: Path, **more: Any) -> Settings:
    given = {
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_APP_TOKEN": slack.app_token,
        "SLACK_API_URL": slack.api_url,
        "PMO_ORGANISATION": SAMPLE,
        "PMO_DATA": data,
    }
    return Settings(**(given | more))


async def list_findings(settings: Settings, now: Now, level: Level = Level.BROKEN) -> list[str]:
    return [f"{one.about}: {one.text}" for one in await run_checks(settings, now()) if one.level is level]


async def test_complete_setup_in_slack_has_no_problem(slack: RunningWorkspace, data: Path, now: Now) -> None:
    findings = await run_checks(connected(slack, data), now())
    assert [one for one in findings if one.level is not Level.GOOD and one.about != "model"] == []
    about = {one.about for one in findings}
    assert {"organisation", "data folder", "database", "Slack", "scopes", "events", "channels", "people"} <= about


async def test_without_tokens_no_network_is_needed(data: Path, now: Now) -> None:
    settings = Settings(PMO_DATA=data, PMO_PORT=0)
    assert await list_findings(settings, now) == []
    assert any("sample organisation" in line for line in await list_findings(settings, now, Level.HINT))
    assert any("local workspace" in line for line in await list_findings(settings, now, Level.GOOD))


async def test_sample_organisation_is_a_problem_in_slack(slack: RunningWorkspace, data: Path, now: Now) -> None:
    [line] = await list_findings(connected(slack, data, PMO_ORGANISATION=None), now)
    assert "set PMO_ORGANISATION" in line


async def test_revoked_token_comes_with_a_remedy(slack: RunningWorkspace, data: Path, now: Now) -> None:
    await slack.control("token", {"revoked": True})
    assert await list_findings(connected(slack, data), now) == [
        "Slack: The bot token was revoked. Reinstall the app and set the new SLACK_BOT_TOKEN."
    ]


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("SLACK_BOT_TOKEN", "xoxb-wrong", "Slack: Slack doesn't recognise the bot token."),
        ("SLACK_APP_TOKEN", "xapp-wrong", "events: Slack doesn't recognise the app-level token."),
        ("SLACK_APP_TOKEN", None, "Slack: SLACK_BOT_TOKEN is set but SLACK_APP_TOKEN isn't."),
        ("SLACK_API_URL", "http://127.0.0.1:9/", "Slack: Slack can't be reached at http://127.0.0.1:9/"),
    ],
)
async def test_token_problem_is_named(
    slack: RunningWorkspace, data: Path, now: Now, variable: str, value: str | None, said: str
) -> None:
    [line] = await list_findings(connected(slack, data, **{variable: value}), now)
    assert line.startswith(said)
    assert "wrong" not in line.partition(":")[2].replace("xoxb-…", "")


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (403, "A proxy or firewall seems to block Slack"),
        (404, "Check SLACK_API_URL"),
        (502, "in trouble. Try again in a few minutes"),
        (418, "whether a proxy answers in Slack's place"),
    ],
)
async def test_status_without_error_code_is_explained(
    slack: RunningWorkspace, data: Path, now: Now, status: int, said: str
) -> None:
    await slack.faults({"kind": "status", "method": "auth.test", "status": status})
    [line] = await list_findings(connected(slack, data), now)
    assert f"answered with HTTP status {status}" in line
    assert said in line
    await slack.faults({"kind": "status", "method": "users.info", "status": status})
    lines = await list_findings(connected(slack, data), now)
    assert [line for line in lines if said in line and "asked about the person" in line]


async def test_missing_scope_is_named(data: Path, now: Now) -> None:
    smaller = build_manifest()
    smaller["oauth_config"]["scopes"]["bot"].remove("im:write")
    async with running_workspace(smaller, SEED) as slack:
        [line] = await list_findings(connected(slack, data), now)
    assert line.startswith("scopes: The bot token lacks a scope: im:write.")
    assert "pmo manifest" in line


async def test_feature_without_its_scope_is_off_and_nothing_else(data: Path, now: Now) -> None:
    smaller = build_manifest()
    for scope in ("mpim:read", "mpim:history"):
        smaller["oauth_config"]["scopes"]["bot"].remove(scope)
    async with running_workspace(smaller, SEED) as slack:
        settings = connected(slack, data)
        assert await list_findings(settings, now) == []
        hints = [line for line in await list_findings(settings, now, Level.HINT) if line.startswith("scopes")]
    assert len(hints) == 3
    assert "Off: answers that everybody in a group direct message sees. The bot token lacks mpim:read." in " ".join(
        hints
    )
    assert all("pmo manifest" in line for line in hints)


async def test_needless_scope_is_only_a_hint(data: Path, now: Now) -> None:
    larger = build_manifest()
    larger["oauth_config"]["scopes"]["bot"].append("files:write")
    async with running_workspace(larger, SEED) as slack:
        assert any(
            "scopes it doesn't need: files:write" in line
            for line in await list_findings(connected(slack, data), now, Level.HINT)
        )


async def test_unusable_channels_and_unknown_people_are_named(
    slack: RunningWorkspace, data: Path, now: Now, tmp_path: Path
) -> None:
    text = SAMPLE.read_text(encoding="utf-8")
    organisation = tmp_path / "organisation.yaml"
    organisation.write_text(text.replace("C05STORIES", "C99NOWHERE").replace("U06FARAH", "U99NOBODY"))
    await slack.as_user("U01ADA").command("/remove @PMO Assistant", channel="C04PROGRESS")
    lines = await list_findings(connected(slack, data, PMO_ORGANISATION=organisation), now)
    assert any("The bot isn't in #strategy-progress" in line and "/invite @PMO Assistant" in line for line in lines)
    assert any("C99NOWHERE" in line and "doesn't exist" in line for line in lines)
    assert any("Slack doesn't know Farah Haddad (U99NOBODY)" in line for line in lines)
    assert len(lines) == 3


async def test_each_organisation_file_error_is_a_finding(data: Path, now: Now, tmp_path: Path) -> None:
    organisation = tmp_path / "organisation.yaml"
    organisation.write_text("name: Small\ntime_zone: Mars\n")
    lines = await list_findings(Settings(PMO_DATA=data, PMO_PORT=0, PMO_ORGANISATION=organisation), now)
    assert [line.split(": ")[2] for line in lines] == ["people", "channels", "time_zone"]


async def test_missing_strategy_file_is_named(data: Path, now: Now, tmp_path: Path) -> None:
    path = tmp_path / "organisation.yaml"
    path.write_text(SAMPLE.read_text().replace("strategy: sample", "strategy: nope.yaml"))
    found = await list_findings(Settings(PMO_DATA=data, PMO_PORT=0, PMO_ORGANISATION=path), now)
    assert any("nope.yaml" in line for line in found)


async def test_foreign_database_file_is_a_problem(tmp_path: Path, now: Now) -> None:
    (tmp_path / "pmo.db").write_text("something else " * 100)
    [line] = await list_findings(Settings(PMO_DATA=tmp_path, PMO_PORT=0), now)
    assert line.startswith("database: ")


async def test_missing_database_is_not_created(tmp_path: Path, now: Now) -> None:
    assert await list_findings(Settings(PMO_DATA=tmp_path, PMO_PORT=0), now) == []
    assert not (tmp_path / "pmo.db").exists()


async def test_running_bot_is_noticed(data: Path, now: Now) -> None:
    settings = Settings(PMO_DATA=data, PMO_PORT=0)
    database = Database(settings.database)
    with database.exclusive_use():
        good = await list_findings(settings, now, Level.GOOD)
    database.close()
    assert any(line.startswith("process: A PMO Assistant is running") for line in good)
    assert not any(line.startswith("port:") for line in good)


async def test_port_in_use_comes_with_a_remedy(data: Path, now: Now) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        [line] = await list_findings(Settings(PMO_DATA=data, PMO_PORT=port), now)
    assert line == f"port: Another program is using port {port}. Stop that program, or set PMO_PORT to another port."


async def test_permanently_rejected_messages_are_counted(data: Path, now: Now) -> None:
    settings = Settings(PMO_DATA=data, PMO_PORT=0)
    store = Store(Database(settings.database))
    with store.transaction(now()) as tx:
        tx.outbox.post("C07ASK", {"text": "hello"})
    deliveries = Deliveries(store.database, PostingLimits(), LEASE, list_calls)
    for delivery in deliveries.claim("host:1", now(), 1).deliveries:
        deliveries.give_up(delivery, "channel_not_found", now())
    store.database.close()
    [line] = [line for line in await list_findings(settings, now, Level.HINT) if line.startswith("messages")]
    assert line.startswith("messages: Slack permanently rejected 1 message.")


async def test_dates_that_a_digest_skips_are_named(data: Path, now: Now, tmp_path: Path) -> None:
    digests = SAMPLE.parents[2] / "reporting" / "digests.yaml"
    (tmp_path / "digests.yaml").write_text(digests.read_text().replace("BYDAY=1WE", "BYMONTHDAY=31"))
    organisation = tmp_path / "organisation.yaml"
    organisation.write_text(SAMPLE.read_text().replace("digests: sample", "digests: digests.yaml"))
    hints = await list_findings(Settings(PMO_DATA=data, PMO_PORT=0, PMO_ORGANISATION=organisation), now, Level.HINT)
    assert any("monthly-leadership: Skips months without that day" in line for line in hints)


async def test_user_groups_that_give_roles_are_checked(slack: RunningWorkspace, data: Path, now: Now) -> None:
    file = data / "organisation.yaml"
    file.write_text(SAMPLE.read_text() + "groups: [{id: S01PMO, roles: [pmo_staff]}, {id: S02GONE, roles: [leader]}]\n")
    settings = connected(slack, data, PMO_ORGANISATION=file)
    [line] = await list_findings(settings, now)
    assert line.startswith("user groups: Slack has no user group S02GONE")
    assert "user groups: Slack lists 2 members of S01PMO." in await list_findings(settings, now, Level.GOOD)
    await slack.faults({"kind": "error", "method": "usergroups.users.list", "error": "missing_scope"})
    assert len([line for line in await list_findings(settings, now) if "usergroups:read" in line]) == 2


async def test_kept_leads_are_reported(slack: RunningWorkspace, data: Path, now: Now) -> None:
    file = data / "organisation.yaml"
    file.write_text(SAMPLE.read_text() + "groups: [{id: S01PMO, roles: [pmo_staff, pmo_lead]}]\n")
    database = Database(f"sqlite:///{data / 'pmo.db'}")
    with Store(database).transaction(now()) as tx:
        tx.user_groups.claim_due(["S01PMO"], now(), now())
        tx.user_groups.save_problem("S01PMO", "last_lead")
    database.close()
    [line] = await list_findings(connected(slack, data, PMO_ORGANISATION=file), now, Level.HINT)
    assert "would leave nobody who leads the PMO" in line
