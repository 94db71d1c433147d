"""The one question after a request is closed: how satisfied are you, from 1 to 5, with an optional comment."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from foundation.errors import Conflict, InvalidInput, NotAllowed
from foundation.people import Person
from foundation.text import clean_text
from servicedesk.calendar import drop_fraction
from servicedesk.forms import MAX_LONG_TEXT_LENGTH
from servicedesk.records import Request, RequestState

SCALE = (1, 2, 3, 4, 5)


@dataclass(frozen=True, slots=True)
class Rating:
    """A requester's rating of a closed request. There is one per request; a later one replaces it."""

    number: int
    person: str
    score: int
    comment: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Satisfaction:
    """A summary of ratings. `counts` says how often 1 to 5 were given; `mean` is None without ratings."""

    asked: int
    counts: tuple[int, ...]

    @property
    def answered(self) -> int:
        return sum(self.counts)

    @property
    def mean(self) -> Fraction | None:
        total = sum(score * count for score, count in zip(SCALE, self.counts, strict=True))
        return Fraction(total, self.answered) if self.answered else None


def make_rating(request: Request, actor: Person, score: int, comment: str | None, now: datetime) -> Rating:
    """The rating of a request.

    Raises:
        NotAllowed: the person isn't the requester.
        Conflict: the request isn't closed.
        InvalidInput: the score isn't one of 1 to 5, or the comment is too long.
    """
    if actor.id != request.requester:
        raise NotAllowed(f"Only the requester can rate {request.reference}. You can comment on it instead.")
    if request.state is not RequestState.CLOSED:
        raise Conflict(f"{request.reference} is {request.state.label}. You can rate it once it's closed.")
    if score not in SCALE:
        raise InvalidInput({"score": "Choose a rating from 1 (not satisfied at all) to 5 (very satisfied)."})
    comment_text = clean_text(comment or "")
    if len(comment_text) > MAX_LONG_TEXT_LENGTH:
        limit = f"the limit is {MAX_LONG_TEXT_LENGTH:,}"
        raise InvalidInput({"comment": f"This has {len(comment_text):,} characters; {limit}. Shorten it."})
    return Rating(request.number, actor.id, score, comment_text or None, drop_fraction(now))


def summarise_ratings(asked: int, counts: Mapping[int, int]) -> Satisfaction:
    """Satisfaction with `asked` closed requests, by how often each score was given."""
    return Satisfaction(asked, tuple(counts.get(score, 0) for score in SCALE))
