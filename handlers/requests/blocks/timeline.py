"""What happened to a request, as a sentence: for the thread under a card, and for the history."""

import html
from collections.abc import Callable, Sequence

from handlers.requests.blocks.labels import format_person_name, format_quote, label_priority
from handlers.slack.blocks.builders import Message, build_message, escape, mention_user
from servicedesk.catalogue import Priority
from servicedesk.desk import Desk
from servicedesk.records import RequestLogEntry, RequestState, RequestVerb
from servicedesk.transitions import SYSTEM

MOST_MISSED = 3


def build_timeline_notice(
    entry: RequestLogEntry, desk: Desk, *, calls: str | None = None, withheld: bool = False
) -> Message:
    """What has just happened, for the thread under a card.

    `calls` mentions a person who has to act now. `withheld` leaves out what people wrote.
    """
    mention = f"{mention_user(calls)} " if calls else ""
    text = f"{mention}*PMO-{entry.number}*: {describe_entry(entry, desk, withheld=withheld)}"
    return build_message(text if withheld or not entry.comment else f"{text}\n{format_quote(entry.comment, 2000)}")


def describe_entry(entry: RequestLogEntry, desk: Desk, *, withheld: bool = False) -> str:
    """Who did what, as mrkdwn without a full stop."""
    actor = SYSTEM.name if entry.actor == SYSTEM.id else f"*{format_person_name(desk.people, entry.actor)}*"
    descriptions = DESCRIPTIONS | WITHHELD_DESCRIPTIONS if withheld else DESCRIPTIONS
    description = descriptions[entry.verb]
    return f"{actor} {description if isinstance(description, str) else description(entry, desk)}"


def describe_missed_changes(entries: Sequence[RequestLogEntry], desk: Desk) -> str:
    """What somebody didn't see before they decided, in plain text."""
    latest = entries[-MOST_MISSED:]
    # A name never holds a “*” here: formatting replaced it, so those that are left only set names in bold.
    happened = " ".join(f"{html.unescape(describe_entry(entry, desk).replace('*', ''))}." for entry in latest)
    reference = f"PMO-{latest[-1].number}"
    return f"{reference} has changed since you opened this window. {happened}"


def _describe_acceptance(entry: RequestLogEntry, _: Desk) -> str:
    needs_approval = entry.after is RequestState.PENDING_APPROVAL
    return "accepted it; it now needs approval" if needs_approval else "accepted it; it's now in the queue"


def _describe_assignment(entry: RequestLogEntry, desk: Desk) -> str:
    assignee = str(entry.data["assignee"])
    return "took it over" if assignee == entry.actor else f"assigned it to {format_person_name(desk.people, assignee)}"


def _describe_duplicate(entry: RequestLogEntry, _: Desk) -> str:
    return f"marked it as a duplicate of PMO-{entry.data['duplicate_of']}"


def _describe_priority(entry: RequestLogEntry, _: Desk) -> str:
    return f"changed its priority to {label_priority(Priority(str(entry.data['priority'])))}"


def _describe_service(entry: RequestLogEntry, desk: Desk) -> str:
    service = desk.catalogue.find_service(str(entry.data["service"]))
    return f"moved it to the service “{escape(service.name if service else str(entry.data['service']))}”"


def _describe_requester(entry: RequestLogEntry, desk: Desk) -> str:
    return f"made {format_person_name(desk.people, str(entry.data['requester']))} its requester"


def _describe_override(entry: RequestLogEntry, _: Desk) -> str:
    return f"changed its status from “{(entry.before or RequestState.DRAFT).label}” to “{entry.after.label}”"


DESCRIPTIONS: dict[RequestVerb, str | Callable[[RequestLogEntry, Desk], str]] = {
    RequestVerb.DRAFT: "started a draft",
    RequestVerb.SUBMIT: "submitted it",
    RequestVerb.ASK: "asked a question",
    RequestVerb.ANSWER: "answered",
    RequestVerb.ACCEPT: _describe_acceptance,
    RequestVerb.APPROVE: "approved it",
    RequestVerb.REQUEST_CHANGES: "asked for changes",
    RequestVerb.RESUBMIT: "changed and resubmitted it",
    RequestVerb.CLAIM: "claimed it",
    RequestVerb.ASSIGN: _describe_assignment,
    RequestVerb.REASSIGN: _describe_assignment,
    RequestVerb.QUESTION: "asked a question",
    RequestVerb.REPLY: "replied",
    RequestVerb.HOLD: "put it on hold",
    RequestVerb.RESUME: "resumed work",
    RequestVerb.DELIVER: "delivered it",
    RequestVerb.REMIND: "reminded the requester to accept the delivery or reopen the request",
    RequestVerb.ACCEPT_DELIVERY: "accepted the delivery",
    RequestVerb.AUTO_CLOSE: "closed it automatically because nobody objected to the delivery",
    RequestVerb.REOPEN: "reopened it",
    RequestVerb.DECLINE: "declined it",
    RequestVerb.MARK_DUPLICATE: _describe_duplicate,
    RequestVerb.WITHDRAW: "withdrew it",
    RequestVerb.CHANGE_PRIORITY: _describe_priority,
    RequestVerb.CHANGE_SERVICE: _describe_service,
    RequestVerb.CHANGE_REQUESTER: _describe_requester,
    RequestVerb.SCORE: "scored it",
    RequestVerb.WATCH: "added watchers",
    RequestVerb.UNWATCH: "removed watchers",
    RequestVerb.COMMENT: "commented",
    RequestVerb.OVERRIDE: _describe_override,
}
WITHHELD_DESCRIPTIONS: dict[RequestVerb, str | Callable[[RequestLogEntry, Desk], str]] = {
    RequestVerb.CHANGE_SERVICE: "moved it to another service"
}
"""What the triage channel reads instead when the request is confidential."""
