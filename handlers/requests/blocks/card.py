"""A request as a card: in triage, and in the direct messages of everybody whom it concerns."""

from collections.abc import Collection
from itertools import islice

from foundation.people import People, Person
from handlers.requests.blocks.buttons import build_card_buttons, build_open_button
from handlers.requests.blocks.labels import (
    RequestView,
    format_name,
    format_requester,
    format_status,
    label_priority,
    list_answers,
)
from handlers.slack.blocks.builders import (
    Block,
    Message,
    actions,
    build_message,
    context,
    escape,
    header,
    mrkdwn,
    section,
    shorten,
)
from handlers.slack.blocks.rich_text import quote_text, rich_line, rich_text, text_run
from servicedesk.catalogue import Priority
from servicedesk.fields import FieldKind
from servicedesk.permissions import find_approvers, find_verbs_for
from servicedesk.records import APPROVAL_STATES, ENDED_STATES, WORK_STATES, Request, RequestState, Verb
from servicedesk.transitions import Relation

TRIAGE_SIDE = frozenset({Relation.TRIAGER, Relation.ASSIGNEE, Relation.VIEWER})
MAX_CARD_FIELDS = 8
MAX_DETAIL_LENGTH = 600
MAX_QUOTE_LENGTH = 1500

_ROLE_LABELS = {
    Relation.REQUESTER: "Your request",
    Relation.APPROVER: "You are asked to approve it",
    Relation.ASSIGNEE: "Assigned to you",
    Relation.VIEWER: "You watch it",
}
# Told on a card in another way, or only in the window of the request.
_NOT_ON_CARD = {"title", "detail", "need_by_reason", "confidential"}
_SHORT_KINDS = {
    FieldKind.TEXT,
    FieldKind.CHOICE,
    FieldKind.DATE,
    FieldKind.NUMBER,
    FieldKind.PERSON,
    FieldKind.PROJECT,
    FieldKind.YES_NO,
}


def find_relations(request: Request, person: Person, people: People) -> tuple[Relation, ...]:
    """What the person is to the request, the nearest first; nothing when it concerns them no more."""
    asked = request.state in APPROVAL_STATES and person in find_approvers(request, people)
    found = (
        (Relation.REQUESTER, person.id == request.requester),
        (Relation.APPROVER, asked),
        (Relation.ASSIGNEE, person.id == request.assignee),
        (Relation.VIEWER, person.id in request.watchers),
    )
    return tuple(who for who, holds in found if holds)


def build_triage_card(view: RequestView) -> Message:
    """The card in triage. Of a confidential request it tells nothing: who reads that channel is not known here."""
    verbs = [verb for verb in find_verbs_for(view.request, TRIAGE_SIDE) if verb is not Verb.UNWATCH]
    if view.request.is_confidential:
        return _build_withheld_card(view, verbs)
    return _build_card(view, f"Asked by {format_requester(view)}", None, verbs)


def build_personal_card(view: RequestView, person: Person) -> Message:
    """The card in somebody's direct messages."""
    found = find_relations(view.request, person, view.desk.people)
    if not found:
        return _build_former_card(view)
    watches = person.id in view.request.watchers
    verbs = find_verbs_for(view.request, {*found, Relation.VIEWER})
    role = _ROLE_LABELS[found[0]] + ("" if Relation.REQUESTER in found else f" · asked by {format_requester(view)}")
    return _build_card(view, role, found[0], [verb for verb in verbs if watches or verb is not Verb.UNWATCH])


def build_revoked_card(request: Request) -> Message:
    """In place of the card of somebody who may not see the request any more."""
    words_ = f"{request.reference} does not concern you any more."
    return build_message(words_, [context(words_)])


def _build_card(view: RequestView, role: str, reader: Relation | None, verbs: Collection[Verb]) -> Message:
    request = view.request
    stands = format_status(view, reader)
    blocks = [header(view.title), context(f"{role} · {escape(view.service)}{format_flags(view)}")]
    blocks += [section(stands), *build_highlights(view)]
    if reader is not Relation.REQUESTER and request.state not in ENDED_STATES:
        blocks += _build_summary(view)
    blocks += build_card_buttons(request, verbs)
    return build_message(
        f"{escape(view.title)} ({escape(view.service)}, asked by {format_requester(view)}): {stands}", blocks
    )


def _build_withheld_card(view: RequestView, verbs: Collection[Verb]) -> Message:
    request = view.request
    title, stands = f"{request.reference} · Confidential request", format_status(view)
    who = "Only the PMO and the people whom it concerns can read it."
    blocks = [header(title), section(stands), context(who), *build_card_buttons(request, verbs)]
    return build_message(f"{title}: {stands}", blocks)


def _build_former_card(view: RequestView) -> Message:
    """For somebody who had to do with it once: where it stands, and no steps."""
    stands = format_status(view)
    blocks = [header(view.title), section(stands), actions([build_open_button(view.request)])]
    return build_message(f"{escape(view.title)}: {stands}", blocks)


def format_flags(view: RequestView) -> str:
    request = view.request
    lock = " · :lock: confidential" if request.is_confidential else ""
    return lock if request.priority is Priority.NORMAL else f"{lock} · priority: {label_priority(request.priority)}"


def build_highlights(view: RequestView) -> list[Block]:
    """What everybody has to know at once: the question that is open, the delivery, a reason."""
    request, people = view.request, view.desk.people
    asked = {"Asked": request.question, "On hold, because": request.hold_reason}
    found = [_build_quote(label, text) for label, text in asked.items() if text]
    is_delivered = bool(request.deliverable) and request.state in (RequestState.DELIVERED, RequestState.CLOSED)
    is_reopened = bool(request.deliverable) and request.state in WORK_STATES
    if is_delivered:
        by = f" by {format_name(people, request.assignee)}" if request.assignee else ""
        found.append(section(f"Delivered{by}: *{escape(view.deliverable)}*"))
    elif is_reopened:
        found.append(section("Reopened. Delivered before:"))
    if is_delivered or is_reopened:
        found.append(rich_text(rich_line({"type": "link", "url": request.deliverable})))
    if request.reason and (request.state in ENDED_STATES or is_reopened):
        found.append(_build_quote("Why it was reopened" if is_reopened else "Why", request.reason))
    return found


def _build_quote(label: str, text: str) -> Block:
    return rich_text(rich_line(text_run(f"{label}:", "bold")), quote_text(shorten(text, MAX_QUOTE_LENGTH)))


def _build_summary(view: RequestView) -> list[Block]:
    """What is asked for, as far as it fits a card; the window tells all of it."""
    short = (
        (one, told) for one, told in list_answers(view) if one.kind in _SHORT_KINDS and one.key not in _NOT_ON_CARD
    )
    fields = [mrkdwn(f"*{escape(one.label)}*\n{told}", 300) for one, told in islice(short, MAX_CARD_FIELDS)]
    detail = str(view.request.values.get("detail") or "")
    blocks = [rich_text(rich_line(text_run(shorten(detail, MAX_DETAIL_LENGTH))))] if detail else []
    return [*blocks, {"type": "section", "fields": fields}] if fields else blocks
