"""Requests whose card couldn't be posted in triage: their requesters learn it, and the card is posted again later."""

from collections.abc import Collection

from handlers.context import AppContext
from handlers.requests.notifications import TRIAGE_PLACE, post_triage_card, refresh_requester_card
from handlers.requests.views import view_requests
from servicedesk.records import ENDED_STATES, RequestState
from storage.store import Transaction


def tell_requesters(tx: Transaction, ctx: AppContext, failed: Collection[str]) -> None:
    """`failed` are deliveries that reached nobody. A card among them is forgotten; the next change posts a new one."""
    numbers = tx.requests.forget_cards(TRIAGE_PLACE, failed)
    for view in view_requests(tx, ctx, tx.requests.list_numbered(numbers)) if numbers else ():
        refresh_requester_card(tx, ctx, view)


def post_missing_triage_cards(tx: Transaction, ctx: AppContext) -> None:
    """The triage channel works again: post what is missing there."""
    open_states = [state for state in RequestState if state not in ENDED_STATES]
    unposted = tx.requests.list_without_card(TRIAGE_PLACE, open_states)
    for view in view_requests(tx, ctx, unposted) if unposted else ():
        post_triage_card(tx, ctx, view)
