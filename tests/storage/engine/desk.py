"""What the tests of deliveries share: putting them in the outbox, and claiming them."""

from typing import Any

from sqlalchemy import select

from storage.database import Database
from storage.engine.claiming import Delivery
from storage.engine.deliveries import Deliveries
from storage.engine.outbox import Outbox
from storage.tables.engine import DeliveryRow
from tests.storage.cast import ASK, NOW, ONE, build_text, later


class Desk:
    """Puts deliveries in the outbox."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def say(self, what: str, channel: str = ASK, **how: Any) -> str:
        with self._database.transaction() as session:
            return Outbox(session, how.pop("now", NOW)).post(channel, build_text(what), **how)

    def edit(self, delivery: str, what: str) -> None:
        with self._database.transaction() as session:
            Outbox(session, NOW).edit(delivery, build_text(what))

    def home(self, user: str, title: str) -> None:
        with self._database.transaction() as session:
            Outbox(session, NOW).publish_home(user, {"title": title})

    def row(self, delivery: str) -> DeliveryRow:
        with self._database.read_only() as session:
            return session.scalars(select(DeliveryRow).where(DeliveryRow.id == delivery)).one()


def claim(sender: Deliveries, seconds: float = 0, owner: str = ONE, limit: int = 50) -> list[Delivery]:
    return list(sender.claim(owner, later(seconds), limit).deliveries)


def read_texts(deliveries: list[Delivery]) -> list[str]:
    return [delivery.arguments["text"] for delivery in deliveries]
