"""What people can do with a request in its current state: the next steps as buttons, the rest in a menu."""

from collections.abc import Collection, Sequence

from handlers.slack.blocks.builders import Block, actions, button, plain_text
from servicedesk.records import Request, RequestState, Verb

VERB_LABELS = {
    Verb.ACCEPT: "Accept",
    Verb.ASK: "Ask the requester",
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
    Verb.ACCEPT_DELIVERY: "Accept delivery",
    Verb.REOPEN: "Reopen",
    Verb.DECLINE: "Decline",
    Verb.MARK_DUPLICATE: "Mark as duplicate",
    Verb.WITHDRAW: "Withdraw",
    Verb.CHANGE_PRIORITY: "Change priority",
    Verb.CHANGE_SERVICE: "Change service",
    Verb.SCORE: "Score",
    Verb.WATCH: "Add watchers",
    Verb.UNWATCH: "Stop watching",
    Verb.COMMENT: "Comment",
    Verb.OVERRIDE: "Override state",
}
IMMEDIATE_VERBS = (Verb.ACCEPT, Verb.APPROVE, Verb.CLAIM, Verb.RESUME, Verb.ACCEPT_DELIVERY)
"""Verbs whose button on a card needs no form. In the modal of a request they have one, for an optional comment."""
VERBS_WITHOUT_BUTTON = frozenset({Verb.DRAFT, Verb.SUBMIT, Verb.REMIND, Verb.AUTO_CLOSE})
"""Verbs of the request form and of the system."""

OPEN_ACTION = "request.show"
MENU_ACTION = "request.menu"
OPEN_LABEL = "Open…"

# The next steps, the most likely one first.
_NEXT_STEPS: dict[RequestState, tuple[Verb, ...]] = {
    RequestState.SUBMITTED: (Verb.ACCEPT, Verb.ASK, Verb.DECLINE),
    RequestState.NEEDS_INFO: (Verb.ANSWER,),
    RequestState.PENDING_APPROVAL: (Verb.APPROVE, Verb.REQUEST_CHANGES),
    RequestState.CHANGES_REQUESTED: (Verb.RESUBMIT,),
    RequestState.QUEUED: (Verb.CLAIM, Verb.ASSIGN),
    RequestState.IN_PROGRESS: (Verb.DELIVER, Verb.QUESTION),
    RequestState.WAITING_REQUESTER: (Verb.REPLY,),
    RequestState.ON_HOLD: (Verb.RESUME,),
    RequestState.DELIVERED: (Verb.ACCEPT_DELIVERY, Verb.REOPEN),
    RequestState.CLOSED: (Verb.REOPEN,),
}
# What else a card offers, in this order. The modal of the request offers everything.
_MENU_VERBS = (
    Verb.COMMENT,
    Verb.HOLD,
    Verb.REASSIGN,
    Verb.WITHDRAW,
    Verb.DECLINE,
    Verb.SCORE,
    Verb.CHANGE_PRIORITY,
    Verb.MARK_DUPLICATE,
    Verb.UNWATCH,
)
_PRIMARY_VERBS = {
    Verb.ACCEPT,
    Verb.APPROVE,
    Verb.CLAIM,
    Verb.DELIVER,
    Verb.ANSWER,
    Verb.REPLY,
    Verb.RESUBMIT,
    Verb.RESUME,
    Verb.ACCEPT_DELIVERY,
}
_DANGER_VERBS = {Verb.DECLINE, Verb.WITHDRAW}
MAX_BUTTONS = 3
MAX_MENU_ENTRIES = 5


def build_card_buttons(request: Request, verbs: Collection[Verb]) -> list[Block]:
    """One row for a card: at most three buttons and a menu of five entries."""
    steps = [verb for verb in _NEXT_STEPS.get(request.state, ()) if verb in verbs]
    in_menu = [verb for verb in _MENU_VERBS if verb in verbs and verb not in steps]
    if len(steps) + len(in_menu) < MAX_BUTTONS:
        buttons = [build_verb_button(request, verb) for verb in (*steps, *in_menu)]
        return [actions([*buttons, build_open_button(request)])]
    buttons = [build_verb_button(request, verb) for verb in steps[:MAX_BUTTONS]]
    return [actions([*buttons, _build_menu(request, in_menu)])]


def build_modal_buttons(request: Request, verbs: Sequence[Verb]) -> list[Block]:
    """Everything that the person may do, for the modal of a request: the next steps, then the rest."""
    offered = [verb for verb in verbs if verb in VERB_LABELS]
    steps = [verb for verb in _NEXT_STEPS.get(request.state, ()) if verb in offered]
    in_menu = [verb for verb in _MENU_VERBS if verb in offered and verb not in steps]
    others = [verb for verb in offered if verb not in (*steps, *in_menu)]
    main = [actions([build_verb_button(request, verb, prefix="request.do") for verb in steps])] if steps else []
    rest = [_remove_style(build_verb_button(request, verb, prefix="request.do")) for verb in (*in_menu, *others)]
    return [*main, *([actions(rest)] if rest else [])]


def build_verb_button(request: Request, verb: Verb, *, prefix: str = "request") -> Block:
    style = "primary" if verb in _PRIMARY_VERBS else "danger" if verb in _DANGER_VERBS else None
    return button(VERB_LABELS[verb], f"{prefix}.{verb}", str(request.number), style=style)


def build_open_button(request: Request) -> Block:
    return button(OPEN_LABEL, OPEN_ACTION, str(request.number))


def _remove_style(element: Block) -> Block:
    return {name: value for name, value in element.items() if name != "style"}


def _build_menu(request: Request, in_menu: Sequence[Verb]) -> Block:
    options = [(f"{request.number}:{verb}", VERB_LABELS[verb]) for verb in in_menu[: MAX_MENU_ENTRIES - 1]]
    options.append((f"{request.number}:open", OPEN_LABEL))
    return {
        "type": "overflow",
        "action_id": MENU_ACTION,
        "options": [{"text": plain_text(label, 75), "value": value} for value, label in options],
    }
