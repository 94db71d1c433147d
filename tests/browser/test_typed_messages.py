"""Writing on the page: files, replies sent to the channel, edits and deletions, and what kind of person wrote."""

import pytest
from playwright.async_api import expect

from tests.browser.conftest import Open
from tests.workspace.running import RunningWorkspace

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]
NOTE = {"name": "note.txt", "mimeType": "text/plain", "buffer": b"Minutes"}


async def test_a_file_is_attached_and_sent(visit: Open) -> None:
    ben = await visit()
    await ben.page.get_by_role("main").get_by_label("Files", exact=True).set_input_files([NOTE])
    await expect(ben.page.get_by_role("button", name="Remove note.txt")).to_be_visible()
    await ben.composer.fill("Have a look")
    await ben.composer.press("Enter")
    message = ben.log.get_by_role("article").last
    await expect(message).to_contain_text("Have a look")
    await expect(message.get_by_role("link", name="note.txt")).to_be_visible()
    await expect(ben.page.get_by_role("button", name="Remove note.txt")).to_have_count(0)


async def test_a_file_can_be_removed_before_sending(visit: Open) -> None:
    ben = await visit()
    await ben.page.get_by_role("main").get_by_label("Files", exact=True).set_input_files([NOTE])
    send = ben.page.get_by_role("main").get_by_role("button", name="Send")
    await expect(send).to_be_enabled()
    await ben.page.get_by_role("button", name="Remove note.txt").click()
    await expect(send).to_be_disabled()


async def test_a_reply_is_also_sent_to_the_channel(visit: Open, workspace: RunningWorkspace) -> None:
    ben = await visit()
    root = await workspace.as_user("U03WEI").post("C02PROJECTS", "When do we meet?")
    await workspace.as_user("U03WEI").post("C02PROJECTS", "Soon", root)
    await ben.log.get_by_role("button", name="1 reply").click()
    await ben.thread.get_by_role("checkbox", name="Also send to #projects").check()
    await ben.thread.get_by_role("textbox").fill("On Monday")
    await ben.thread.get_by_role("textbox").press("Enter")
    message = ben.log.get_by_role("article").last
    await expect(message).to_contain_text("On Monday")
    await expect(message.get_by_role("button", name="Replied to a thread")).to_be_visible()
    await expect(ben.thread.get_by_role("checkbox")).not_to_be_checked()


async def test_a_message_is_edited_with_the_keyboard(visit: Open) -> None:
    ben = await visit()
    await ben.composer.fill("@Wei Chen helo & welcome ")
    await ben.composer.press("Enter")
    await expect(ben.log).to_contain_text("helo")
    await ben.composer.press("ArrowUp")
    field = ben.page.get_by_role("textbox", name="Text of the message")
    await expect(field).to_be_focused()
    await expect(field).to_have_value("@Wei Chen helo & welcome")
    await field.fill("@Wei Chen hello & welcome")
    await field.press("Enter")
    message = ben.log.get_by_role("article").last
    await expect(message).to_contain_text("@Wei Chen hello & welcome")
    await expect(message).to_contain_text("(edited)")
    await expect(message).to_be_focused()


async def test_escape_leaves_a_message_as_it_was(visit: Open) -> None:
    ben = await visit()
    await ben.composer.fill("As it was")
    await ben.composer.press("Enter")
    message = ben.log.get_by_role("article").last
    await message.hover()
    await ben.choose_in_menu(message.get_by_role("button", name="More message actions"), "Edit message")
    await ben.page.get_by_role("textbox", name="Text of the message").fill("Different")
    await ben.page.keyboard.press("Escape")
    await expect(message).to_contain_text("As it was")
    await expect(message).not_to_contain_text("(edited)")


async def test_a_message_is_deleted_after_a_question(visit: Open, workspace: RunningWorkspace) -> None:
    ben = await visit()
    await ben.composer.fill("Oops")
    await ben.composer.press("Enter")
    message = ben.log.get_by_role("article").last
    await expect(message).to_contain_text("Oops")
    await message.focus()
    await ben.choose_in_menu(message.get_by_role("button", name="More message actions"), "Delete message…")
    await ben.page.get_by_role("button", name="Delete", exact=True).press("Enter")
    await expect(ben.log.get_by_text("Oops")).to_have_count(0)


async def test_other_peoples_messages_offer_no_change(visit: Open, workspace: RunningWorkspace) -> None:
    ben = await visit()
    await workspace.as_user("U03WEI").post("C02PROJECTS", "Wei's words")
    message = ben.log.get_by_role("article").last
    await expect(message).to_contain_text("Wei's words")
    await message.hover()
    await message.get_by_role("button", name="More message actions").click()
    await expect(ben.page.get_by_role("menuitem", name="Make a request")).to_be_visible()
    await expect(ben.page.get_by_role("menuitem", name="Edit message")).to_have_count(0)


async def test_the_page_says_what_kind_of_person_it_is(visit: Open, workspace: RunningWorkspace) -> None:
    ben = await visit(channel="C08PARTNERS")
    await workspace.as_user("U07OLGA").post("C08PARTNERS", "Good morning")
    await expect(ben.log.get_by_role("article").last).to_contain_text("from Brightwell Consulting")
    await expect(ben.page.get_by_role("main")).to_contain_text("shared with another organisation")
    people = ben.page.get_by_role("combobox", name="Signed in as")
    for label in (
        "Olga Brandt — Consultant, from Brightwell Consulting",
        "Gina Moreau — guest of one channel",
        "Dmitri Volkov — deactivated",
    ):
        await expect(people.get_by_role("option", name=label)).to_have_count(1)


async def test_a_group_message_is_named_after_the_others(visit: Open, workspace: RunningWorkspace) -> None:
    group = await workspace.as_user("U02BEN").group("U03WEI")
    ben = await visit(channel=group)
    await expect(ben.page.get_by_role("main", name="PMO Assistant, Wei Chen")).to_be_visible()
    place = ben.page.get_by_role("navigation").get_by_role("button", name="PMO Assistant, Wei Chen")
    await expect(place).to_have_attribute("aria-current", "page")


async def test_an_archived_channel_takes_no_messages(visit: Open, workspace: RunningWorkspace) -> None:
    ben = await visit()
    await workspace.change_channel("C02PROJECTS", archived=True)
    await expect(ben.page.get_by_text("This channel is archived.")).to_be_visible()
    await expect(ben.composer).to_have_count(0)
