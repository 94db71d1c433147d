"""How satisfied people are with what they got: stars, and words if they want to."""

from foundation.errors import NotFound
from foundation.people import Person
from handlers.context import AppContext
from handlers.requests.blocks.rating import SAY, rating_given, rating_modal
from handlers.requests.notifications import ask_rating
from handlers.slack.blocks.builders import Block
from handlers.slack.calls import BlockingCall, DeferredCall, ImmediateCall
from handlers.slack.routes import Routes
from servicedesk.requests import check_seen
from servicedesk.satisfaction import rate
from storage.store import Transaction


def register(routes: Routes) -> None:
    routes.defer_action("request.rate.*", rate_request)
    routes.handle_action(SAY, open_comment_form)
    routes.defer_submission(SAY, save_comment, check_comment)


def rate_request(call: DeferredCall) -> None:
    """Stars were pressed. Pressed again, the last ones count; words that were said stay."""
    number, score = _two(call.value)
    with call.transaction() as tx:
        earlier = tx.ratings.get(number)
        _rate(tx, call.ctx, number, call.person, score, earlier.comment if earlier else None)


async def open_comment_form(call: ImmediateCall) -> None:
    """Room for words."""
    number, _ = _two(call.value)
    await call.open_modal(await call.read(lambda tx: _comment_form(tx, number, call.person)))


def check_comment(call: BlockingCall) -> None:
    number, score = _two(call.metadata)
    call.read(lambda tx: rate(tx.requests.get(number), call.person, score, _comment(call), tx.now))


def save_comment(call: DeferredCall) -> None:
    """The words are kept with the stars."""
    number, score = _two(call.metadata)
    with call.transaction() as tx:
        _rate(tx, call.ctx, number, call.person, score, _comment(call))


def _comment_form(tx: Transaction, number: int, person: Person) -> Block:
    request = tx.requests.get(number)
    check_seen(request, person)
    rating = tx.ratings.get(number)
    if rating is None:
        raise NotFound("Choose the stars first, then add a comment.")
    return rating_modal(request, rating.score, rating.comment)


def _rate(tx: Transaction, ctx: AppContext, number: int, person: Person, score: int, comment: str | None) -> None:
    request = tx.requests.get(number)
    rating = rate(request, person, score, comment, tx.now)
    tx.ratings.put(rating)
    tx.outbox.edit(ask_rating(tx, request), rating_given(request, rating))


def _comment(call: BlockingCall) -> str | None:
    comment: str | None = call.submitted.get("comment")
    return comment


def _two(value: str) -> tuple[int, int]:
    number, _, score = value.partition(":")
    return int(number), int(score)
