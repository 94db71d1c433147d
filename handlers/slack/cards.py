"""The cards of a record: one message for each place, edited as the record changes, with notices in its thread.

A place is a user's id, a channel's id, or a name of the subject's own for a channel, such as “triage”.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from storage.engine.outbox import Outbox

Card = Mapping[str, Any]  # a message as the block builders return it


@dataclass(frozen=True, slots=True)
class Cards:
    """The cards of one record, within a transaction.

    `deliveries` holds the existing cards by place, and `remember` stores a new one; `build` makes the card for a place.
    `channels` gives the channel of each place that isn't an id itself, `instead` who gets a place's card directly if it
    can't be posted there.
    """

    outbox: Outbox
    deliveries: dict[str, str]
    remember: Callable[[str, str], None]
    build: Callable[[str], Card]
    channels: Mapping[str, str] = field(default_factory=dict)
    instead: Mapping[str, str] = field(default_factory=dict)

    def post(self, place: str, *, key: str | None = None, bulk: bool = False) -> None:
        """Post the card to a place that has none. A second post with the same `key` is never made."""
        channel, person = self._find_channel(place), self.instead.get(place)
        delivery = self.outbox.post(channel, self.build(place), key=key, bulk=bulk, person=person)
        self.remember(place, delivery)
        self.deliveries[place] = delivery

    def post_missing(self, places: Iterable[str], *, bulk: Iterable[str] = ()) -> None:
        """Post the card to those of the places that have none; to `bulk` after what others are waiting for."""
        bulk_places = frozenset(bulk)
        for place in places:
            if place not in self.deliveries:
                self.post(place, bulk=place in bulk_places)

    def refresh(self, only: str | None = None) -> None:
        """Edit every card, or only that in one place, to show the record as it is now."""
        for place, delivery in self.deliveries.items():
            if only in (None, place):
                self.outbox.edit(delivery, self.build(place))

    def notify(self, place: str, notice: Card) -> None:
        """Post a notice in the thread under the place's card, if it has one."""
        if card := self.deliveries.get(place):
            self.outbox.post(self._find_channel(place), notice, follows=card)

    def _find_channel(self, place: str) -> str:
        return self.channels.get(place, place)
