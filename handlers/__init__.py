"""Slack in and out, nothing else: one file per noun. `register` is where all of them are wired."""

from collections.abc import Sequence

from handlers import (
    forwards,
    help,  # noqa: A004 (a noun like the others)
    home,
    questions,
    request_acts,
    request_lists,
    request_ratings,
    requests,
    stories,
    strategy,
    updates,
)
from handlers.house import HomeSection
from handlers.routes import Routes

NOUNS = (
    questions,
    forwards,
    requests,
    request_acts,
    request_lists,
    request_ratings,
    strategy,
    updates,
    stories,
    help,
    home,
)

# The parts of the App Home, from above.
HOME_SECTIONS: Sequence[HomeSection] = (
    questions.home_section,
    request_lists.home_section,
    forwards.home_section,
    strategy.home_section,
    stories.home_section,
    help.home_section,
)


def register(routes: Routes) -> None:
    """Tell every noun's routes to Bolt."""
    for noun in NOUNS:
        noun.register(routes)
