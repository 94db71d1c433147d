"""Slack in and out, nothing else: a package per subject. `register` wires all of them."""

from collections.abc import Callable, Collection, Sequence

from foundation.access import Access
from handlers.administration import channels, departures, installation, user_groups
from handlers.agent import agent
from handlers.context import AppContext, HomeSection
from handlers.home import help as help_
from handlers.home import home, setup
from handlers.questions import forwards, learning, messages, questions
from handlers.requests import actions, forms, lists, ratings, unposted
from handlers.slack.routes import Routes
from handlers.strategy import stories, tree, unposted_stories, updates
from storage.store import Transaction

SUBJECTS = (
    setup,
    agent,
    messages,
    questions,
    forwards,
    learning,
    forms,
    actions,
    lists,
    ratings,
    tree,
    updates,
    stories,
    help_,
    home,
    channels,
    departures,
    installation,
    user_groups,
)

# The sections of the App Home, from the top.
HOME_SECTIONS: Sequence[HomeSection] = (
    HomeSection(Access.EVERYTHING, setup.build_setup_section),
    HomeSection(Access.HANDBOOK, questions.build_questions_section),
    HomeSection(Access.REQUESTS, lists.build_requests_home),
    HomeSection(Access.EVERYTHING, forwards.build_waiting_section),
    HomeSection(Access.EVERYTHING, tree.build_strategy_home_section),
    HomeSection(Access.EVERYTHING, stories.build_story_home_section),
    HomeSection(Access.HANDBOOK, help_.build_help_section),
)


# What each subject does about deliveries that reached nobody; given their ids.
UNDELIVERED: Sequence[Callable[[Transaction, AppContext, Collection[str]], None]] = (
    unposted.tell_requesters,
    forwards.tell_forwarders,
    unposted_stories.tell_authors,
)


def register(routes: Routes) -> None:
    """Wire every subject's handlers to Bolt."""
    for subject in SUBJECTS:
        subject.register(routes)
    routes.ignore_other_events()
