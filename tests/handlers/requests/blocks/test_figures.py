"""The figures say what isn't in them."""

from handlers.requests.blocks.figures import build_figures_message
from servicedesk.figures import PeriodFacts, Share, compute_figures
from servicedesk.satisfaction import summarise_ratings
from tests.servicedesk.cast import DESK, at

NOTHING = PeriodFacts({}, {}, (), Share(0, 0), 0, (), Share(0, 0), (), {}, Share(0, 0), (0, 0, 0, 0))


def write_figures(uncounted: int) -> str:
    period = compute_figures(NOTHING, at(1), at(8), DESK.catalogue), summarise_ratings(0, {})
    return str(build_figures_message(90, period, period, DESK.calendar, uncounted)["text"])


def test_requests_that_are_not_counted_yet_are_named() -> None:
    assert "I'm still counting 1,200 requests, so these figures are too low." in write_figures(1_200)


def test_complete_figures_need_no_note() -> None:
    assert "still counting" not in write_figures(0)
