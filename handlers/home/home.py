"""The App Home, different for each person. Every subject adds a section in `handlers.HOME_SECTIONS`."""

from collections.abc import Iterable

from foundation.access import Access, PersonKind
from foundation.people import Person
from handlers.context import AppContext
from handlers.home.blocks.home import build_home_view
from handlers.home.help import build_welcome
from handlers.slack import payloads
from handlers.slack.blocks.builders import Block, Message, build_message, section
from handlers.slack.calls import DeferredCall
from handlers.slack.gate import explain_no_access, is_ignored
from handlers.slack.routes import Routes
from servicedesk.permissions import can_set_up
from storage.store import Transaction


def register(routes: Routes) -> None:
    routes.defer_event("app_home_opened", show_home, needs=Access.NOTHING)


def show_home(call: DeferredCall) -> None:
    """Somebody opened the app: publish their Home or, in an empty conversation, welcome them once."""
    person = call.person
    # Checking the channels waits for Slack, so it's done before the transaction opens.
    if call.ctx.channel_check and can_set_up(person):
        call.ctx.channel_check.run()
    with call.transaction() as tx:
        if payloads.read_home_tab(call.payload) == "messages":
            tx.outbox.post(call.place.channel or person.id, _welcome(call.ctx, person), key=f"welcome:{person.id}")
            return
        tx.homes.mark_opened(person.id, tx.now)
        _publish_home(tx, call.ctx, person)


def refresh_home(tx: Transaction, ctx: AppContext, user: str) -> None:
    """Publish somebody's App Home, if they ever opened it.

    Call it in the transaction that changes something they see there. If it isn't known who they are, their Home stays
    as it is until they open it again.
    """
    person = ctx.people.get(user)
    if tx.homes.is_open(user) and not is_ignored(person) and person.kind is not PersonKind.UNKNOWN:
        _publish_home(tx, ctx, person)


def refresh_homes(tx: Transaction, ctx: AppContext, users: Iterable[str]) -> None:
    """Publish the App Home of several people, each once."""
    for user in dict.fromkeys(users):
        refresh_home(tx, ctx, user)


def _publish_home(tx: Transaction, ctx: AppContext, person: Person) -> None:
    sections = [one for one in ctx.home_sections if person.has_access(one.needs)]
    parts = [one.build(tx, ctx, person) for one in sections] if sections else [_build_refusal(ctx, person)]
    tx.outbox.publish_home(person.id, build_home_view([part for part in parts if part]))


def _welcome(ctx: AppContext, person: Person) -> Message:
    if person.has_access(Access.HANDBOOK):
        return build_welcome(ctx, person)
    return build_message(explain_no_access(person, Access.HANDBOOK, ctx.people))


def _build_refusal(ctx: AppContext, person: Person) -> list[Block]:
    return [section(explain_no_access(person, Access.HANDBOOK, ctx.people))]
