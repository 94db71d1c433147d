"""What happened to a request, in a sentence: for the thread under a card, and for the history."""

from handlers.requests.blocks.labels import format_name, format_quote, label_priority
from handlers.slack.blocks.builders import Message, build_message, escape, mention_user
from servicedesk.catalogue import Priority
from servicedesk.desk import Desk
from servicedesk.records import LogEntry, RequestState, Verb
from servicedesk.transitions import SYSTEM

_DESCRIPTIONS = {
    Verb.DRAFT: "began to write it",
    Verb.SUBMIT: "asked for it",
    Verb.ASK: "asks",
    Verb.ANSWER: "answered",
    Verb.APPROVE: "approved it",
    Verb.REQUEST_CHANGES: "asks for changes",
    Verb.RESUBMIT: "changed it and asks for approval again",
    Verb.CLAIM: "took it on",
    Verb.QUESTION: "asks",
    Verb.REPLY: "replied",
    Verb.HOLD: "put it on hold",
    Verb.RESUME: "goes on with it",
    Verb.DELIVER: "delivered it",
    Verb.REMIND: "asks whether it is what you need: accept the delivery, or reopen it",
    Verb.ACCEPT_DELIVERY: "accepted the delivery",
    Verb.AUTO_CLOSE: "closed it, as nobody objected to the delivery",
    Verb.REOPEN: "reopened it",
    Verb.DECLINE: "declined it",
    Verb.WITHDRAW: "withdrew it",
    Verb.SCORE: "scored it",
    Verb.WATCH: "changed who watches it",
    Verb.UNWATCH: "changed who watches it",
    Verb.COMMENT: "comments",
}


def build_timeline_notice(entry: LogEntry, desk: Desk, *, calls: str | None = None, withheld: bool = False) -> Message:
    """What has just happened, for the thread under a card.

    `calls` is somebody who now has to do something, and so is notified. `withheld` leaves out what people wrote.
    """
    begin = f"{mention_user(calls)} " if calls else ""
    text = f"{begin}*PMO-{entry.number}*: {describe_entry(entry, desk, withheld=withheld)}"
    return build_message(text if withheld or not entry.comment else f"{text}\n{format_quote(entry.comment, 2000)}")


def describe_entry(entry: LogEntry, desk: Desk, *, withheld: bool = False) -> str:
    """Who did what, as a sentence without its full stop; mrkdwn."""
    who = "PMO Assistant" if entry.actor == SYSTEM.id else f"*{format_name(desk.people, entry.actor)}*"
    return f"{who} {_describe_action(entry, desk, withheld)}"


def _describe_action(entry: LogEntry, desk: Desk, withheld: bool) -> str:
    data = entry.data
    match entry.verb:
        case Verb.ACCEPT:
            waits = entry.after is RequestState.PENDING_APPROVAL
            return "accepted it; now it needs approval" if waits else "accepted it into the queue"
        case Verb.ASSIGN | Verb.REASSIGN:
            assignee = str(data["assignee"])
            return "took it over" if assignee == entry.actor else f"gave it to {format_name(desk.people, assignee)}"
        case Verb.MARK_DUPLICATE:
            return f"closed it as a duplicate of PMO-{data['duplicate_of']}"
        case Verb.CHANGE_PRIORITY:
            return f"changed its priority to {label_priority(Priority(str(data['priority'])))}"
        case Verb.CHANGE_SERVICE if not withheld:
            service = desk.catalogue.find_service(str(data["service"]))
            return f"moved it to the service “{escape(service.name if service else str(data['service']))}”"
        case Verb.CHANGE_SERVICE:
            return "moved it to another service"
        case Verb.OVERRIDE:
            return f"moved it from “{(entry.before or RequestState.DRAFT).label}” to “{entry.after.label}”"
        case _:
            return _DESCRIPTIONS[entry.verb]
