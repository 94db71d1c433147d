"""Killed while forms are submitted, bots still make one request of each form, with one card on each side."""

import pytest

from tests.chaos.rig import Kill, Rig, run_through_kills
from tests.chaos.rounds import sample_kills
from tests.chaos.workloads import PATIENCE
from tests.conversations.service_desk import fill_form
from tests.workspace import filling
from tests.workspace.visitor import ActionRefused

pytestmark = pytest.mark.chaos

KILLS = [
    Kill(when, what, number)
    for what, numbers in (("commit", (1, 2, 3, 4, 5, 6)), ("call", (1, 2)), ("ack", (1, 2)))
    for number in numbers
    for when in ("before", "after")
]


class Submissions:
    """Ben submits a form in each round. `accepted` are the titles of accepted forms, `unsure` those of failed ones."""

    def __init__(self) -> None:
        self.accepted: list[str] = []
        self.unsure: list[str] = []

    async def start(self, rig: Rig, round_number: int) -> None:
        ben, title = rig.workspace.as_user("U02BEN"), f"Killed {round_number:02}"
        try:
            await ben.command("/pmo-request health-check")
            view = await ben.wait_view("request.form")
            assert await ben.submit(view, fill_form(title=title)) == {}
        except (ActionRefused, AssertionError):
            self.unsure.append(title)
        else:
            self.accepted.append(title)

    async def wait_seen(self, rig: Rig) -> None:
        wei = rig.workspace.as_user("U03WEI")
        for title in self.accepted:
            await wei.wait_message(
                lambda message, title=title: title in filling.read_text(message), channel="C03TRIAGE", seconds=PATIENCE
            )

    async def check(self, rig: Rig) -> None:
        direct = (await rig.workspace.api("conversations.open", users="U02BEN"))["channel"]["id"]
        assert self.accepted
        for channel in ("C03TRIAGE", direct):
            found = (await rig.workspace.api("conversations.history", channel=channel, limit=999))["messages"]
            words = [filling.read_text(message.get("blocks", [])) for message in found]
            for title in (*self.accepted, *self.unsure):
                cards = sum(title in text for text in words)
                assert cards == 1 or (cards == 0 and title in self.unsure), f"{title} has {cards} cards in {channel}"


async def test_killed_bot_makes_one_request_per_form(rig: Rig) -> None:
    assert len(KILLS) == 20
    await run_through_kills(rig, sample_kills(KILLS), [Submissions()])
