"""What the README promises to a newcomer, done by four people at the page."""

from typing import Any

import pytest
from playwright.async_api import Browser, Locator, Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

ADA = "Ada Okafor — Team member"
BEN = "Ben Castellanos — Project manager"
WEI = "Wei Chen — PMO staff"
DANA = "Dana Lindqvist — Leader (Chief Operating Officer)"
SOON = 15_000  # milliseconds
TITLE = "Is Reservoir West in trouble?"


class Person:
    """Somebody at the page, by what they see and can name."""

    def __init__(self, page: Page) -> None:
        self.page = page

    @classmethod
    async def arrive(cls, browser: Browser, address: str, who: str) -> "Person":
        context = await browser.new_context(viewport={"width": 1280, "height": 800}, locale="en-GB")
        page = await context.new_page()
        page.set_default_timeout(SOON)
        await page.goto(address)
        await page.get_by_role("combobox", name="Signed in as").select_option(label=who)
        return cls(page)

    @property
    def log(self) -> Locator:
        """The messages of the open channel."""
        return self.page.get_by_role("main").get_by_role("log")

    @property
    def dialog(self) -> Locator:
        return self.page.get_by_role("dialog").last

    async def go(self, channel: str) -> None:
        await self.page.get_by_role("navigation").get_by_text(channel, exact=True).click()
        await expect(self.page.get_by_role("main").get_by_role("textbox", name="Message")).to_be_visible()

    async def read_the_app(self) -> None:
        """Open the direct messages with the app."""
        await self.page.get_by_role("navigation").get_by_text("PMO Assistant", exact=True).click()
        await self.page.get_by_role("tab", name="Messages").click()

    async def say(self, text: str) -> None:
        box = self.page.get_by_role("main").get_by_role("textbox", name="Message")
        await box.fill(text)
        await box.press("Escape")  # closes the completion
        await box.press("Enter")

    async def choose(self, name: str, option: str) -> None:
        await self.dialog.get_by_role("combobox", name=name).click()
        await self.page.get_by_role("listbox").get_by_role("option").filter(has_text=option).first.click()

    async def press(self, name: str, within: Locator | None = None) -> None:
        await (within or self.page).get_by_role("button", name=name, exact=True).last.click()

    async def sees(self, text: str, within: Locator | None = None, **more: Any) -> Locator:
        found = (within or self.page).get_by_text(text, **more).last
        await expect(found).to_be_visible(timeout=SOON)
        return found

    async def leave(self) -> None:
        await self.page.context.close()


async def test_team_member_asks_and_gets_a_cited_answer(browser: Browser, address: str) -> None:
    ada = await Person.arrive(browser, address, ADA)
    await ada.go("ask-the-pmo")
    await ada.say("@PMO Assistant how do I know whether my project is in trouble?")
    await (await ada.sees("1 reply")).click()
    thread = ada.page.get_by_role("complementary", name="Thread")
    await expect(thread.get_by_text("edition 1.0").first).to_be_visible()
    await thread.get_by_role("button", name="Helpful", exact=True).click()
    await ada.leave()


async def test_project_manager_requests_and_pmo_delivers(browser: Browser, address: str) -> None:
    ben = await Person.arrive(browser, address, BEN)
    await ben.go("projects")
    await ben.say("/pmo-request health-check")
    await expect(ben.dialog).to_be_visible()
    await ben.press("Submit", ben.dialog)
    await ben.sees("Please complete this required field.", ben.dialog)
    await ben.dialog.get_by_role("textbox", name="Title").fill(TITLE)
    await ben.choose("Project", "Not listed")
    await ben.dialog.get_by_role("textbox", name="Details").fill("The forecast slipped twice in a month.")
    await ben.choose("Reason for the check", "Someone is concerned")
    await ben.choose("Stage", "Delivery")
    await ben.choose("Budget", "50,000 to 500,000")
    await ben.choose("Your own rating", "Amber")
    await ben.dialog.get_by_role("radiogroup", name="Does the sponsor know").get_by_label("Yes").check()
    await ben.press("Submit", ben.dialog)
    await expect(ben.page.get_by_role("dialog")).to_have_count(0)
    await ben.read_the_app()
    await ben.sees(TITLE)

    wei = await Person.arrive(browser, address, WEI)
    await wei.go("pmo-triage")
    await wei.sees(TITLE)
    await wei.press("Accept", wei.log)
    await wei.sees("In the queue", wei.log)
    await wei.press("Claim", wei.log)
    await wei.sees("In progress", wei.log)
    await wei.press("Deliver", wei.log)
    await wei.dialog.get_by_role("textbox", name="Link to the deliverable").fill("https://example.org/report")
    for box in await wei.dialog.get_by_role("checkbox").all():
        await box.check()
    await wei.press("Deliver", wei.dialog)
    await wei.sees("Delivered", wei.log)

    await ben.sees("https://example.org/report", ben.log)
    await ben.press("Accept delivery", ben.log)
    await ben.sees("How satisfied are you", ben.log)
    for person in (ben, wei):
        await person.leave()


async def test_project_manager_reports_progress_in_its_channel(browser: Browser, address: str) -> None:
    ben = await Person.arrive(browser, address, BEN)
    await ben.go("projects")
    await ben.say("/pmo-update")
    await ben.choose("Objective or project", "Pressure management")
    await ben.dialog.get_by_role("radio", name="Green").check()
    await ben.dialog.get_by_role("textbox", name="How is it going?").fill("Nine zones of twelve are done.")
    await ben.press("Send", ben.dialog)
    await expect(ben.page.get_by_role("dialog")).to_have_count(0)
    await ben.go("strategy-progress")
    await ben.sees("Nine zones of twelve are done.", ben.log)
    await ben.leave()


async def test_approved_story_is_published_once(browser: Browser, address: str) -> None:
    ben = await Person.arrive(browser, address, BEN)
    await ben.go("projects")
    await ben.say("/pmo-story")
    await ben.dialog.get_by_role("textbox", name="Title").fill("Twelve hours less without water")
    text = "A valve in the north can now be closed from the control room."
    await ben.dialog.get_by_role("textbox", name="What happened").fill(text)
    await ben.choose("Objective it supports", "Less water is lost")
    await ben.dialog.get_by_role("textbox", name="How do we know?").fill("https://example.org/valve")
    await ben.press("Submit", ben.dialog)
    await expect(ben.page.get_by_role("dialog")).to_have_count(0)

    wei = await Person.arrive(browser, address, WEI)
    await wei.go("pmo-triage")
    await wei.sees("Twelve hours less without water", wei.log)
    await wei.press("Approve and publish", wei.log)

    ada = await Person.arrive(browser, address, ADA)
    await ada.go("success-stories")
    await ada.sees(text, ada.log)
    await expect(ada.log.get_by_text(text)).to_have_count(1)
    for person in (ben, wei, ada):
        await person.leave()


async def test_leader_sees_strategy_and_digest_with_chart(browser: Browser, address: str) -> None:
    dana = await Person.arrive(browser, address, DANA)
    await dana.go("leadership")
    await dana.say("/pmo-strategy digest")
    await dana.sees("Objective progress", dana.log)
    await expect(dana.log.locator("canvas").last).to_be_visible()
    await dana.say("/pmo-strategy")
    await dana.sees("Less water is lost between the works and the tap", dana.log)
    await dana.leave()
