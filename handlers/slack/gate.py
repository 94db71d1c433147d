"""Who somebody is, and whether they may use what they called: asked before any handler runs."""

from collections.abc import Mapping
from typing import Any

from foundation.access import Access, PersonKind
from foundation.errors import NotAllowed
from foundation.people import GONE, People, Person
from handlers.context import AppContext, Directory
from handlers.slack import payloads
from handlers.slack.blocks.builders import mention_user
from servicedesk.permissions import find_pmo_leads, find_pmo_staff

Payload = Mapping[str, Any]

WHAT_NEEDS = {
    Access.HANDBOOK: "ask me questions",
    Access.REQUESTS: "ask the PMO for something or see requests",
    Access.EVERYTHING: "see the strategy, how things stand, or stories",
}
WHAT_REMAINS = {
    Access.NOTHING: "",
    Access.HANDBOOK: " You can ask me what the handbook says.",
    Access.REQUESTS: " You can ask me what the handbook says, and request PMO services with `/pmo-request`.",
    Access.EVERYTHING: "",
}
OUTSIDER = "I can't help people of other organisations with that. Please ask your contact here.{remains}"
UNKNOWN = (
    "Slack didn't tell me who you are, so I can't let you {deed} right now. Please try again in a minute.{remains}"
)
OTHERS = "Only people on the PMO's list can {deed}.{remains} To get on the list, ask {pmo}."
GUEST = "Guests can't {deed} unless {pmo} puts them on the PMO's list.{remains}"
MOST_NAMED = 2


def identify_person(payload: Payload, ctx: AppContext) -> Person:
    """Whoever typed, clicked or submitted, by the organisation file, by what Slack said of them and by the payload."""
    user = payloads.read_place(payload).user
    return ctx.people.judge(user, _judge_kind(payload, ctx.directory.recall(user), ctx.directory))


def is_ignored(person: Person) -> bool:
    """Whether nobody is there to be answered: an app, a workflow or a deactivated account."""
    return person.kind in GONE


def check_access(person: Person, need: Access, people: People) -> None:
    """Raises NotAllowed when the person may not use what needs this much. The message says whom to ask."""
    if not person.has_access(need):
        raise NotAllowed(explain_no_access(person, need, people))


def explain_no_access(person: Person, need: Access, people: People) -> str:
    """Why the person can't do it, what they can do, and whom to ask."""
    deed, remains, pmo = WHAT_NEEDS[need], WHAT_REMAINS[person.access], _name_pmo(people)
    match person.kind:
        case PersonKind.OUTSIDER:
            return OUTSIDER.format(remains=remains)
        case PersonKind.UNKNOWN:
            return UNKNOWN.format(deed=deed, remains=remains)
        case PersonKind.GUEST:
            return GUEST.format(deed=deed, remains=remains, pmo=pmo)
        case _:
            return OTHERS.format(deed=deed, remains=remains, pmo=pmo)


def _judge_kind(payload: Payload, recalled: PersonKind, directory: Directory) -> PersonKind:
    """What somebody is: gone, or else of another organisation if the payload says so, or else what Slack said."""
    if payloads.is_from_bot(payload):
        return PersonKind.BOT
    if recalled in GONE or not _is_foreign(payload, directory.own_ids):
        return recalled
    # In an enterprise the payload may name another of its workspaces. Only what Slack said about the person themselves
    # tells a colleague there from an outsider.
    is_colleague = directory.is_enterprise and recalled in (PersonKind.UNLISTED, PersonKind.GUEST)
    return recalled if is_colleague else PersonKind.OUTSIDER


def _is_foreign(payload: Payload, own_ids: frozenset[str]) -> bool:
    of_person, of_payload = payloads.read_teams_of_person(payload), payloads.read_teams_of_payload(payload)
    if not own_ids:  # without Slack to say who we are, the payload's own workspace has to do
        return bool(of_payload) and bool(of_person - of_payload)
    return bool(of_person - own_ids) if of_person else bool(of_payload) and own_ids.isdisjoint(of_payload)


def _name_pmo(people: People) -> str:
    """Whom to ask: the head of the PMO."""
    heads = find_pmo_leads(people) or find_pmo_staff(people)
    return " or ".join(mention_user(one.id) for one in heads[:MOST_NAMED]) or "the PMO"
