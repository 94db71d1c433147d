"""The cards of a record: posted once for each place, edited together, with notices in their threads."""

from typing import Any, cast

import pytest

from handlers.slack.cards import Cards
from storage.engine.outbox import Outbox


class RecordingOutbox:
    def __init__(self) -> None:
        self.posts: list[tuple[str, str, str | None, bool]] = []
        self.edits: list[tuple[str, str]] = []

    def post(self, channel: str, message: dict[str, Any], *, follows: str | None = None, **more: Any) -> str:
        self.posts.append((channel, message["text"], follows, bool(more.get("bulk"))))
        return f"delivery-{len(self.posts)}"

    def edit(self, delivery: str, message: dict[str, Any]) -> None:
        self.edits.append((delivery, message["text"]))


@pytest.fixture
def outbox() -> RecordingOutbox:
    return RecordingOutbox()


@pytest.fixture
def cards(outbox: RecordingOutbox) -> Cards:
    return Cards(
        outbox=cast(Outbox, outbox),
        deliveries={},
        remember=lambda place, delivery: None,
        build=lambda place: {"text": f"card for {place}"},
        channels={"triage": "C03TRIAGE"},
    )


def test_missing_cards_are_posted_once(cards: Cards, outbox: RecordingOutbox) -> None:
    cards.post("triage")
    cards.post_missing(["triage", "U02BEN", "U06FARAH"], bulk=["U06FARAH"])
    cards.post_missing(["U02BEN"])
    assert outbox.posts == [
        ("C03TRIAGE", "card for triage", None, False),
        ("U02BEN", "card for U02BEN", None, False),
        ("U06FARAH", "card for U06FARAH", None, True),
    ]


def test_refresh_edits_every_card(cards: Cards, outbox: RecordingOutbox) -> None:
    cards.post_missing(["triage", "U02BEN"])
    cards.refresh()
    assert outbox.edits == [("delivery-1", "card for triage"), ("delivery-2", "card for U02BEN")]


def test_notice_goes_under_an_existing_card(cards: Cards, outbox: RecordingOutbox) -> None:
    cards.post("triage")
    cards.notify("triage", {"text": "approved"})
    cards.notify("U02BEN", {"text": "approved"})
    assert outbox.posts[1:] == [("C03TRIAGE", "approved", "delivery-1", False)]
