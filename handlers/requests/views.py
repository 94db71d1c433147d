"""The projects and objectives that requests name: what they are called, and whether they may be named."""

from collections.abc import Iterable, Mapping, Sequence

from foundation.errors import InvalidInput
from foundation.people import Person
from handlers.context import AppContext
from handlers.requests.blocks.labels import FIXED_CHOICES, Names, RequestView
from servicedesk.fields import Field, FieldKind
from servicedesk.records import Request
from storage.store import Transaction
from strategy.records import Strategy, Visibility
from strategy.visibility import filter_visible

_KINDS = (FieldKind.PROJECT, FieldKind.OBJECTIVE)


def view_request(tx: Transaction, ctx: AppContext, request: Request) -> RequestView:
    """The request with what it takes to show it."""
    return view_requests(tx, ctx, [request])[0]


def view_requests(tx: Transaction, ctx: AppContext, requests: Iterable[Request]) -> list[RequestView]:
    """The same for several: the strategy is read once."""
    names, now = _list_names(tx.strategy.current()), tx.now
    return [RequestView(request, ctx.desk, now, names) for request in requests]


def read_names(tx: Transaction) -> Names:
    """What all projects and objectives are called."""
    return _list_names(tx.strategy.current())


def check_lookups(tx: Transaction, person: Person, fields: Sequence[Field], values: Mapping[str, object]) -> None:
    """Whether the person may name these projects and objectives in a request.

    Raises:
        InvalidInput: one is not known to them, or is confidential in a request that is not.
    """
    chosen = [(one, str(values[one.key])) for one in fields if one.kind in _KINDS and values.get(one.key)]
    looked_up = [(one, key) for one, key in chosen if key not in FIXED_CHOICES]
    if not looked_up:
        return
    strategy = tx.strategy.current()
    known = _list_names(filter_visible(strategy, person) if strategy else None)
    secret = _find_secret(strategy) if strategy else set()
    wrong = {one.key: "Choose one from the list." for one, key in looked_up if (one.kind, key) not in known}
    if values.get("confidential") not in (True, "yes"):
        hidden = {one.key: one.kind for one, key in looked_up if (one.kind, key) in secret}
        wrong |= {
            key: f"This {kind} is not for everybody: make the request confidential." for key, kind in hidden.items()
        }
    if wrong:
        raise InvalidInput(wrong)


def _list_names(strategy: Strategy | None) -> Names:
    if strategy is None:
        return {}
    projects = {(FieldKind.PROJECT, project.key): project.name for project in strategy.projects}
    return projects | {(FieldKind.OBJECTIVE, objective.key): objective.title for objective in strategy.objectives}


def _find_secret(strategy: Strategy) -> set[tuple[FieldKind, str]]:
    """What not everybody may know of."""
    projects = {(FieldKind.PROJECT, project.key) for project in strategy.projects if project.confidential}
    objectives = (one for one in strategy.objectives if one.visibility is not Visibility.ORG)
    return projects | {(FieldKind.OBJECTIVE, objective.key) for objective in objectives}
