"""Killed while forms are submitted, bots still make one request, with one card on each side, of each form."""

import pytest

from tests.chaos.killing import PATIENCE, Death, Street, survive
from tests.conversations.service_desk import fill_form
from tests.workspace import filling
from tests.workspace.running import ActionRefused

pytestmark = pytest.mark.chaos

DEATHS = [
    Death(when, what, number)
    for what, numbers in (("commit", (1, 2, 3, 4, 5, 6)), ("call", (1, 2)), ("ack", (1, 2)))
    for number in numbers
    for when in ("before", "after")
]


class Submissions:
    """Ben submits a form in each round. A title that was accepted is in `accepted`, one that was not in `unsure`."""

    def __init__(self) -> None:
        self.accepted: list[str] = []
        self.unsure: list[str] = []

    async def do(self, street: Street, round_number: int) -> None:
        ben, title = street.workspace.as_user("U02BEN"), f"Killed {round_number:02}"
        try:
            await ben.command("/pmo-request health-check")
            view = await ben.wait_view("request.form")
            assert await ben.submit(view, fill_form(title=title)) == {}
        except (ActionRefused, AssertionError):
            self.unsure.append(title)
        else:
            self.accepted.append(title)

    async def seen(self, street: Street) -> None:
        wei = street.workspace.as_user("U03WEI")
        for title in self.accepted:
            await wei.wait_message(
                lambda message, title=title: title in filling.read_text(message), channel="C03TRIAGE", seconds=PATIENCE
            )

    async def check(self, street: Street) -> None:
        direct = (await street.workspace.api("conversations.open", users="U02BEN"))["channel"]["id"]
        assert self.accepted
        for channel in ("C03TRIAGE", direct):
            found = (await street.workspace.api("conversations.history", channel=channel, limit=999))["messages"]
            words = [filling.read_text(message.get("blocks", [])) for message in found]
            for title in (*self.accepted, *self.unsure):
                cards = sum(title in text for text in words)
                assert cards == 1 or (cards == 0 and title in self.unsure), f"{title} has {cards} cards in {channel}"


async def test_killed_bot_makes_one_request_per_form(street: Street) -> None:
    assert len(DEATHS) == 20
    await survive(street, DEATHS, [Submissions()])
