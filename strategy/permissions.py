"""Who may do what in the strategy beyond what the rules of a single record say: reviewing, reading, previewing."""

from collections.abc import Iterable

from foundation.access import Access, PersonKind
from foundation.errors import NotAllowed
from foundation.people import People, Person, Role
from strategy.records import Project

PMO = (Role.PMO_STAFF, Role.PMO_LEAD)
LEADERSHIP = (Role.LEADER, Role.PMO_LEAD)


def can_see_strategy(person: Person) -> bool:
    """Whether somebody sees any of the strategy, its updates and its stories."""
    return person.has_access(Access.EVERYTHING)


def check_can_see_strategy(person: Person) -> None:
    """Raises NotAllowed: strategy, updates and stories are for people in the organisation file."""
    if not can_see_strategy(person):
        raise NotAllowed("Only people on the PMO's list can see that. Ask the PMO to put you on it.")


def can_be_named(person: Person) -> bool:
    """Whether somebody may be named in a story, and so reads it before it's published.

    So may somebody of whom nothing is known at the moment: they were checked when they were asked.
    """
    return can_see_strategy(person) or person.kind is PersonKind.UNKNOWN


def explain_unasked(user_ids: Iterable[str], people: People) -> str:
    """Why some of these people can't be named in a story; empty if all of them can."""
    others = [people.get(one) for one in user_ids]
    names = ", ".join(f"@{one.name}" for one in others if not can_be_named(one))
    return f"I can't ask {names} to agree. Leave them out, or ask the PMO to put them on its list." if names else ""


def can_see_portfolio(person: Person) -> bool:
    """Whether somebody sees budgets by objective, alignment, mismatch and coverage."""
    return person.has_role(*PMO, Role.LEADER)


def can_see_budget(person: Person, project: Project) -> bool:
    """Whether somebody sees what a project may cost."""
    return can_see_portfolio(person) or person.id in (project.owner, project.sponsor)


def can_see_missing_updates(person: Person, reviewer: str | None) -> bool:
    """Whether somebody sees that others haven't reported: the owner's reviewer, and the PMO."""
    return person.has_role(*PMO) or (reviewer is not None and person.id == reviewer)


def can_see_exceptions(person: Person) -> bool:
    """Whether somebody sees everything that needs attention, and not only their own."""
    return person.has_role(*LEADERSHIP)


def can_review_stories(person: Person) -> bool:
    """Whether somebody reviews success stories, other than their own."""
    return person.has_role(*PMO)


def can_preview_digests(person: Person) -> bool:
    """Whether somebody may see a digest before it's sent."""
    return person.has_role(*LEADERSHIP)


def check_can_preview_digests(person: Person) -> None:
    """Raises NotAllowed: only leaders and the head of the PMO preview digests."""
    if not can_preview_digests(person):
        raise NotAllowed(
            "Only leaders and the head of the PMO can preview digests. Everyone else gets them in their channels."
        )


def find_leadership(people: People) -> tuple[Person, ...]:
    """The leaders and the head of the PMO."""
    return people.find_by_role(*LEADERSHIP)


def find_pmo(people: People) -> tuple[Person, ...]:
    """The PMO's staff and its head."""
    return people.find_by_role(*PMO)
