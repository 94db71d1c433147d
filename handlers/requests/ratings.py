"""How satisfied people are with what they got: stars, and words if they want to."""

from foundation.errors import NotFound
from foundation.people import Person
from handlers.context import House
from handlers.requests.blocks.rating import SAY, rating_given, rating_modal
from handlers.requests.notifications import ask_rating
from handlers.slack import payloads
from handlers.slack.routes import Body, Routes, Visit
from servicedesk.records import Request
from servicedesk.requests import check_seen
from servicedesk.satisfaction import rate
from storage.engine.inbox import Arrival
from storage.store import Transaction


def register(routes: Routes) -> None:
    routes.action("request.rate.*", rated)
    routes.action_now(SAY, opened)
    routes.submission(SAY, said, check)


def rated(arrival: Arrival, house: House) -> None:
    """Stars were pressed. Pressed again, the last ones count; words that were said stay."""
    number, score = _two(payloads.action_value(arrival.payload))
    with house.store.finishing(arrival, house.now()) as tx:
        earlier = tx.ratings.get(number)
        _rate(tx, house, number, _person(arrival.payload, house), score, earlier.comment if earlier else None)


async def opened(visit: Visit) -> None:
    """Room for words."""
    number, _ = _two(payloads.action_value(visit.body))

    def find() -> tuple[Request, int, str | None]:
        with visit.house.store.reading(visit.house.now()) as tx:
            request = tx.requests.get(number)
            check_seen(request, visit.person)
            rating = tx.ratings.get(number)
        if rating is None:
            raise NotFound("Press the stars first, then say more.")
        return request, rating.score, rating.comment

    await visit.open(rating_modal(*await visit.look(find)))


def check(body: Body, house: House) -> None:
    number, score = _two(payloads.carried(body))
    with house.store.reading(house.now()) as tx:
        rate(tx.requests.get(number), _person(body, house), score, _words(body), house.now())


def said(arrival: Arrival, house: House) -> None:
    """The words are kept with the stars."""
    number, score = _two(payloads.carried(arrival.payload))
    with house.store.finishing(arrival, house.now()) as tx:
        _rate(tx, house, number, _person(arrival.payload, house), score, _words(arrival.payload))


def _rate(tx: Transaction, house: House, number: int, person: Person, score: int, comment: str | None) -> None:
    request = tx.requests.get(number)
    rating = rate(request, person, score, comment, house.now())
    tx.ratings.put(rating)
    tx.outbox.edit(ask_rating(tx, request), rating_given(request, rating))


def _person(body: Body, house: House) -> Person:
    return house.people.get(payloads.place(body).user)


def _words(body: Body) -> str | None:
    return payloads.submitted(body).get("comment")


def _two(value: str) -> tuple[int, int]:
    number, _, score = value.partition(":")
    return int(number), int(score)
