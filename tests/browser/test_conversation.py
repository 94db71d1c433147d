"""Conversations: messages arrive at once, and none is lost when the connection is."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from playwright.async_api import Route, WebSocketRoute, expect

from tests.browser import kitchen_sink as sink
from tests.browser.app_actions import PNG, post_blocks, post_text, upload_file
from tests.browser.conftest import Open
from tests.workspace.raw_app import RawApp
from tests.workspace.running import RunningWorkspace

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_messages_appear_for_other_people(visit: Open) -> None:
    ben, wei = await visit("U02BEN"), await visit("U03WEI")
    await ben.composer.fill("Morning @Wei Chen, see #general :wave: *now*\nSecond line")
    await ben.page.keyboard.press("Enter")
    message = wei.log.get_by_role("article", name="Ben Castellanos")
    await expect(message.get_by_text("@Wei Chen")).to_be_visible()
    await expect(message.get_by_role("button", name="#general")).to_be_visible()
    await expect(message.get_by_role("img", name="wave")).to_be_visible()
    await expect(message.locator("strong")).to_have_text("now")
    await expect(ben.composer).to_have_value("")


async def test_fast_typing_loses_no_message(visit: Open, workspace: RunningWorkspace) -> None:
    ben = await visit()
    held: asyncio.Queue[Route] = asyncio.Queue()
    await ben.page.route("**/client/post", held.put)
    for text in ("first", "second", "third"):
        await ben.composer.fill(text)
        await ben.page.keyboard.press("Enter")
        await expect(ben.composer).to_have_value("")
    for _ in range(3):
        await (await asyncio.wait_for(held.get(), 10)).continue_()
    await expect(ben.log.get_by_role("article")).to_have_count(3)
    said = (await workspace.api("conversations.history", channel="C02PROJECTS"))["messages"]
    assert [message["text"] for message in reversed(said)] == ["first", "second", "third"]


async def test_switching_person_shows_their_channels(visit: Open) -> None:
    ben = await visit("U02BEN")
    places = ben.page.get_by_role("navigation")
    await expect(places.get_by_role("button", name="projects")).to_be_visible()
    await expect(places.get_by_role("button", name="pmo-triage")).to_have_count(0)
    await ben.page.get_by_role("combobox", name="Signed in as").select_option(label="Wei Chen — PMO staff")
    await expect(places.get_by_role("button", name="pmo-triage, private channel")).to_be_visible()
    await expect(ben.composer).to_be_focused()


async def test_nothing_of_the_earlier_person_can_be_used_while_switching(visit: Open) -> None:
    ben = await visit("U02BEN")
    held: asyncio.Queue[Route] = asyncio.Queue()
    await ben.page.route("**/client/boot?*", held.put)
    await ben.page.get_by_role("combobox", name="Signed in as").select_option(label="Wei Chen — PMO staff")
    load = await asyncio.wait_for(held.get(), 10)
    await expect(ben.page.get_by_role("status").get_by_text("Opening the workspace…")).to_be_visible()
    await expect(ben.page.get_by_role("button", name="success-stories")).to_have_count(0)
    await expect(ben.page.get_by_role("textbox")).to_have_count(0)
    await load.continue_()
    await expect(ben.page.get_by_role("button", name="success-stories")).to_be_visible()


async def test_app_edits_and_deletions_appear(visit: Open, workspace: RunningWorkspace) -> None:
    ben = await visit()
    ts = await post_text(workspace, "Draft")
    await expect(ben.log.get_by_text("Draft")).to_be_visible()
    await workspace.api("chat.update", channel="C02PROJECTS", ts=ts, text="Final")
    await expect(ben.log.get_by_text("Final")).to_be_visible()
    await expect(ben.log.get_by_text("(edited)")).to_be_visible()
    await workspace.api("chat.delete", channel="C02PROJECTS", ts=ts)
    await expect(ben.log.get_by_role("article")).to_have_count(0)


async def test_consecutive_messages_share_one_author_line(visit: Open, workspace: RunningWorkspace) -> None:
    ben = await visit()
    for text in ("One", "Two", "Three"):
        await post_text(workspace, text)
    await expect(ben.log.get_by_role("article", name="PMO Assistant")).to_have_count(3)
    await expect(ben.log.locator(".author")).to_have_text(["PMO Assistant"])
    await expect(ben.log.locator(".app-badge")).to_have_text(["App"])
    await expect(ben.log.get_by_role("separator", name="Today")).to_be_visible()


async def test_ephemeral_messages_say_who_sees_them(visit: Open, workspace: RunningWorkspace) -> None:
    ben, wei = await visit("U02BEN"), await visit("U03WEI")
    answer = await workspace.api("chat.postEphemeral", channel="C02PROJECTS", user="U02BEN", text="Psst")
    assert answer["ok"], answer
    await post_text(workspace, "For all")
    await expect(ben.log.get_by_role("article").filter(has_text="Psst")).to_contain_text("Only visible to you")
    await expect(wei.log.get_by_text("For all")).to_be_visible()
    await expect(wei.log.get_by_text("Psst")).to_have_count(0)


async def test_threads_open_take_replies_and_count(visit: Open, workspace: RunningWorkspace) -> None:
    ben = await visit()
    ts = await post_text(workspace, "Shall we?")
    await ben.log.get_by_role("article").hover()
    await ben.log.get_by_role("button", name="Reply in thread").click()
    reply = ben.thread.get_by_role("textbox", name="Reply to thread")
    await expect(reply).to_be_focused()
    await reply.fill("Yes")
    await ben.page.keyboard.press("Enter")
    await expect(ben.thread.get_by_role("article", name="Ben Castellanos")).to_contain_text("Yes")
    await post_text(workspace, "Good", thread_ts=ts)
    await workspace.api("chat.postEphemeral", channel="C02PROJECTS", user="U02BEN", thread_ts=ts, text="Psst")
    await expect(ben.thread.get_by_role("article")).to_have_count(4)
    await expect(ben.thread.get_by_text("2 replies")).to_be_visible()
    await ben.page.get_by_role("button", name="Close thread").click()
    await ben.log.get_by_role("button", name="2 replies").click()
    await expect(ben.thread.get_by_text("2 replies")).to_be_visible()


async def test_reactions_can_be_added_and_removed(visit: Open, workspace: RunningWorkspace) -> None:
    ben, wei = await visit("U02BEN"), await visit("U03WEI")
    await post_text(workspace, "Done!")
    await ben.log.get_by_role("article").hover()
    await ben.log.get_by_role("button", name="Add reaction").click()
    await ben.page.get_by_role("searchbox", name="Search emoji").fill("rocket")
    await (
        ben.page.get_by_role("dialog", name="Choose an emoji").get_by_role("button", name="rocket", exact=True).click()
    )
    await expect(wei.log.get_by_role("button", name="rocket, 1 reaction")).to_have_attribute("aria-pressed", "false")
    mine = ben.log.get_by_role("button", name="rocket, 1 reaction")
    await expect(mine).to_have_attribute("aria-pressed", "true")
    await mine.click()
    await expect(mine).to_have_count(0)


async def test_unread_counts_clear_when_read(visit: Open, workspace: RunningWorkspace) -> None:
    ben = await visit()
    for text in ("One", "Two"):
        await post_text(workspace, text, "C01GENERAL")
    place = ben.page.get_by_role("navigation").get_by_role("button", name="general")
    await expect(place).to_have_accessible_name("general, 2 unread")
    await place.click()
    await expect(ben.log.get_by_role("separator", name="New messages")).to_be_visible()
    await expect(place).to_have_accessible_name("general")
    again = await visit()
    await expect(again.page.get_by_role("navigation").get_by_role("button", name="general")).to_have_accessible_name(
        "general"
    )


async def test_the_app_status_shows_until_it_replies(visit: Open, workspace: RunningWorkspace) -> None:
    ben = await visit()
    ts = await post_text(workspace, "Thinking about it")
    await ben.log.get_by_role("article").hover()
    await ben.log.get_by_role("button", name="Reply in thread").click()
    status = {"channel_id": "C02PROJECTS", "thread_ts": ts, "status": "is reading the handbook…"}
    await workspace.api("assistant.threads.setStatus", **status)
    await expect(ben.thread.get_by_text("PMO Assistant is reading the handbook…")).to_be_visible()
    await post_text(workspace, "Here", thread_ts=ts)
    await expect(ben.thread.get_by_text("is reading the handbook…")).to_have_count(0)


async def test_a_streamed_answer_grows_on_the_page(visit: Open, workspace: RunningWorkspace) -> None:
    ben = await visit()
    root = await post_text(workspace, "Question")
    await ben.log.get_by_role("article").hover()
    await ben.log.get_by_role("button", name="Reply in thread").click()
    who = {"channel": "C02PROJECTS", "recipient_user_id": "U02BEN", "recipient_team_id": "T00MERIDIAN"}
    started = await workspace.api("chat.startStream", thread_ts=root, markdown_text="The **first** part", **who)
    assert started["ok"], started
    answer = ben.thread.get_by_role("article").nth(1)
    await expect(answer.locator("strong")).to_have_text("first")
    await expect(answer.get_by_role("img", name="still writing")).to_be_attached()
    place = {"channel": "C02PROJECTS", "ts": started["ts"]}
    await workspace.api("chat.appendStream", markdown_text=" and the second", **place)
    await expect(answer).to_contain_text("The first part and the second")
    await workspace.api("chat.stopStream", **place)
    await expect(answer.get_by_role("img", name="still writing")).to_have_count(0)


async def test_a_first_direct_message_appears_for_both(visit: Open) -> None:
    ben, wei = await visit("U02BEN"), await visit("U03WEI")
    places = ben.page.get_by_role("navigation")
    await ben.choose_in_menu(places.get_by_role("button", name="New message"), "Wei Chen")
    await expect(ben.page.get_by_role("heading", name="Wei Chen")).to_be_visible()
    await ben.composer.fill("Have you a minute?")
    await ben.page.keyboard.press("Enter")
    place = wei.page.get_by_role("navigation").get_by_role("button", name="Ben Castellanos, 1 unread")
    await place.click()
    await expect(wei.log.get_by_role("article", name="Ben Castellanos")).to_contain_text("Have you a minute?")


async def test_posting_in_a_channel_requires_joining(visit: Open) -> None:
    ben, dana = await visit("U02BEN"), await visit("U04DANA", "C02PROJECTS")
    await ben.composer.fill("Who is with us?")
    await ben.page.keyboard.press("Enter")
    await expect(dana.log.get_by_text("Who is with us?")).to_be_visible()
    await expect(dana.composer).to_have_count(0)
    await dana.page.get_by_role("button", name="Join #projects").click()
    await dana.composer.fill("I am.")
    await dana.page.keyboard.press("Enter")
    await expect(ben.log.get_by_text("I am.")).to_be_visible()
    await expect(ben.page.get_by_role("button", name="7 members")).to_be_visible()


async def test_channel_members_are_listed_and_reachable(visit: Open) -> None:
    ben = await visit("U02BEN", "C01GENERAL")
    await ben.page.get_by_role("button", name="7 members").click()
    listed = ben.page.get_by_role("menu", name="Members").get_by_role("menuitem")
    await expect(listed).to_have_count(7)
    await expect(listed.filter(has_text="Ben Castellanos (you)")).to_be_visible()
    await listed.filter(has_text="Wei Chen").click()
    await expect(ben.page.get_by_role("heading", name="Wei Chen")).to_be_visible()


async def test_pictures_appear_inline_and_files_as_cards(visit: Open, workspace: RunningWorkspace) -> None:
    ben = await visit()
    for name, content in (("burn-down.png", PNG), ("plan.txt", b"Plan")):
        await upload_file(workspace, name, content, channel_id="C02PROJECTS")
    picture = ben.log.get_by_role("img", name="burn-down.png")
    await expect(picture).to_have_js_property("naturalWidth", 1)
    await expect(ben.log.get_by_role("link", name="plan.txt")).to_contain_text("TXT · 4 bytes")


async def test_an_unknown_command_stays_in_the_composer(visit: Open) -> None:
    ben = await visit()
    await ben.composer.fill("/nonsense and more")
    await ben.page.keyboard.press("Enter")
    await expect(ben.page.get_by_role("alert")).to_contain_text("/nonsense is not a valid command.")
    await expect(ben.composer).to_have_value("/nonsense and more")


async def test_a_command_in_a_thread_stays_typed(visit: Open, workspace: RunningWorkspace) -> None:
    ben = await visit()
    await post_text(workspace, "A thread")
    await ben.log.get_by_role("article").hover()
    await ben.log.get_by_role("button", name="Reply in thread").click()
    reply = ben.thread.get_by_role("textbox", name="Reply to thread")
    await reply.fill("/pmo help")
    await reply.press("Enter")
    await expect(ben.page.get_by_role("alert")).to_contain_text("/pmo is not supported in threads. Sorry!")
    await expect(reply).to_have_value("/pmo help")


async def test_the_home_tab_shows_each_publication(visit: Open, workspace: RunningWorkspace, app: RawApp) -> None:
    ben = await visit()
    await ben.page.get_by_role("navigation").get_by_role("button", name="PMO Assistant").click()
    opened = await app.event("app_home_opened")
    assert (opened["event"]["user"], opened["event"]["tab"]) == ("U02BEN", "home")
    blocks = [
        {"type": "header", "text": sink.plain("Welcome, Ben")},
        {"type": "actions", "elements": [sink.button("new", "New")]},
    ]
    await workspace.api("views.publish", user_id="U02BEN", view={"type": "home", "blocks": blocks})
    panel = ben.page.get_by_role("tabpanel", name="Home")
    await expect(panel.get_by_role("heading", name="Welcome, Ben")).to_be_visible()
    await panel.get_by_role("button", name="New").click()
    envelope, payload = await app.interaction()
    await app.ack(envelope)
    assert payload["view"]["type"] == "home"


async def test_choosing_a_suggested_prompt_sends_it(visit: Open) -> None:
    ben = await visit()
    await ben.page.get_by_role("navigation").get_by_role("button", name="PMO Assistant").click()
    await ben.page.get_by_role("tab", name="Messages").click()
    await ben.page.get_by_role("button", name="RAG").click()
    await expect(ben.log.get_by_role("article", name="Ben Castellanos")).to_contain_text("What is RAG?")


async def test_a_message_shortcut_carries_its_message(visit: Open, workspace: RunningWorkspace, app: RawApp) -> None:
    ben = await visit()
    ts = await post_text(workspace, "Turn me into a request")
    await ben.log.get_by_role("article").hover()
    await ben.choose_in_menu(ben.log.get_by_role("button", name="More message actions"), "Make a request")
    envelope, payload = await app.interaction()
    await app.ack(envelope)
    assert (payload["callback_id"], payload["message"]["ts"]) == ("make_request", ts)


async def test_scrolling_loads_older_messages_in_place(visit: Open, workspace: RunningWorkspace) -> None:
    for number in range(120):
        await post_text(workspace, f"Message {number:03}")
    ben = await visit()
    rows = ben.log.get_by_role("article")
    await expect(rows).to_have_count(50)
    await expect(rows.last).to_be_in_viewport()
    await rows.first.scroll_into_view_if_needed()
    await expect(ben.log.get_by_text("Message 020")).to_be_attached()
    await expect(ben.log.get_by_text("Message 070")).to_be_in_viewport()
    await ben.page.get_by_role("button", name="Latest messages").click()
    await expect(rows.last).to_be_in_viewport()


async def test_posting_scrolls_to_the_new_message(visit: Open, workspace: RunningWorkspace) -> None:
    for number in range(60):
        await post_text(workspace, f"Message {number:03}")
    ben = await visit()
    await ben.log.get_by_role("article").first.scroll_into_view_if_needed()
    await expect(ben.page.get_by_role("button", name="Latest messages")).to_be_visible()
    await post_text(workspace, "From the app")
    await expect(ben.log.get_by_text("From the app")).not_to_be_in_viewport()
    await ben.composer.fill("From me")
    await ben.page.keyboard.press("Enter")
    await expect(ben.log.get_by_text("From me")).to_be_in_viewport()


async def test_text_follows_the_direction_of_its_script(visit: Open) -> None:
    ben = await visit()
    for text in ("Hello", "שלום עולם"):
        await ben.composer.fill(text)
        await ben.page.keyboard.press("Enter")
    await expect(ben.log.get_by_text("שלום עולם")).to_be_visible()
    start = """element => {
        const written = document.createRange();
        written.selectNodeContents(element);
        return written.getBoundingClientRect().x;
    }"""
    left, right = [await ben.log.get_by_text(text).evaluate(start) for text in ("Hello", "שלום עולם")]
    assert right > left + 100


async def test_the_page_draws_a_limited_history(visit: Open, workspace: RunningWorkspace) -> None:
    ben = await visit()
    for number in range(400):
        await post_text(workspace, f"Message {number:03}")
    await expect(ben.log.get_by_text("Message 399")).to_be_in_viewport()
    assert await ben.log.get_by_role("article").count() <= 150


async def test_reconnecting_shows_the_missed_messages(visit: Open, workspace: RunningWorkspace) -> None:
    ben = await visit()
    cut = _Cut()
    await ben.page.route_web_socket("**/client/socket*", cut.handle)
    await ben.page.clock.install()
    await ben.page.reload()
    await expect(ben.composer).to_be_visible()
    await cut.off()
    await expect(ben.page.get_by_text("Connection lost. Reconnecting…")).to_be_visible()
    await ben.page.clock.pause_at(datetime.now(UTC) + timedelta(minutes=1))  # the page waits before it tries by itself
    await post_text(workspace, "Said meanwhile")
    await expect(ben.log.get_by_text("Said meanwhile")).to_have_count(0)
    cut.broken = False
    await ben.page.get_by_role("button", name="Try now").click()
    await ben.page.clock.resume()
    await expect(ben.log.get_by_text("Said meanwhile")).to_be_visible()
    await expect(ben.page.get_by_text("Connection lost")).to_have_count(0)
    await post_blocks(workspace, [{"type": "header", "text": sink.plain("Live again")}])
    await expect(ben.log.get_by_role("heading", name="Live again")).to_be_visible()


async def test_messages_arriving_during_loading_are_shown(visit: Open, workspace: RunningWorkspace) -> None:
    ben = await visit()

    async def late(route: Route) -> None:
        old = await route.fetch()
        await post_text(workspace, "Said while reading", "C01GENERAL")
        await expect(ben.log.get_by_text("Said while reading")).to_be_visible()
        await route.fulfill(response=old)

    await ben.page.route("**/client/messages?*C01GENERAL*", late, times=1)
    async with ben.page.expect_response("**/client/messages?*C01GENERAL*"):
        await ben.page.get_by_role("navigation").get_by_role("button", name="general").click()
    await expect(ben.log.get_by_text("Welcome to the sample workspace")).to_be_visible()
    await expect(ben.log.get_by_text("Said while reading")).to_be_visible()


class _Cut:
    """A proxy between page and workspace that forwards everything until it is cut."""

    def __init__(self) -> None:
        self.broken = False
        self.open: list[WebSocketRoute] = []

    async def handle(self, route: WebSocketRoute) -> None:
        if self.broken:
            await route.close()
            return
        route.connect_to_server()
        self.open.append(route)

    async def off(self) -> None:
        self.broken = True
        for route in self.open:
            await route.close()
