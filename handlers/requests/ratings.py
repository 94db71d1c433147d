"""Ratings of closed requests: stars and an optional comment."""

from foundation.access import Access
from foundation.errors import NotFound
from foundation.people import Person
from handlers.context import AppContext
from handlers.requests.blocks.rating import RATING_FORM, build_rating_modal, build_rating_thanks
from handlers.requests.notifications import ask_rating
from handlers.slack.blocks.builders import Block
from handlers.slack.calls import BlockingCall, DeferredCall, ImmediateCall
from handlers.slack.routes import Routes
from servicedesk.requests import check_can_see
from servicedesk.satisfaction import make_rating
from storage.store import Transaction


def register(routes: Routes) -> None:
    routes.defer_action("request.rate.*", rate_request, needs=Access.REQUESTS)
    routes.handle_action(RATING_FORM, open_comment_form, needs=Access.REQUESTS)
    routes.defer_submission(RATING_FORM, save_comment, check_comment, needs=Access.REQUESTS)


def rate_request(call: DeferredCall) -> None:
    """Save the stars. The last ones count, and an earlier comment stays."""
    number, score = _read_number_and_score(call.value)
    with call.transaction() as tx:
        earlier = tx.ratings.get(number)
        _save_rating(tx, call.ctx, number, call.person, score, earlier.comment if earlier else None)


async def open_comment_form(call: ImmediateCall) -> None:
    """Open the modal for a comment."""
    number, _ = _read_number_and_score(call.value)
    await call.open_modal(await call.read(lambda tx: _make_comment_form(tx, number, call.person)))


def check_comment(call: BlockingCall) -> None:
    number, score = _read_number_and_score(call.metadata)
    call.read(lambda tx: make_rating(tx.requests.get(number), call.person, score, _read_comment(call), tx.now))


def save_comment(call: DeferredCall) -> None:
    """Save the comment with the stars."""
    number, score = _read_number_and_score(call.metadata)
    with call.transaction() as tx:
        _save_rating(tx, call.ctx, number, call.person, score, _read_comment(call))


def _make_comment_form(tx: Transaction, number: int, person: Person) -> Block:
    request = tx.requests.get(number)
    check_can_see(request, person)
    rating = tx.ratings.get(number)
    if rating is None:
        raise NotFound("Choose the stars first, then add a comment.")
    return build_rating_modal(request, rating.score, rating.comment)


def _save_rating(
    tx: Transaction, ctx: AppContext, number: int, person: Person, score: int, comment: str | None
) -> None:
    request = tx.requests.get(number)
    rating = make_rating(request, person, score, comment, tx.now)
    tx.ratings.save(rating)
    tx.outbox.edit(ask_rating(tx, request), build_rating_thanks(request, rating))


def _read_comment(call: BlockingCall) -> str | None:
    comment: str | None = call.submitted.get("comment")
    return comment


def _read_number_and_score(value: str) -> tuple[int, int]:
    number, _, score = value.partition(":")
    return int(number), int(score)
