"""A request as people see it: the card in triage, the card of the requester, a line in a list."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from handlers.blocks.text import (
    Block,
    Message,
    actions,
    button,
    context,
    cut,
    divider,
    escape,
    header,
    mention,
    message,
    section,
)
from servicedesk.calendar import Calendar
from servicedesk.desk import Desk
from servicedesk.records import ENDED, ClockName, LogEntry, Request, State, Verb
from servicedesk.transitions import Who, verbs_of

LABELS = {
    Verb.ACCEPT: "Accept",
    Verb.ASK: "Ask",
    Verb.ANSWER: "Answer",
    Verb.APPROVE: "Approve",
    Verb.REQUEST_CHANGES: "Ask for changes",
    Verb.RESUBMIT: "Change and resubmit",
    Verb.CLAIM: "Claim",
    Verb.ASSIGN: "Assign",
    Verb.REASSIGN: "Reassign",
    Verb.QUESTION: "Ask the requester",
    Verb.REPLY: "Reply",
    Verb.HOLD: "Put on hold",
    Verb.RESUME: "Resume",
    Verb.DELIVER: "Deliver",
    Verb.ACCEPT_DELIVERY: "Accept the delivery",
    Verb.REOPEN: "Reopen",
    Verb.DECLINE: "Decline",
    Verb.MARK_DUPLICATE: "Mark as duplicate",
    Verb.WITHDRAW: "Withdraw",
    Verb.CHANGE_PRIORITY: "Change priority",
    Verb.SCORE: "Score",
    Verb.COMMENT: "Comment",
}
_FIRST = {Verb.ACCEPT, Verb.APPROVE, Verb.CLAIM, Verb.DELIVER, Verb.ANSWER, Verb.REPLY, Verb.ACCEPT_DELIVERY}
_FINAL = {Verb.DECLINE, Verb.WITHDRAW}

PMO_SIDE = frozenset({Who.TRIAGER, Who.ASSIGNEE, Who.APPROVER})
REQUESTER_SIDE = frozenset({Who.REQUESTER})

_SIGNS = {
    State.SUBMITTED: ":inbox_tray:",
    State.NEEDS_INFO: ":question:",
    State.PENDING_APPROVAL: ":raised_hand:",
    State.CHANGES_REQUESTED: ":question:",
    State.QUEUED: ":hourglass_flowing_sand:",
    State.IN_PROGRESS: ":hammer_and_wrench:",
    State.WAITING_REQUESTER: ":question:",
    State.ON_HOLD: ":double_vertical_bar:",
    State.DELIVERED: ":package:",
    State.CLOSED: ":white_check_mark:",
}


def card(request: Request, desk: Desk, side: frozenset[Who]) -> Message:
    """The card for one side; its buttons are what that side may do in this state."""
    service = desk.catalogue.service(request.service).name
    title = f"{request.reference} · {request.title}"
    blocks = [header(title), section(_state_line(request, desk.calendar)), _fields(request, service, desk)]
    if detail := request.values.get("detail"):
        blocks.append(section(escape(cut(str(detail), 2000))))
    if request.question:
        blocks.append(section(f"*Waiting for an answer to:*\n>{_quoted(request.question)}"))
    if request.deliverable:
        blocks.append(section(f"*Delivered:* {escape(request.deliverable)}"))
    buttons = [_button(request, verb) for verb in verbs_of(request, side) if verb in LABELS]
    if buttons:
        blocks.append(actions(buttons[:25]))
    text = f"{escape(title)} — {escape(service)}, asked by {mention(request.requester)}: {request.state.words}"
    return message(text, blocks)


def step(request: Request, entry: LogEntry) -> Message:
    """What has just happened, for the thread under a card."""
    who = "PMO Assistant" if entry.actor == "system" else mention(entry.actor)
    words = f"{who} {_DONE.get(entry.verb, 'changed it')}"
    if entry.verb in (Verb.ASSIGN, Verb.REASSIGN) and request.assignee:
        words += f" to {mention(request.assignee)}"
    if entry.verb is Verb.DELIVER and request.deliverable:
        words += f": {escape(request.deliverable)}"
    text = f"{escape(request.reference)}: {words}."
    return message(text + (f"\n>{_quoted(entry.comment)}" if entry.comment else ""))


def listing(title: str, requests: Sequence[Request], desk: Desk, empty: str) -> list[Block]:
    """A list of requests, at most twenty and the number of the others."""
    if not requests:
        return [section(f"*{title}*\n{empty}")]
    lines = [line(request, desk) for request in requests[:20]]
    more = [context(f"… and {len(requests) - 20} more")] if len(requests) > 20 else []
    return [section(f"*{title}*"), *(section(text) for text in lines), *more]


def line(request: Request, desk: Desk) -> str:
    """One request in one line."""
    service = desk.catalogue.service(request.service).name
    state = _state_line(request, desk.calendar)
    return f"*{request.reference}* {escape(cut(request.title, 100))} — {escape(service)}\n{state}"


def details(request: Request, log: Sequence[LogEntry], desk: Desk) -> list[Block]:
    """Everything about a request, with its history, newest last."""
    body = card(request, desk, frozenset())["blocks"]
    history = [f"{_when(entry.at)} · {step(request, entry)['text'].partition(': ')[2]}" for entry in log[-15:]]
    return [*body, divider(), section("*History*\n" + cut("\n".join(history), 2900))]


def satisfaction(request: Request) -> Message:
    """The one question after a request is closed."""
    words = f"{request.reference} is closed. How satisfied are you with what you got?"
    stars = [button("★" * score, f"request.rate.{score}", f"{request.number}:{score}") for score in range(1, 6)]
    return message(words, [section(words), actions(stars), context("One star: not at all. Five stars: very.")])


def reminder(request: Request, words: str) -> Message:
    return message(f"{request.reference} · {escape(request.title)}: {words}")


def _state_line(request: Request, calendar: Calendar) -> str:
    line_ = f"{_SIGNS.get(request.state, ':information_source:')} {request.state.words.capitalize()}"
    if request.assignee and request.state not in ENDED:
        line_ += f", with {mention(request.assignee)}"
    if due := next_due(request, calendar):
        line_ += f" · due {_when(due)}"
    if request.reason and request.state in ENDED:
        line_ += f"\n>{_quoted(request.reason)}"
    if request.duplicate_of:
        line_ += f" · duplicate of PMO-{request.duplicate_of}"
    return line_


def next_due(request: Request, calendar: Calendar) -> datetime | None:
    """When the running clock's target ends."""
    clocks = (request.clock(name) for name in ClockName)
    return next((clock.due(calendar) for clock in clocks if clock and clock.running), None)


def _fields(request: Request, service: str, desk: Desk) -> Block:
    values = request.values
    pairs: list[tuple[str, str]] = [("Service", escape(service)), ("Asked by", mention(request.requester))]
    for field in desk.catalogue.form(request.service):
        value = values.get(field.key)
        if value in (None, "", ()) or field.key in ("title", "detail", "watchers"):
            continue
        pairs.append((field.label, _shown(value, field.options, is_person=field.kind in ("person", "people"))))
    fields = [{"type": "mrkdwn", "text": f"*{escape(label)}*\n{cut(value, 500)}"} for label, value in pairs[:10]]
    return {"type": "section", "fields": fields}


def _shown(value: object, options: dict[str, str], *, is_person: bool) -> str:
    if isinstance(value, bool):
        return "Yes" if value else "No"
    many: Iterable[object] = value if isinstance(value, tuple | list) else (value,)
    return ", ".join(mention(str(one)) if is_person else escape(options.get(str(one), str(one))) for one in many)


def _button(request: Request, verb: Verb) -> Block:
    style = "primary" if verb in _FIRST else "danger" if verb in _FINAL else None
    return button(LABELS[verb], f"request.{verb}", str(request.number), style=style)


def _when(moment: datetime) -> str:
    """A moment in the reader's own zone; the fallback is UTC."""
    fallback = moment.strftime("%d %B %Y, %H:%M UTC")
    return f"<!date^{int(moment.timestamp())}^{{date_short_pretty}} {{time}}|{fallback}>"


def _quoted(text: str) -> str:
    return escape(cut(text, 1500)).replace("\n", "\n>")


_DONE = {
    Verb.DRAFT: "began it",
    Verb.SUBMIT: "submitted it",
    Verb.ASK: "asks",
    Verb.ANSWER: "answered",
    Verb.ACCEPT: "accepted it",
    Verb.APPROVE: "approved it",
    Verb.REQUEST_CHANGES: "asks for changes",
    Verb.RESUBMIT: "submitted it again",
    Verb.CLAIM: "took it",
    Verb.ASSIGN: "gave it",
    Verb.REASSIGN: "gave it",
    Verb.QUESTION: "asks",
    Verb.REPLY: "replied",
    Verb.HOLD: "put it on hold",
    Verb.RESUME: "went on with it",
    Verb.DELIVER: "delivered it",
    Verb.REMIND: "reminds you of the delivery",
    Verb.ACCEPT_DELIVERY: "accepted the delivery",
    Verb.AUTO_CLOSE: "closed it, as nobody objected",
    Verb.REOPEN: "reopened it",
    Verb.DECLINE: "declined it",
    Verb.MARK_DUPLICATE: "closed it as a duplicate",
    Verb.WITHDRAW: "withdrew it",
    Verb.CHANGE_PRIORITY: "changed its priority",
    Verb.CHANGE_SERVICE: "moved it to another service",
    Verb.SCORE: "scored it",
    Verb.WATCH: "changed who watches it",
    Verb.UNWATCH: "changed who watches it",
    Verb.COMMENT: "commented",
    Verb.OVERRIDE: "moved it",
}
