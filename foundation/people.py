"""People and their roles. The pillars decide who may do what; this module only says who somebody is."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from foundation.access import Access, AccessRules, PersonKind

GONE = (PersonKind.DEACTIVATED, PersonKind.BOT)  # nobody who acts for themselves, whatever the organisation file says
NO_COLLEAGUES = (*GONE, PersonKind.GUEST, PersonKind.OUTSIDER)  # they get no role by a user group


_ERASED = re.compile(r"UERASED(\d+)")


def make_erased_id(number: int) -> str:
    """What stands where somebody's id was who is erased; it has the form of an id."""
    return f"UERASED{number}"


def find_erased_name(user_id: str) -> str | None:
    """The name of somebody who is erased, such as “Former colleague 3”; None for everybody else."""
    erased = _ERASED.fullmatch(user_id)
    return f"Former colleague {erased[1]}" if erased else None


class Role(StrEnum):
    """What somebody is in the organisation. One person may hold several."""

    MEMBER = "member"
    PROJECT_MANAGER = "project_manager"
    PMO_STAFF = "pmo_staff"  # triages, is assigned, delivers
    PMO_LEAD = "pmo_lead"  # approves, overrides with a reason, hears of breached due dates
    LEADER = "leader"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in the workspace. `id` is the Slack user id (U…). Without full `access` they have no roles.

    `is_by_group`: a Slack user group gives them their roles, not an entry of their own in the organisation file.
    """

    id: str
    name: str
    roles: frozenset[Role] = frozenset({Role.MEMBER})
    kind: PersonKind = PersonKind.LISTED
    access: Access = Access.EVERYTHING
    is_by_group: bool = False

    def loses_roles(self, kind: PersonKind) -> bool:
        """Whether somebody who is listed has no roles all the same, now that they are of this kind."""
        return kind in (NO_COLLEAGUES if self.is_by_group else GONE)

    def has_access(self, need: Access) -> bool:
        """Whether the person may use what needs this much."""
        return self.access >= need

    def has_role(self, *roles: Role) -> bool:
        """Whether the person has at least one of the roles."""
        return not self.roles.isdisjoint(roles)

    @property
    def is_pmo(self) -> bool:
        return self.has_role(Role.PMO_STAFF, Role.PMO_LEAD)


@dataclass(frozen=True, slots=True)
class RoleGroup:
    """A Slack user group (S…) whose members have these roles."""

    id: str
    roles: frozenset[Role]


def treat_as_unlisted(_: str) -> PersonKind:
    """Where there's no Slack to ask, nobody is more of a stranger than the organisation file says."""
    return PersonKind.UNLISTED


class People:
    """The organisation's directory, and what somebody is who isn't in it.

    `rules` say how much they may use, and `recall` what Slack last said about a user ID, without asking. Somebody who
    isn't listed is named by their ID.
    """

    def __init__(
        self,
        people: Iterable[Person] = (),
        rules: AccessRules | None = None,
        recall: Callable[[str], PersonKind] = treat_as_unlisted,
    ) -> None:
        self._by_id: Mapping[str, Person] = MappingProxyType({person.id: person for person in people})
        self.rules = rules or AccessRules()
        self._recall = recall

    def get(self, user_id: str) -> Person:
        """The person, by the organisation file and by what is remembered of them."""
        return self.judge(user_id, self._recall(user_id))

    def judge(self, user_id: str, kind: PersonKind) -> Person:
        """The person with this kind. Whoever is listed keeps their roles, unless they're gone.

        Those whom a user group lists also lose them as a guest or an outsider.
        """
        if name := find_erased_name(user_id):
            return Person(user_id, name, frozenset(), PersonKind.DEACTIVATED, Access.NOTHING)
        listed = self._by_id.get(user_id)
        if listed and not listed.loses_roles(kind):
            return listed
        access = self.rules.get_access(PersonKind.UNLISTED if kind is PersonKind.LISTED else kind)
        roles = frozenset({Role.MEMBER}) if access is Access.EVERYTHING else frozenset()
        return Person(user_id, listed.name if listed else user_id, roles, kind, access)

    def observe(self, recall: Callable[[str], PersonKind]) -> "People":
        """The same directory with another memory of what Slack said."""
        return People(self._by_id.values(), self.rules, recall)

    def find_by_role(self, *roles: Role) -> tuple[Person, ...]:
        """Everybody with one of the roles, in the order of the organisation file, except those who have lost it."""
        return tuple(
            person
            for person in self._by_id.values()
            if person.has_role(*roles) and not person.loses_roles(self._recall(person.id))
        )

    def find_typical(self, role: Role) -> Person | None:
        """Of those with this role the first who has the fewest others."""
        return min(self.find_by_role(role), key=lambda person: len(person.roles), default=None)

    def __iter__(self) -> Iterator[Person]:
        return iter(self._by_id.values())

    def __contains__(self, user_id: object) -> bool:
        return user_id in self._by_id
