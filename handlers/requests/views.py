"""Requests with what is needed to show them, and the projects and objectives that they refer to."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from foundation.errors import InvalidInput
from foundation.people import Person
from handlers.context import AppContext
from handlers.requests.blocks.labels import FIXED_CHOICES
from handlers.requests.blocks.request_view import LookupNames, RequestView
from servicedesk.fields import Field, FieldKind
from servicedesk.records import Request
from storage.store import Transaction
from strategy.records import Strategy, Subject, SubjectKind
from strategy.visibility import filter_visible

_KINDS = {FieldKind.PROJECT: SubjectKind.PROJECT, FieldKind.OBJECTIVE: SubjectKind.OBJECTIVE}


class StrategyNames(Mapping[tuple[FieldKind, str], str]):
    """The names of a strategy's projects and objectives, looked up and never copied: there may be thousands."""

    def __init__(self, strategy: Strategy) -> None:
        self._titles = strategy.titles

    def __getitem__(self, field: tuple[FieldKind, str]) -> str:
        kind, key = field
        return self._titles[Subject(_KINDS[kind], key)]

    def __iter__(self) -> Iterator[tuple[FieldKind, str]]:
        kinds = {subject: field for field, subject in _KINDS.items()}
        return ((kinds[subject.kind], subject.key) for subject in self._titles)

    def __len__(self) -> int:
        return len(self._titles)


def view_request(tx: Transaction, ctx: AppContext, request: Request) -> RequestView:
    """The request with everything that is needed to show it."""
    return view_requests(tx, ctx, [request])[0]


def view_requests(tx: Transaction, ctx: AppContext, requests: Iterable[Request]) -> list[RequestView]:
    """The same for several requests; the strategy is read once."""
    names, now = read_names(tx), tx.now
    return [RequestView(request, ctx.desk, now, names) for request in requests]


def read_names(tx: Transaction) -> LookupNames:
    """The names of all projects and objectives."""
    return _list_names(tx.strategy.get_plan())


def check_lookups(tx: Transaction, person: Person, fields: Sequence[Field], values: Mapping[str, object]) -> None:
    """Whether the person may refer to these projects and objectives in a request.

    Raises:
        InvalidInput: they can't see one, or one is confidential and the request isn't.
    """
    chosen = [(one, str(values[one.key])) for one in fields if one.kind in _KINDS and values.get(one.key)]
    lookups = [(one, key) for one, key in chosen if key not in FIXED_CHOICES]
    if not lookups:
        return
    strategy = tx.strategy.get_plan()
    known = _list_names(filter_visible(strategy, person) if strategy else None)
    secret = _find_secret(strategy) if strategy else set()
    errors = {one.key: "Choose one from the list." for one, key in lookups if (one.kind, key) not in known}
    if values.get("confidential") not in (True, "yes"):
        hidden = {one.key: one.kind for one, key in lookups if (one.kind, key) in secret}
        errors |= {
            key: f"Not everyone can see this {kind}. Make the request confidential." for key, kind in hidden.items()
        }
    if errors:
        raise InvalidInput(errors)


def _list_names(strategy: Strategy | None) -> LookupNames:
    return StrategyNames(strategy) if strategy else {}


def _find_secret(strategy: Strategy) -> set[tuple[FieldKind, str]]:
    """The projects and objectives that not everybody may see."""
    projects = {(FieldKind.PROJECT, project.key) for project in strategy.limited_projects}
    return projects | {(FieldKind.OBJECTIVE, objective.key) for objective in strategy.limited_objectives}
