"""What happened to a request, as a sentence: for the thread under a card, and for the history."""

from collections.abc import Callable

from handlers.requests.blocks.labels import format_person_name, format_quote, label_priority
from handlers.slack.blocks.builders import Message, build_message, escape, mention_user
from servicedesk.catalogue import Priority
from servicedesk.desk import Desk
from servicedesk.records import LogEntry, RequestState, Verb
from servicedesk.transitions import SYSTEM


def build_timeline_notice(entry: LogEntry, desk: Desk, *, calls: str | None = None, withheld: bool = False) -> Message:
    """What has just happened, for the thread under a card.

    `calls` mentions a person who has to act now. `withheld` leaves out what people wrote.
    """
    mention = f"{mention_user(calls)} " if calls else ""
    text = f"{mention}*PMO-{entry.number}*: {describe_entry(entry, desk, withheld=withheld)}"
    return build_message(text if withheld or not entry.comment else f"{text}\n{format_quote(entry.comment, 2000)}")


def describe_entry(entry: LogEntry, desk: Desk, *, withheld: bool = False) -> str:
    """Who did what, as mrkdwn without a full stop."""
    actor = SYSTEM.name if entry.actor == SYSTEM.id else f"*{format_person_name(desk.people, entry.actor)}*"
    descriptions = DESCRIPTIONS | WITHHELD_DESCRIPTIONS if withheld else DESCRIPTIONS
    description = descriptions[entry.verb]
    return f"{actor} {description if isinstance(description, str) else description(entry, desk)}"


def _describe_acceptance(entry: LogEntry, _: Desk) -> str:
    needs_approval = entry.after is RequestState.PENDING_APPROVAL
    return "accepted it; it now needs approval" if needs_approval else "accepted it; it's now in the queue"


def _describe_assignment(entry: LogEntry, desk: Desk) -> str:
    assignee = str(entry.data["assignee"])
    return "took it over" if assignee == entry.actor else f"assigned it to {format_person_name(desk.people, assignee)}"


def _describe_duplicate(entry: LogEntry, _: Desk) -> str:
    return f"marked it as a duplicate of PMO-{entry.data['duplicate_of']}"


def _describe_priority(entry: LogEntry, _: Desk) -> str:
    return f"changed its priority to {label_priority(Priority(str(entry.data['priority'])))}"


def _describe_service(entry: LogEntry, desk: Desk) -> str:
    service = desk.catalogue.find_service(str(entry.data["service"]))
    return f"moved it to the service “{escape(service.name if service else str(entry.data['service']))}”"


def _describe_override(entry: LogEntry, _: Desk) -> str:
    return f"changed its state from “{(entry.before or RequestState.DRAFT).label}” to “{entry.after.label}”"


DESCRIPTIONS: dict[Verb, str | Callable[[LogEntry, Desk], str]] = {
    Verb.DRAFT: "started a draft",
    Verb.SUBMIT: "submitted it",
    Verb.ASK: "asked a question",
    Verb.ANSWER: "answered",
    Verb.ACCEPT: _describe_acceptance,
    Verb.APPROVE: "approved it",
    Verb.REQUEST_CHANGES: "asked for changes",
    Verb.RESUBMIT: "changed and resubmitted it",
    Verb.CLAIM: "claimed it",
    Verb.ASSIGN: _describe_assignment,
    Verb.REASSIGN: _describe_assignment,
    Verb.QUESTION: "asked a question",
    Verb.REPLY: "replied",
    Verb.HOLD: "put it on hold",
    Verb.RESUME: "resumed work",
    Verb.DELIVER: "delivered it",
    Verb.REMIND: "reminded the requester to accept the delivery or reopen the request",
    Verb.ACCEPT_DELIVERY: "accepted the delivery",
    Verb.AUTO_CLOSE: "closed it automatically because nobody objected to the delivery",
    Verb.REOPEN: "reopened it",
    Verb.DECLINE: "declined it",
    Verb.MARK_DUPLICATE: _describe_duplicate,
    Verb.WITHDRAW: "withdrew it",
    Verb.CHANGE_PRIORITY: _describe_priority,
    Verb.CHANGE_SERVICE: _describe_service,
    Verb.SCORE: "scored it",
    Verb.WATCH: "added watchers",
    Verb.UNWATCH: "removed watchers",
    Verb.COMMENT: "commented",
    Verb.OVERRIDE: _describe_override,
}
WITHHELD_DESCRIPTIONS: dict[Verb, str | Callable[[LogEntry, Desk], str]] = {
    Verb.CHANGE_SERVICE: "moved it to another service"
}
"""What the triage channel reads instead when the request is confidential."""
