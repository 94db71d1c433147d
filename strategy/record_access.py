"""The strategy's records: who may ask for them, and when everybody in a channel may read the answer."""

from collections.abc import Collection, Mapping

from foundation.access import Access
from foundation.errors import NotAllowed
from foundation.people import Person
from foundation.record_access import Askers, Publicity, RecordAccess
from foundation.record_kinds import RecordKind
from strategy.permissions import can_see_exceptions, can_see_portfolio
from strategy.records import Strategy
from strategy.visibility import filter_visible, filter_visible_to_all

_SEEN = RecordAccess(Askers.EVERYBODY, Publicity.SAME_VIEW)

STRATEGY_ACCESS: Mapping[RecordKind, RecordAccess] = {
    RecordKind.STATES: _SEEN,
    RecordKind.STATUS: RecordAccess(Askers.EVERYBODY, Publicity.SAME_FIGURES),
    RecordKind.RESPONSIBLE: _SEEN,
    RecordKind.OWNED: _SEEN,
    RecordKind.MILESTONES: _SEEN,
    RecordKind.CHANGES: _SEEN,
    RecordKind.ALIGNMENT: _SEEN,
    RecordKind.STRATEGY: RecordAccess(Askers.EVERYBODY, Publicity.SAME_FIGURES),
    RecordKind.METRIC: _SEEN,
    RecordKind.STORIES: _SEEN,
    RecordKind.BUDGET: RecordAccess(Askers.FUNDED, Publicity.SAME_FIGURES),
    RecordKind.NEXT_UPDATE: RecordAccess(Askers.OWN, Publicity.NEVER),
    RecordKind.NEXT_DIGEST: RecordAccess(Askers.EVERYBODY, Publicity.NEVER),
    RecordKind.ABSENCE: RecordAccess(Askers.EVERYBODY, Publicity.ORGANISATION),
    RecordKind.MISSING_UPDATES: RecordAccess(Askers.REVIEWERS, Publicity.NEVER),
    RecordKind.PMO_PEOPLE: RecordAccess(Askers.EVERYBODY, Publicity.ORGANISATION, Access.REQUESTS),
    RecordKind.ACTION: RecordAccess(Askers.OWN, Publicity.NEVER, Access.REQUESTS),
    RecordKind.UNKNOWN_NAME: RecordAccess(Askers.EVERYBODY, Publicity.NEVER),
}


def check_can_ask_strategy(kind: RecordKind, asker: Person) -> None:
    """Raises NotAllowed: such records are for people in the organisation file."""
    if not STRATEGY_ACCESS[kind].is_open_to(asker):
        raise NotAllowed("Only people on the PMO's list can see that. Ask the PMO to put you on it.")


def can_publish_strategy(
    kind: RecordKind, asker: Person, readers: Collection[Person], strategy: Strategy | None
) -> bool:
    """Whether each of the readers may know all that an answer with this record tells the asker."""
    if not all(map(STRATEGY_ACCESS[kind].is_open_to, readers)):
        return False
    publicity = STRATEGY_ACCESS[kind].publicity
    if publicity is Publicity.ORGANISATION or strategy is None:
        return publicity is not Publicity.NEVER
    if publicity is Publicity.SAME_FIGURES and not _see_same_figures(asker, readers, strategy):
        return False
    return publicity is not Publicity.NEVER and _see_same_parts(asker, readers, strategy)


def _see_same_parts(asker: Person, readers: Collection[Person], strategy: Strategy) -> bool:
    """Whether every reader sees each objective and project that the asker sees."""
    return filter_visible(strategy, asker) == filter_visible_to_all(strategy, [asker, *readers])


def _see_same_figures(asker: Person, readers: Collection[Person], strategy: Strategy) -> bool:
    """Whether every reader sees the figures that the asker sees for their role, or for being an owner or a sponsor."""
    roles = all(
        all(map(has_privilege, readers))
        for has_privilege in (can_see_portfolio, can_see_exceptions)
        if has_privilege(asker)
    )
    is_funded = any(asker.id in (project.owner, project.sponsor) for project in strategy.projects)
    return roles and (not is_funded or all(map(can_see_portfolio, readers)))
