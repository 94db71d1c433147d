"""One question after a request is closed."""

from fractions import Fraction

import pytest

from foundation.errors import Conflict, InvalidInput, NotAllowed
from servicedesk.records import RequestState
from servicedesk.satisfaction import Rating, make_rating, summarise_ratings
from tests.servicedesk.cast import BEN, WEI, at, in_state


def test_the_requester_rates_a_closed_request():
    rating = make_rating(in_state(RequestState.CLOSED), BEN, 4, " Quick and clear. ", at(12))
    assert rating == Rating(12, BEN.id, 4, "Quick and clear.", at(12))


def test_nobody_else_rates_it():
    with pytest.raises(NotAllowed, match="Only who asked for PMO-12 can rate it"):
        make_rating(in_state(RequestState.CLOSED), WEI, 5, None, at(12))


def test_what_is_not_closed_is_not_rated_yet():
    with pytest.raises(Conflict, match=r"PMO-12 is delivered\. It can be rated once it is closed"):
        make_rating(in_state(RequestState.DELIVERED), BEN, 5, None, at(12))


@pytest.mark.parametrize("score", [0, 6, -1])
def test_a_score_is_one_to_five(score):
    with pytest.raises(InvalidInput) as refusal:
        make_rating(in_state(RequestState.CLOSED), BEN, score, None, at(12))
    assert refusal.value.fields == {"score": "Give a score from 1 (not at all satisfied) to 5 (very satisfied)."}


def test_a_change_of_mind_counts_once_and_silence_shows_in_the_rate():
    ratings = [_rating(1, 2, 12), _rating(1, 5, 13), _rating(2, 4, 12), _rating(9, 1, 12)]
    summary = summarise_ratings({1, 2, 3, 4}, ratings)
    assert summary.counts == (0, 0, 0, 1, 1)
    assert summary.mean == Fraction(9, 2)
    assert summary.response_rate == Fraction(1, 2)


def test_without_answers_there_is_no_mean_and_without_questions_no_rate():
    nothing = summarise_ratings(set(), [])
    assert (nothing.mean, nothing.response_rate) == (None, None)


def _rating(number, score, day):
    return Rating(number, BEN.id, score, None, at(day))
