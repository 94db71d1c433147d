"""Who may do what: people's relations to a request, what they may see, and what the PMO's roles allow."""

from collections.abc import Iterable

from foundation.access import Access, PersonKind
from foundation.errors import NotAllowed
from foundation.people import People, Person, Role
from servicedesk.records import APPROVAL_STATES, Request, RequestState, RequestVerb
from servicedesk.transitions import SYSTEM, TRANSITIONS, Relation


def can_request(person: Person) -> bool:
    """Whether the person may use the service desk: ask for services, and see requests."""
    return person.has_access(Access.REQUESTS)


def can_be_involved(person: Person) -> bool:
    """Whether the person may watch a request or have made one.

    So may somebody of whom nothing is known at the moment: they were checked when they became involved.
    """
    return can_request(person) or person.kind is PersonKind.UNKNOWN


def explain_uninvolved(user_ids: Iterable[str], people: People) -> str:
    """Why some of these people can't watch a request; empty if all of them can."""
    others = [people.get(one) for one in user_ids]
    names = ", ".join(f"@{one.name}" for one in others if not can_be_involved(one))
    return f"{names} can't see requests. Leave them out, or ask the PMO to put them on its list." if names else ""


def check_can_request(person: Person) -> None:
    """Raises NotAllowed: guests, people of other organisations and the like don't use the service desk."""
    if not can_request(person):
        raise NotAllowed("Only people on the PMO's list can request services. Ask the PMO to put you on it.")


def can_see(request: Request, person: Person) -> bool:
    """Whether the person may know of the request.

    Nobody does who may not use the service desk. Colleagues who aren't in the organisation file see the requests that
    involve them. Only the requester sees a draft. A confidential request is open to its requester, watchers, assignee
    and approvers, and to the PMO.
    """
    if not can_be_involved(person):
        return False
    if person.id in (request.requester, SYSTEM.id):
        return True
    if request.state is RequestState.DRAFT:
        return False
    if not request.is_confidential and person.has_access(Access.EVERYTHING):
        return True
    is_involved = person.id in (request.assignee, request.approved_by, *request.watchers)
    is_asked = request.state in APPROVAL_STATES and has_relation(person, request, [Relation.APPROVER])
    return is_involved or person.is_pmo or is_asked


def can_see_queue(person: Person) -> bool:
    """Whether the person may see the PMO's own lists and figures."""
    return person.is_pmo


def can_see_scores(person: Person) -> bool:
    """Whether the person may see how the PMO ranked a request."""
    return person.is_pmo


def can_be_assigned(person: Person) -> bool:
    """Whether requests can be assigned to the person."""
    return person.is_pmo


def can_change_watchers(request: Request, person: Person) -> bool:
    """Whether the person may add or remove watchers other than themselves."""
    return person.is_pmo or person.id == request.requester


def is_acting_for_pmo(request: Request, person: Person) -> bool:
    """Whether the person acts on the request for the PMO, and not as its requester. The system always does."""
    return person.id == SYSTEM.id or (person.id != request.requester and person.is_pmo)


def can_set_up(person: Person) -> bool:
    """Whether the person sees what a new organisation still has to set up."""
    return person.has_role(Role.PMO_LEAD)


def find_unfilled_roles(people: People) -> tuple[Role, ...]:
    """The roles that nobody has, of those without which something is never done or never read."""
    needed = (Role.PROJECT_MANAGER, Role.PMO_STAFF, Role.PMO_LEAD, Role.LEADER)
    return tuple(role for role in needed if not people.find_by_role(role))


def find_pmo_staff(people: People) -> tuple[Person, ...]:
    """Everybody in the PMO, its leads included."""
    return people.find_by_role(Role.PMO_STAFF, Role.PMO_LEAD)


def find_pmo_leads(people: People) -> tuple[Person, ...]:
    """Who is alerted to late requests."""
    return people.find_by_role(Role.PMO_LEAD)


def find_others_with_role(role: Role, request: Request, people: People) -> tuple[Person, ...]:
    """Everybody with the role except those whose own request it is or was: they never decide on it."""
    return tuple(person for person in people.find_by_role(role) if not request.was_made_by(person.id))


def find_approvers(request: Request, people: People) -> tuple[Person, ...]:
    """Who is asked to approve: the holders of the first role that somebody holds whose own request it isn't."""
    holders = (find_others_with_role(role, request, people) for role in request.approver_roles)
    return next((others for others in holders if others), ())


def find_relations(request: Request, person: Person, people: People) -> tuple[Relation, ...]:
    """What the person is to the request, the closest relation first; empty when they are no longer involved."""
    is_asked = request.state in APPROVAL_STATES and person in find_approvers(request, people)
    relations = {
        Relation.REQUESTER: person.id == request.requester,
        Relation.APPROVER: is_asked,
        Relation.ASSIGNEE: person.id == request.assignee,
        Relation.VIEWER: person.id in request.watchers,
    }
    return tuple(relation for relation, holds in relations.items() if holds)


def has_relation(person: Person, request: Request, relations: Iterable[Relation]) -> bool:
    """Whether the person is any of these to the request."""
    return any(_has_relation(person, request, relation) for relation in relations)


def find_allowed_verbs(request: Request, person: Person) -> tuple[RequestVerb, ...]:
    """What the person may do with the request in its current state, in the order of the table."""
    if not can_see(request, person):
        return ()
    allowed = (
        one for one in TRANSITIONS if request.state in one.sources and has_relation(person, request, one.relations)
    )
    return tuple(dict.fromkeys(one.verb for one in allowed))


def find_verbs_for(request: Request, relations: Iterable[Relation]) -> tuple[RequestVerb, ...]:
    """What people with any of these relations may do with the request: for a card that several people see."""
    wanted = frozenset(relations)
    allowed = (one for one in TRANSITIONS if request.state in one.sources and one.relations & wanted)
    return tuple(dict.fromkeys(one.verb for one in allowed))


def _has_relation(person: Person, request: Request, relation: Relation) -> bool:
    match relation:
        case Relation.REQUESTER:
            return person.id == request.requester
        case Relation.TRIAGER:
            return person.is_pmo
        case Relation.ASSIGNEE:
            return person.id == request.assignee
        case Relation.APPROVER:
            return person.has_role(*request.approver_roles) and not request.was_made_by(person.id)
        case Relation.ADMIN:
            return person.has_role(Role.PMO_LEAD) and not request.was_made_by(person.id)
        case Relation.SYSTEM:
            return person.id == SYSTEM.id
        case Relation.VIEWER:
            return person.id != SYSTEM.id and can_see(request, person)
