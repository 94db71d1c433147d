"""A desk that puts deliveries in the outbox, and the sender that claims them."""

import pytest

from storage.database import Database
from storage.engine.deliveries import Deliveries
from tests.storage.cast import sender_of
from tests.storage.engine.desk import Desk


@pytest.fixture
def sender(database: Database) -> Deliveries:
    return sender_of(database)


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)
