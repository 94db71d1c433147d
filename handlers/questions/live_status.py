"""Questions about how things stand today: the handbook cannot tell, requests and the strategy can."""

import re

from foundation.errors import NotFound
from foundation.people import Person
from handlers.context import AppContext
from handlers.questions import intents
from handlers.requests import lists
from handlers.requests.forms import service_key
from handlers.requests.lists import MOST_CONCERNING
from handlers.slack.blocks.builders import Message
from handlers.strategy import tree
from servicedesk.records import OPEN
from storage.store import Transaction
from strategy.records import Metric, Strategy, Subject
from strategy.search import find_matching_subjects, list_subjects
from strategy.visibility import filter_visible

_AROUND = re.compile(r"\A(?:(?:the|our|my|project|objective) )+|(?: (?:project|objective|programme|program))+\Z")


def standing(tx: Transaction, ctx: AppContext, person: Person, question: str) -> Message | None:
    """How what the question names stands: a request, an objective, a project, a measure, or all of some kind; None
    where it names none that they know.

    Raises:
        NotFound: it names a request that the person may not know of, or that does not exist.
    """
    if number := intents.reference(question):
        return lists.looked_up(number, person)(tx, ctx, person)
    if intents.is_of_my_requests(question) or _is_of_mine(tx, ctx, person, question):
        return lists.looked_up("", person)(tx, ctx, person)
    if intents.is_of_open_requests(question):
        return lists.looked_up("open" if person.is_pmo else "", person)(tx, ctx, person)
    everything = tx.strategy.current()
    return _of_strategy(tx, ctx, person, everything, question) if everything else None


def _of_strategy(
    tx: Transaction, ctx: AppContext, person: Person, everything: Strategy, question: str
) -> Message | None:
    if asked := intents.states(question):
        return tree.describe_by_status(tx, ctx, person, *asked)
    seen = filter_visible(everything, person)
    if subject := _named(seen, question):
        return tree.describe_subject(tx, ctx, person, subject)
    metric = _measure(seen, question)
    return tree.describe_metric(tx, ctx, person, metric) if metric else None


def _is_of_mine(tx: Transaction, ctx: AppContext, person: Person, question: str) -> bool:
    """Whether it names a service that the person has asked for, as “where is my health check?” does."""
    if not (what := intents.my_service(question)):
        return False
    try:
        key = service_key(ctx, what)
    except NotFound:
        return False
    return any(one.service == key for one in tx.requests.concerning(person.id, OPEN, MOST_CONCERNING))


def _named(seen: Strategy, question: str) -> Subject | None:
    """The one objective or project that is named: by its title or key, by two of its words or more, or, where nothing
    but how it stands can be meant, by one."""
    exact = {name.casefold() for subject, title in list_subjects(seen) for name in (title, subject.key)}
    words = [set(re.findall(r"\w+", name)) for name in exact]
    for what, plainly in intents.subjects(question):
        bare = _AROUND.sub("", what)
        certain = what in exact or bare in exact or (bare != what and what.endswith((" project", " objective")))
        certain = certain or (plainly and any(bare in name for name in words))
        found = (
            find_matching_subjects(seen, what if what in exact else bare) if certain or len(bare.split()) > 1 else ()
        )
        if len(found) == 1:
            return found[0]
    return None


def _measure(seen: Strategy, question: str) -> Metric | None:
    """The one measure that is named by its name, its key, or two of its words or more."""
    for what in intents.measures(question):
        bare = _AROUND.sub("", what)
        exact = [one for one in seen.metrics if bare in (one.name.casefold(), one.key)]
        words = bare.split()
        close = [one for one in seen.metrics if set(words) <= set(one.name.casefold().split())]
        found = exact or (close if len(words) > 1 else [])
        if len(found) == 1:
            return found[0]
    return None
