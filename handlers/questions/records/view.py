"""What the answers read: the strategy as the asker may see it, its updates and statuses, each loaded at most once."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from foundation.people import People, Person
from handlers.context import AppContext
from handlers.questions.records.names import Name, NameKind
from handlers.strategy.lookups import load_strategy, load_updates
from reporting.definitions import DigestDefinition
from servicedesk.catalogue import Catalogue
from storage.store import Transaction
from strategy.records import ProgressUpdate, Strategy
from strategy.status import StrategyStatus, compute_statuses
from strategy.updates import filter_visible_updates
from strategy.visibility import filter_visible


@dataclass(frozen=True)
class RecordView:
    """One reader's view of the records within a transaction."""

    tx: Transaction
    ctx: AppContext
    person: Person

    @cached_property
    def whole(self) -> Strategy:
        """The strategy, unfiltered: only for rules that check the reader themselves."""
        return load_strategy(self.tx)

    @cached_property
    def strategy(self) -> Strategy:
        """The strategy as the reader may see it.

        Raises:
            NotFound: there is none yet.
        """
        return filter_visible(self.whole, self.person)

    @cached_property
    def updates(self) -> tuple[ProgressUpdate, ...]:
        """The updates that tell how things stand, on what the reader may see."""
        return filter_visible_updates(self.strategy, load_updates(self.tx))

    @cached_property
    def status(self) -> StrategyStatus:
        return compute_statuses(self.strategy, self.updates, self.tx.now)

    @property
    def people(self) -> People:
        return self.ctx.people

    @property
    def today(self) -> date:
        """The date where the organisation is."""
        return self.tx.today


def list_names(
    seen: Strategy | None, people: Iterable[Person], catalogue: Catalogue, digests: Iterable[DigestDefinition]
) -> Iterator[Name]:
    """Everything that a question may name. `seen` is the strategy as the asker may see it."""
    if seen:
        yield from _list_strategy_names(seen)
    for person in people:
        first, *more = person.name.split()
        yield Name(NameKind.PERSON, person.id, person.name, (first, *more[-1:]))
    for service in catalogue.services:
        yield Name(NameKind.SERVICE, service.key, service.name, (service.key,))
    for digest in digests:
        yield Name(NameKind.DIGEST, digest.key, digest.title, (f"{digest.title} digest",))


def _list_strategy_names(seen: Strategy) -> Iterator[Name]:
    for objective in seen.objectives:
        yield Name(NameKind.OBJECTIVE, objective.key, objective.title, (objective.key,))
    for project in seen.projects:
        yield Name(NameKind.PROJECT, project.key, project.name, (project.key,))
    for metric in seen.metrics:
        yield Name(NameKind.METRIC, metric.key, metric.name, (metric.key,))
    for milestone in seen.milestones:
        yield Name(NameKind.MILESTONE, milestone.key, milestone.title)
