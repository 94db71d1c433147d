"""Whatever an app or a person writes is shown as text: none of it runs, and only web and mail addresses are links."""

from typing import Any

import pytest
from playwright.async_api import Locator, Page, expect

from tests.browser import kitchen_sink as sink
from tests.browser.app_actions import open_modal, post_text
from tests.browser.conftest import Open
from tests.browser.page_visit import Visit
from tests.workspace.running import RunningWorkspace

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

SCRIPT = "<script>alarm('script')</script>"
PICTURE = '<img src=x onerror="alarm(1)">'
ADDRESS = "javascript:alarm('address')"
NASTY = f'{SCRIPT} {PICTURE} <a href="{ADDRESS}">here</a> " onmouseover="alarm(2)'
LINKS = f"<{ADDRESS}|click me> <data:text/html,{SCRIPT}|or me> <{ADDRESS}> <https://example.org|fine>"
FRAME = f"<iframe src='{ADDRESS}'></iframe>"
MARKDOWN = f"{NASTY}\n\n[click me]({ADDRESS}) ![x]({ADDRESS}) <{ADDRESS}> [ok](https://example.org)\n\n{FRAME}"


def hostile_blocks() -> list[dict[str, Any]]:
    """Return hostile text in every place that shows text. Slack itself would refuse some of these blocks."""
    return [
        {"type": "header", "text": sink.plain(NASTY)},
        {
            "type": "section",
            "text": sink.mrkdwn(f"{NASTY}\n{LINKS}\n```{NASTY}```\n`{PICTURE}`\n> {PICTURE}\n• {PICTURE}"),
        },
        {"type": "section", "fields": [sink.mrkdwn(NASTY), sink.plain(NASTY)]},
        {"type": "context", "elements": [sink.mrkdwn(LINKS)]},
        {"type": "markdown", "text": MARKDOWN},
        sink.rich(
            sink.words(NASTY),
            {"type": "link", "url": ADDRESS, "text": "click me"},
            {"type": "color", "value": f"red;{ADDRESS}"},
        ),
        {"type": "table", "rows": [[sink.raw(NASTY)], [sink.raw(NASTY)]]},
        {"type": "data_table", "caption": NASTY, "rows": [[sink.raw(NASTY)], [sink.raw(NASTY)]]},
        sink.chart(NASTY, "bar", sink.series(NASTY, {NASTY: 3})),
        {"type": "image", "image_url": ADDRESS, "alt_text": NASTY, "title": sink.plain(NASTY)},
        {"type": "card", "title": sink.mrkdwn(NASTY), "body": sink.mrkdwn(LINKS)},
        {
            "type": "task_card",
            "task_id": "1",
            "title": NASTY,
            "status": "complete",
            "sources": [{"url": ADDRESS, "text": "source"}],
        },
        {
            "type": "video",
            "video_url": ADDRESS,
            "title_url": ADDRESS,
            "thumbnail_url": ADDRESS,
            "alt_text": NASTY,
            "title": sink.plain(NASTY),
        },
        {"type": "actions", "block_id": "b", "elements": [sink.button("go", NASTY, url=ADDRESS)]},
        {"type": "unheard_of", "text": NASTY},
        {"type": "section", "text": None, "fields": 7},
    ]


async def assert_harmless(page: Page, place: Locator) -> None:
    """Assert that nothing ran, and that every link under `place` is a web link."""
    assert await page.evaluate("window.alarmed") == []
    links = await place.locator("a").evaluate_all("links => links.map(link => [link.protocol, link.rel])")
    assert links
    assert all(kind == ["https:", "noopener noreferrer"] for kind in links), links
    assert await place.locator("script, iframe, object, embed, [onerror], [onmouseover]").count() == 0


async def test_hostile_blocks_are_shown_as_text(visit: Open, workspace: RunningWorkspace) -> None:
    ben = await visit()
    workspace.server.hub.pages.push_all({"type": "message", "channel": "C02PROJECTS", "message": _message()})
    message = ben.log.get_by_role("article")
    await expect(message.locator(".markdown").get_by_role("link", name="ok")).to_be_visible()
    await expect(message.get_by_role("heading").first).to_contain_text("<script>alarm('script')</script>")
    await expect(message.get_by_text("click me").first).to_be_visible()
    await message.locator(".block-actions").get_by_role("button").click()
    await assert_harmless(ben.page, message)
    _ignore_malformed_block_error(ben)


def _message() -> dict[str, Any]:
    attachment = {"title": NASTY, "title_link": ADDRESS, "text": LINKS, "color": f"red;{ADDRESS}", "image_url": ADDRESS}
    files = [{"id": "F1", "name": NASTY, "url_private": ADDRESS, "mimetype": "image/png"}]
    reactions = [{"name": f"<b>{PICTURE}", "count": 1, "users": ["U02BEN"]}]
    who = {
        "type": "message",
        "ts": "1789376400.000100",
        "bot_id": "B1",
        "username": NASTY,
        "icons": {"image_48": ADDRESS},
    }
    return who | {
        "text": NASTY,
        "blocks": hostile_blocks(),
        "attachments": [attachment],
        "files": files,
        "reactions": reactions,
    }


def _ignore_malformed_block_error(ben: Visit) -> None:
    """Ignore the console error that the page logs for a malformed block."""
    ben.problems[:] = [problem for problem in ben.problems if "is not a function" not in problem]


async def test_a_malformed_block_leaves_the_rest_readable(visit: Open, workspace: RunningWorkspace) -> None:
    ben = await visit()
    message = {"type": "message", "ts": "1789376400.000100", "user": "U00PMOBOT", "text": "Words"}
    blocks = [{"type": "section", "fields": 7}, {"type": "section", "text": sink.mrkdwn("still here")}]
    workspace.server.hub.pages.push_all(
        {"type": "message", "channel": "C02PROJECTS", "message": message | {"blocks": blocks}}
    )
    await expect(ben.log.get_by_text("still here")).to_be_visible()
    await expect(ben.log.get_by_text("This “section” block is malformed.")).to_be_visible()
    _ignore_malformed_block_error(ben)


async def test_an_undrawable_message_leaves_others_readable(visit: Open, workspace: RunningWorkspace) -> None:
    ben = await visit()
    message = {"type": "message", "ts": "1789376400.000100", "user": "U00PMOBOT", "text": "Bare &amp; *words*"}
    broken = {"type": "message", "channel": "C02PROJECTS", "message": message | {"reactions": [{"name": "x"}]}}
    workspace.server.hub.pages.push_all(broken)
    await expect(ben.log.get_by_text("Bare & *words*")).to_be_visible()
    await post_text(workspace, "Still here")
    await expect(ben.log.get_by_text("Still here")).to_be_visible()
    workspace.server.hub.pages.push_all(broken | {"type": "message_changed", "message": message})
    await expect(ben.log.locator("strong")).to_have_text("words")
    ben.problems.clear()


async def test_deeply_nested_quotes_are_shown_as_text(visit: Open) -> None:
    ben = await visit()
    for unit in ("> ", "*a ", "[", "- "):
        await ben.composer.fill(f"{unit * 10_000}end")
        await ben.page.keyboard.press("Enter")
        await expect(ben.composer).to_have_value("")
    await expect(ben.log.get_by_role("article")).to_have_count(4)
    await expect(ben.log.get_by_text("end", exact=False).last).to_be_attached()


async def test_hostile_typed_text_is_shown_as_text(visit: Open) -> None:
    ben = await visit()
    await ben.composer.fill(f"{NASTY} {LINKS} https://example.org/page")
    await ben.page.keyboard.press("Enter")
    message = ben.log.get_by_role("article")
    await expect(message).to_contain_text("<script>alarm('script')</script>")
    await assert_harmless(ben.page, message)


async def test_a_hostile_modal_is_shown_as_text(visit: Open, workspace: RunningWorkspace) -> None:
    ben = await visit()
    option = {"text": sink.plain(PICTURE), "value": "v", "description": sink.plain(PICTURE)}
    text = {"type": "plain_text_input", "initial_value": NASTY, "placeholder": sink.plain(PICTURE)}
    blocks = [
        {"type": "section", "text": sink.mrkdwn(f"{NASTY} {LINKS}")},
        sink.field("text", NASTY, text, hint=sink.plain(NASTY)),
        sink.field("choice", "Choice", {"type": "static_select", "options": [option], "initial_option": option}),
        sink.field("radio", "Radio", {"type": "radio_buttons", "options": [option]}),
    ]
    await open_modal(workspace, sink.view("<b>Title</b>", blocks))
    dialog = ben.page.get_by_role("dialog", name="<b>Title</b>")
    await dialog.get_by_role("combobox", name="Choice").click()
    await expect(ben.options).to_contain_text(PICTURE)
    await assert_harmless(ben.page, dialog)
