"""What people can do with a request in its current state: the next steps as buttons, the rest in a menu."""

from collections.abc import Collection, Sequence

from handlers.slack.blocks.builders import Block, actions, button, plain_text
from servicedesk.records import Request, RequestState, RequestVerb

VERB_LABELS = {
    RequestVerb.ACCEPT: "Accept",
    RequestVerb.ASK: "Ask the requester",
    RequestVerb.ANSWER: "Answer",
    RequestVerb.APPROVE: "Approve",
    RequestVerb.REQUEST_CHANGES: "Ask for changes",
    RequestVerb.RESUBMIT: "Change and resubmit",
    RequestVerb.CLAIM: "Claim",
    RequestVerb.ASSIGN: "Assign",
    RequestVerb.REASSIGN: "Reassign",
    RequestVerb.QUESTION: "Ask the requester",
    RequestVerb.REPLY: "Reply",
    RequestVerb.HOLD: "Put on hold",
    RequestVerb.RESUME: "Resume",
    RequestVerb.DELIVER: "Deliver",
    RequestVerb.ACCEPT_DELIVERY: "Accept delivery",
    RequestVerb.REOPEN: "Reopen",
    RequestVerb.DECLINE: "Decline",
    RequestVerb.MARK_DUPLICATE: "Mark as duplicate",
    RequestVerb.WITHDRAW: "Withdraw",
    RequestVerb.CHANGE_PRIORITY: "Change priority",
    RequestVerb.CHANGE_SERVICE: "Change service",
    RequestVerb.CHANGE_REQUESTER: "Change requester",
    RequestVerb.SCORE: "Score",
    RequestVerb.WATCH: "Add watchers",
    RequestVerb.UNWATCH: "Stop watching",
    RequestVerb.COMMENT: "Comment",
    RequestVerb.OVERRIDE: "Override status",
}
IMMEDIATE_VERBS = (
    RequestVerb.ACCEPT,
    RequestVerb.APPROVE,
    RequestVerb.CLAIM,
    RequestVerb.RESUME,
    RequestVerb.ACCEPT_DELIVERY,
)
"""Verbs whose button on a card needs no form. In the modal of a request they have one, for an optional comment."""
VERBS_WITHOUT_BUTTON = frozenset({RequestVerb.DRAFT, RequestVerb.SUBMIT, RequestVerb.REMIND, RequestVerb.AUTO_CLOSE})
"""Verbs of the request form and of the system."""

OPEN_ACTION = "request.show"
MENU_ACTION = "request.menu"
OPEN_LABEL = "Open…"

# The next steps, the most likely one first.
_NEXT_STEPS: dict[RequestState, tuple[RequestVerb, ...]] = {
    RequestState.SUBMITTED: (RequestVerb.ACCEPT, RequestVerb.ASK, RequestVerb.DECLINE),
    RequestState.NEEDS_INFO: (RequestVerb.ANSWER,),
    RequestState.PENDING_APPROVAL: (RequestVerb.APPROVE, RequestVerb.REQUEST_CHANGES),
    RequestState.CHANGES_REQUESTED: (RequestVerb.RESUBMIT,),
    RequestState.QUEUED: (RequestVerb.CLAIM, RequestVerb.ASSIGN),
    RequestState.IN_PROGRESS: (RequestVerb.DELIVER, RequestVerb.QUESTION),
    RequestState.WAITING_REQUESTER: (RequestVerb.REPLY,),
    RequestState.ON_HOLD: (RequestVerb.RESUME,),
    RequestState.DELIVERED: (RequestVerb.ACCEPT_DELIVERY, RequestVerb.REOPEN),
    RequestState.CLOSED: (RequestVerb.REOPEN,),
}
# What else a card offers, in this order. The modal of the request offers everything.
_MENU_VERBS = (
    RequestVerb.COMMENT,
    RequestVerb.HOLD,
    RequestVerb.REASSIGN,
    RequestVerb.WITHDRAW,
    RequestVerb.DECLINE,
    RequestVerb.SCORE,
    RequestVerb.CHANGE_PRIORITY,
    RequestVerb.MARK_DUPLICATE,
    RequestVerb.UNWATCH,
)
_PRIMARY_VERBS = {
    RequestVerb.ACCEPT,
    RequestVerb.APPROVE,
    RequestVerb.CLAIM,
    RequestVerb.DELIVER,
    RequestVerb.ANSWER,
    RequestVerb.REPLY,
    RequestVerb.RESUBMIT,
    RequestVerb.RESUME,
    RequestVerb.ACCEPT_DELIVERY,
}
_DANGER_VERBS = {RequestVerb.DECLINE, RequestVerb.WITHDRAW}
MAX_BUTTONS = 3
MAX_MENU_ENTRIES = 5


def build_card_buttons(request: Request, verbs: Collection[RequestVerb]) -> list[Block]:
    """One row for a card: at most three buttons and a menu of five entries."""
    steps = [verb for verb in _NEXT_STEPS.get(request.state, ()) if verb in verbs]
    in_menu = [verb for verb in _MENU_VERBS if verb in verbs and verb not in steps]
    if len(steps) + len(in_menu) < MAX_BUTTONS:
        buttons = [build_verb_button(request, verb) for verb in (*steps, *in_menu)]
        return [actions([*buttons, build_open_button(request)])]
    buttons = [build_verb_button(request, verb) for verb in steps[:MAX_BUTTONS]]
    return [actions([*buttons, _build_menu(request, in_menu)])]


def build_modal_buttons(request: Request, verbs: Sequence[RequestVerb]) -> list[Block]:
    """Everything that the person may do, for the modal of a request: the next steps, then the rest."""
    offered = [verb for verb in verbs if verb in VERB_LABELS]
    steps = [verb for verb in _NEXT_STEPS.get(request.state, ()) if verb in offered]
    in_menu = [verb for verb in _MENU_VERBS if verb in offered and verb not in steps]
    others = [verb for verb in offered if verb not in (*steps, *in_menu)]
    main = [actions([build_verb_button(request, verb, prefix="request.do") for verb in steps])] if steps else []
    rest = [_remove_style(build_verb_button(request, verb, prefix="request.do")) for verb in (*in_menu, *others)]
    return [*main, *([actions(rest)] if rest else [])]


def build_verb_button(request: Request, verb: RequestVerb, *, prefix: str = "request") -> Block:
    style = "primary" if verb in _PRIMARY_VERBS else "danger" if verb in _DANGER_VERBS else None
    return button(VERB_LABELS[verb], f"{prefix}.{verb}", str(request.number), style=style)


def build_open_button(request: Request) -> Block:
    return button(OPEN_LABEL, OPEN_ACTION, str(request.number))


def _remove_style(element: Block) -> Block:
    return {name: value for name, value in element.items() if name != "style"}


def _build_menu(request: Request, in_menu: Sequence[RequestVerb]) -> Block:
    options = [(f"{request.number}:{verb}", VERB_LABELS[verb]) for verb in in_menu[: MAX_MENU_ENTRIES - 1]]
    options.append((f"{request.number}:open", OPEN_LABEL))
    return {
        "type": "overflow",
        "action_id": MENU_ACTION,
        "options": [{"text": plain_text(label, 75), "value": value} for value, label in options],
    }
