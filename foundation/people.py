"""People and their roles. The pillars decide who may do what; this module only says who somebody is."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Role(StrEnum):
    """What somebody is in the organisation. One person may hold several."""

    MEMBER = "member"
    PROJECT_MANAGER = "project_manager"
    PMO_STAFF = "pmo_staff"  # triages, is assigned, delivers
    PMO_LEAD = "pmo_lead"  # approves, overrides with a reason, hears of breached due dates
    LEADER = "leader"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in the workspace. `id` is the Slack user id (U…)."""

    id: str
    name: str
    roles: frozenset[Role] = frozenset({Role.MEMBER})

    def has_role(self, *roles: Role) -> bool:
        """Whether the person has at least one of the roles."""
        return not self.roles.isdisjoint(roles)

    @property
    def is_pmo(self) -> bool:
        return self.has_role(Role.PMO_STAFF, Role.PMO_LEAD)


class People:
    """The organisation's directory. Somebody who isn't listed is a member, named by their Slack user ID."""

    def __init__(self, people: Iterable[Person] = ()) -> None:
        self._by_id: Mapping[str, Person] = MappingProxyType({person.id: person for person in people})

    def get(self, user_id: str) -> Person:
        return self._by_id.get(user_id) or Person(user_id, user_id)

    def find_by_role(self, *roles: Role) -> tuple[Person, ...]:
        return tuple(person for person in self._by_id.values() if person.has_role(*roles))

    def find_typical(self, role: Role) -> Person | None:
        """Of those with this role the first who has the fewest others."""
        return min(self.find_by_role(role), key=lambda person: len(person.roles), default=None)

    def __iter__(self) -> Iterator[Person]:
        return iter(self._by_id.values())

    def __contains__(self, user_id: object) -> bool:
        return user_id in self._by_id
