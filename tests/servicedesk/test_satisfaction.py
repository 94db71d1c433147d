"""One question after a request is closed."""

from fractions import Fraction

import pytest

from foundation.errors import Conflict, InvalidInput, NotAllowed
from servicedesk.records import RequestState
from servicedesk.satisfaction import Rating, make_rating, summarise_ratings
from tests.servicedesk.cast import BEN, WEI, at, make_request


def test_requester_rates_a_closed_request():
    rating = make_rating(make_request(RequestState.CLOSED), BEN, 4, " Quick and clear. ", at(12))
    assert rating == Rating(12, BEN.id, 4, "Quick and clear.", at(12))


def test_only_the_requester_can_rate():
    with pytest.raises(NotAllowed, match="Only the requester can rate PMO-12"):
        make_rating(make_request(RequestState.CLOSED), WEI, 5, None, at(12))


def test_only_closed_requests_can_be_rated():
    with pytest.raises(Conflict, match=r"PMO-12 is delivered\. You can rate it once it's closed"):
        make_rating(make_request(RequestState.DELIVERED), BEN, 5, None, at(12))


@pytest.mark.parametrize("score", [0, 6, -1])
def test_rating_must_be_one_to_five(score):
    with pytest.raises(InvalidInput) as error:
        make_rating(make_request(RequestState.CLOSED), BEN, score, None, at(12))
    assert error.value.fields == {"score": "Choose a rating from 1 (not satisfied at all) to 5 (very satisfied)."}


def test_silence_lowers_the_rate_and_not_the_mean():
    summary = summarise_ratings(4, {4: 1, 5: 1})
    assert summary.counts == (0, 0, 0, 1, 1)
    assert summary.mean == Fraction(9, 2)
    assert (summary.answered, summary.asked) == (2, 4)


def test_no_ratings_have_no_mean():
    nothing = summarise_ratings(0, {})
    assert (nothing.mean, nothing.answered, nothing.asked) == (None, 0, 0)
