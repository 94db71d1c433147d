"""The App Home: what concerns the person who opens it. Each noun adds its part in `handlers.HOME_SECTIONS`."""

from collections.abc import Iterable

from handlers.context import House
from handlers.home.blocks.home import home_view
from handlers.home.help import welcome
from handlers.slack import payloads
from handlers.slack.blocks.builders import divider
from handlers.slack.routes import Routes
from storage.engine.inbox import Arrival
from storage.store import Transaction


def register(routes: Routes) -> None:
    routes.event("app_home_opened", opened)


def opened(arrival: Arrival, house: House) -> None:
    """Somebody opened the app: its home is made anew; before the first message there is a word of welcome."""
    event = arrival.payload["event"]
    user = payloads.place(arrival.payload).user
    with house.store.finishing(arrival, house.now()) as tx:
        if event.get("tab") == "messages":
            tx.outbox.post(event["channel"], welcome(house, user), key=f"welcome:{user}")
            return
        tx.homes.open(user, house.now())
        refresh_home(tx, house, user)


def refresh_home(tx: Transaction, house: House, user: str) -> None:
    """Call this in the transaction that changes something which concerns the person."""
    if not tx.homes.is_open(user):
        return
    person = house.people.get(user)
    parts = [part(tx, house, person) for part in house.home_sections]
    tx.outbox.publish_home(user, home_view([[*part, divider()] for part in parts if part]))


def refresh_homes(tx: Transaction, house: House, users: Iterable[str]) -> None:
    """The same for several people, each once."""
    for user in dict.fromkeys(users):
        refresh_home(tx, house, user)
