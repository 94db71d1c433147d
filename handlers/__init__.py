"""Slack in and out, nothing else: one file per noun. `register` is where all of them are wired."""

from handlers import questions
from handlers.routes import Routes

NOUNS = (questions,)


def register(routes: Routes) -> None:
    """Tell every noun's routes to Bolt."""
    for noun in NOUNS:
        noun.register(routes)
