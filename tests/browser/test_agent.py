"""The conversation with an agent: threads with a title, suggested prompts, a status and a way to stop it."""

import pytest
from playwright.async_api import expect

from tests.browser.conftest import Open
from tests.workspace.raw_app import RawApp
from tests.workspace.running import RunningWorkspace

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_an_answer_in_a_thread_opens_the_thread(visit: Open, workspace: RunningWorkspace) -> None:
    ben = await visit(channel="D02BEN")
    await ben.page.get_by_role("tab", name="Messages").click()
    await expect(ben.page.get_by_role("button", name="RAG", exact=True)).to_be_visible()
    await ben.composer.fill("What is RAG?")
    await ben.composer.press("Enter")
    await expect(ben.log).to_contain_text("What is RAG?")
    ts = (await workspace.as_user("U02BEN").messages("D02BEN"))[-1]["ts"]
    await workspace.api("chat.postMessage", channel="D02BEN", thread_ts=ts, text="Red, amber, green.")
    await expect(ben.thread).to_contain_text("Red, amber, green.")
    place = {"channel_id": "D02BEN", "thread_ts": ts}
    await workspace.api("assistant.threads.setTitle", **place, title="RAG statuses")
    await expect(ben.thread.get_by_role("banner").or_(ben.thread.locator("header"))).to_contain_text("RAG statuses")
    await expect(ben.log.get_by_role("button", name="1 reply")).to_contain_text("RAG statuses")
    prompts = [{"title": "More", "message": "Tell me more"}]
    await workspace.api("assistant.threads.setSuggestedPrompts", **place, prompts=prompts)
    await ben.thread.get_by_role("button", name="More", exact=True).click()
    await expect(ben.thread).to_contain_text("Tell me more")


async def test_an_agent_at_work_can_be_stopped(visit: Open, workspace: RunningWorkspace, app: RawApp) -> None:
    ben = await visit()
    root = await workspace.as_user("U03WEI").post("C02PROJECTS", "Please compare the plans")
    await workspace.as_user("U03WEI").post("C02PROJECTS", "Both of them", root)
    await ben.log.get_by_role("button", name="1 reply").click()
    await workspace.api("agents.sessions.setStatus", channel_id="C02PROJECTS", thread_ts=root, status="processing")
    await expect(ben.thread.get_by_role("status")).to_contain_text("PMO Assistant is working on it…")
    await ben.thread.get_by_role("button", name="Stop").click()
    assert (await app.event("agent_session_stopped"))["event"]["thread_ts"] == root
    await workspace.api("agents.sessions.setStatus", channel_id="C02PROJECTS", thread_ts=root, status="active")
    await expect(ben.thread.get_by_role("button", name="Stop")).to_have_count(0)


async def test_an_agent_learns_what_is_viewed(visit: Open, workspace: RunningWorkspace, app: RawApp) -> None:
    ben = await visit()
    await ben.page.get_by_role("navigation").get_by_role("button", name="PMO Assistant").click()
    event = (await app.event("app_home_opened"))["event"]
    assert event["context"]["entities"][0]["value"] == "C02PROJECTS"
