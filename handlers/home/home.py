"""The App Home, different for each person. Every subject adds a section in `handlers.HOME_SECTIONS`.

Whatever changes something that people see there marks their Homes as outdated (`tx.homes.mark_outdated`). Homes are
built after that change is committed, so that it waits for none of them, and several changes make one Home.
"""

from datetime import datetime

from foundation.access import Access, PersonKind
from foundation.people import Person
from handlers.context import AppContext
from handlers.home.blocks.home import build_home_view
from handlers.home.help import build_welcome
from handlers.slack import payloads
from handlers.slack.blocks.builders import Block, Message, build_message, section
from handlers.slack.calls import DeferredCall
from handlers.slack.errors import log_unexpected_error
from handlers.slack.gate import explain_no_access, is_ignored
from handlers.slack.routes import Routes
from servicedesk.permissions import can_set_up
from storage.db_errors import DatabaseUnavailable
from storage.store import Transaction

AT_ONCE = 10  # Homes claimed at a time


def register(routes: Routes) -> None:
    routes.defer_event("app_home_opened", show_home, needs=Access.NOTHING)


def show_home(call: DeferredCall) -> None:
    """Somebody opened the app: publish their Home or, in an empty conversation, welcome them once."""
    person = call.person
    if payloads.read_home_tab(call.payload) == "messages":
        with call.transaction() as tx:
            tx.outbox.post(call.place.channel or person.id, _welcome(call.ctx, person), key=f"welcome:{person.id}")
        return
    # Checking the channels waits for Slack, so it's done before anything is read.
    if call.ctx.channel_check and can_set_up(person):
        call.ctx.channel_check.run()
    with call.ctx.store.transaction(call.ctx.now()) as tx:
        claim = tx.homes.mark_opened(person.id)
    view = call.read(lambda tx: build_home(tx, call.ctx, person))
    with call.transaction() as tx:
        _finish_home(tx, person.id, claim, view)


def publish_outdated_homes(ctx: AppContext, now: datetime) -> datetime | None:
    """Build and publish the Homes that are outdated. Returns when to call again, None if none is left.

    If it isn't known who somebody is, their Home stays as it is until they open it again.
    """
    with ctx.store.read_only(now) as tx:
        due_at = tx.homes.find_next_due()
    if due_at is None or due_at > now:
        return due_at
    with ctx.store.transaction(now) as tx:
        claims = tx.homes.claim_outdated(AT_ONCE)
    for user, claim in claims.items():
        try:
            _publish_home(ctx, user, claim)
        except DatabaseUnavailable:
            raise
        except Exception:
            # A defect in one Home doesn't hold up the others. It's tried again when its claim ends.
            log_unexpected_error("building an App Home")
    return now


def _publish_home(ctx: AppContext, user: str, claim: datetime) -> None:
    person, now = ctx.people.get(user), ctx.now()
    is_known = not is_ignored(person) and person.kind is not PersonKind.UNKNOWN
    with ctx.store.read_only(now) as tx:
        view = build_home(tx, ctx, person) if is_known else None
    with ctx.store.transaction(now) as tx:
        _finish_home(tx, user, claim, view)


def _finish_home(tx: Transaction, user: str, claim: datetime, view: Block | None) -> None:
    """Publish a Home unless something changed while it was built and took the claim away: then it's built again."""
    if tx.homes.finish(user, claim) and view:
        tx.outbox.publish_home(user, view)


def build_home(tx: Transaction, ctx: AppContext, person: Person) -> Block:
    """The Home as a view."""
    sections = [one for one in ctx.home_sections if person.has_access(one.needs)]
    parts = [one.build(tx, ctx, person) for one in sections] if sections else [_build_refusal(ctx, person)]
    return build_home_view([part for part in parts if part])


def _welcome(ctx: AppContext, person: Person) -> Message:
    if person.has_access(Access.HANDBOOK):
        return build_welcome(ctx, person)
    return build_message(explain_no_access(person, Access.HANDBOOK, ctx.people))


def _build_refusal(ctx: AppContext, person: Person) -> list[Block]:
    return [section(explain_no_access(person, Access.HANDBOOK, ctx.people))]
