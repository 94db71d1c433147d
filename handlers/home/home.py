"""The App Home: what concerns the person who opens it. Each noun adds its part in `handlers.HOME_SECTIONS`."""

from collections.abc import Iterable

from handlers.context import AppContext
from handlers.home.blocks.home import build_home_view
from handlers.home.help import build_welcome
from handlers.slack.blocks.builders import divider
from handlers.slack.calls import DeferredCall
from handlers.slack.routes import Routes
from storage.store import Transaction


def register(routes: Routes) -> None:
    routes.defer_event("app_home_opened", show_home)


def show_home(call: DeferredCall) -> None:
    """Somebody opened the app: its home is made anew; before the first message there is a word of welcome."""
    event = call.payload["event"]
    user = call.place.user
    with call.transaction() as tx:
        if event.get("tab") == "messages":
            tx.outbox.post(event["channel"], build_welcome(call.ctx, user), key=f"welcome:{user}")
            return
        tx.homes.mark_opened(user, tx.now)
        refresh_home(tx, call.ctx, user)


def refresh_home(tx: Transaction, ctx: AppContext, user: str) -> None:
    """Call this in the transaction that changes something which concerns the person."""
    if not tx.homes.is_open(user):
        return
    person = ctx.people.get(user)
    parts = [part(tx, ctx, person) for part in ctx.home_sections]
    tx.outbox.publish_home(user, build_home_view([[*part, divider()] for part in parts if part]))


def refresh_homes(tx: Transaction, ctx: AppContext, users: Iterable[str]) -> None:
    """The same for several people, each once."""
    for user in dict.fromkeys(users):
        refresh_home(tx, ctx, user)
