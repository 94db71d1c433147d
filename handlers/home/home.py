"""The App Home, different for each person. Every subject adds a section in `handlers.HOME_SECTIONS`."""

from collections.abc import Iterable

from handlers.context import AppContext
from handlers.home.blocks.home import build_home_view
from handlers.home.help import build_welcome
from handlers.slack import payloads
from handlers.slack.calls import DeferredCall
from handlers.slack.routes import Routes
from servicedesk.permissions import can_set_up
from storage.store import Transaction


def register(routes: Routes) -> None:
    routes.defer_event("app_home_opened", show_home)


def show_home(call: DeferredCall) -> None:
    """Somebody opened the app: publish their Home or, in an empty conversation, welcome them once."""
    user = call.place.user
    # Checking the channels waits for Slack, so it's done before the transaction opens.
    if call.ctx.channel_check and can_set_up(call.person):
        call.ctx.channel_check.run()
    with call.transaction() as tx:
        if payloads.read_home_tab(call.payload) == "messages":
            tx.outbox.post(call.place.channel or user, build_welcome(call.ctx, user), key=f"welcome:{user}")
            return
        tx.homes.mark_opened(user, tx.now)
        refresh_home(tx, call.ctx, user)


def refresh_home(tx: Transaction, ctx: AppContext, user: str) -> None:
    """Publish somebody's App Home, if they ever opened it.

    Call it in the transaction that changes something they see there.
    """
    if not tx.homes.is_open(user):
        return
    person = ctx.people.get(user)
    parts = [build_section(tx, ctx, person) for build_section in ctx.home_sections]
    tx.outbox.publish_home(user, build_home_view([part for part in parts if part]))


def refresh_homes(tx: Transaction, ctx: AppContext, users: Iterable[str]) -> None:
    """Publish the App Home of several people, each once."""
    for user in dict.fromkeys(users):
        refresh_home(tx, ctx, user)
