"""A request as a card: in the triage channel, and in the direct messages of everybody involved."""

from collections.abc import Collection
from itertools import islice

from foundation.people import Person
from handlers.requests.blocks.buttons import build_card_buttons, build_open_button
from handlers.requests.blocks.labels import (
    format_person_name,
    format_requester,
    format_status,
    label_priority,
    list_answers,
)
from handlers.requests.blocks.request_view import RequestView
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
from servicedesk.permissions import find_relations, find_verbs_for
from servicedesk.records import ENDED_STATES, WORK_STATES, Request, RequestState, RequestVerb
from servicedesk.transitions import Relation

TRIAGE_SIDE = frozenset({Relation.TRIAGER, Relation.ASSIGNEE, Relation.VIEWER})
MAX_CARD_FIELDS = 8
MAX_DETAIL_LENGTH = 600
MAX_QUOTE_LENGTH = 1500

_ROLE_LABELS = {
    Relation.REQUESTER: "Your request",
    Relation.APPROVER: "You're an approver",
    Relation.ASSIGNEE: "Assigned to you",
    Relation.VIEWER: "You're watching this request",
}
# Shown on a card in another way, or only in the modal of the request.
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


def build_triage_card(view: RequestView) -> Message:
    """The card in the triage channel. A confidential one shows no content, because anybody may be in that channel."""
    verbs = [verb for verb in find_verbs_for(view.request, TRIAGE_SIDE) if verb is not RequestVerb.UNWATCH]
    if view.request.is_confidential:
        return _build_withheld_card(view, verbs)
    return _build_card(view, f"Requested by {format_requester(view)}", None, verbs)


def build_personal_card(view: RequestView, person: Person, warning: str = "") -> Message:
    """The card in somebody's direct messages. `warning` is mrkdwn."""
    found = find_relations(view.request, person, view.desk.people)
    if not found:
        return _build_former_card(view)
    watches = person.id in view.request.watchers
    verbs = find_verbs_for(view.request, {*found, Relation.VIEWER})
    role = _ROLE_LABELS[found[0]] + ("" if Relation.REQUESTER in found else f" · requested by {format_requester(view)}")
    offered = [verb for verb in verbs if watches or verb is not RequestVerb.UNWATCH]
    return _build_card(view, role, found[0], offered, warning)


def build_revoked_card(request: Request) -> Message:
    """Replaces the card of somebody who may no longer see the request."""
    text = f"You no longer have access to {request.reference}."
    return build_message(text, [context(text)])


def _build_card(
    view: RequestView, role: str, reader: Relation | None, verbs: Collection[RequestVerb], warning: str = ""
) -> Message:
    request = view.request
    status = format_status(view, reader)
    blocks = [header(view.title), context(f"{role} · {escape(view.service)}{format_flags(view)}")]
    blocks += [section(status), *([context(warning)] if warning else []), *build_highlights(view)]
    if reader is not Relation.REQUESTER and request.state not in ENDED_STATES:
        blocks += _build_summary(view)
    blocks += build_card_buttons(request, verbs)
    text = f"{escape(view.title)} ({escape(view.service)}, requested by {format_requester(view)}): {status}"
    return build_message(f"{text} {warning}".rstrip(), blocks)


def _build_withheld_card(view: RequestView, verbs: Collection[RequestVerb]) -> Message:
    request = view.request
    title, status = f"{request.reference} · Confidential request", format_status(view)
    who = "Only the PMO and the people involved can read it."
    blocks = [header(title), section(status), context(who), *build_card_buttons(request, verbs)]
    return build_message(f"{title}: {status}", blocks)


def _build_former_card(view: RequestView) -> Message:
    """For somebody who was involved once: the status, without actions."""
    status = format_status(view)
    blocks = [header(view.title), section(status), actions([build_open_button(view.request)])]
    return build_message(f"{escape(view.title)}: {status}", blocks)


def format_flags(view: RequestView) -> str:
    request = view.request
    lock = " · :lock: confidential" if request.is_confidential else ""
    return lock if request.priority is Priority.NORMAL else f"{lock} · priority: {label_priority(request.priority)}"


def build_highlights(view: RequestView) -> list[Block]:
    """What readers need first: the open question, the delivery, a reason."""
    request = view.request
    is_reopened = bool(request.deliverable) and request.state in WORK_STATES
    quotes = {"Question": request.question, "Reason for the hold": request.hold_reason}
    blocks = [_build_quote(label, text) for label, text in quotes.items() if text]
    blocks += _build_delivery(view, is_reopened)
    if request.reason and (request.state in ENDED_STATES or is_reopened):
        blocks.append(_build_quote("Reason for reopening" if is_reopened else "Reason", request.reason))
    return blocks


def _build_delivery(view: RequestView, is_reopened: bool) -> list[Block]:
    request = view.request
    is_delivered = request.state in (RequestState.DELIVERED, RequestState.CLOSED)
    if not request.deliverable or not (is_delivered or is_reopened):
        return []
    by = f" by {format_person_name(view.desk.people, request.assignee)}" if request.assignee else ""
    delivered = f"Delivered{by}: *{escape(view.deliverable)}*"
    heading = "Reopened. Previous delivery:" if is_reopened else delivered
    return [section(heading), rich_text(rich_line({"type": "link", "url": request.deliverable}))]


def _build_quote(label: str, text: str) -> Block:
    return rich_text(rich_line(text_run(f"{label}:", "bold")), quote_text(shorten(text, MAX_QUOTE_LENGTH)))


def _build_summary(view: RequestView) -> list[Block]:
    """The main answers of the form, as far as they fit a card. The modal shows all of them."""
    short = (
        (one, answer) for one, answer in list_answers(view) if one.kind in _SHORT_KINDS and one.key not in _NOT_ON_CARD
    )
    fields = [mrkdwn(f"*{escape(one.label)}*\n{answer}", 300) for one, answer in islice(short, MAX_CARD_FIELDS)]
    detail = str(view.request.values.get("detail") or "")
    blocks = [rich_text(rich_line(text_run(shorten(detail, MAX_DETAIL_LENGTH))))] if detail else []
    return [*blocks, {"type": "section", "fields": fields}] if fields else blocks
