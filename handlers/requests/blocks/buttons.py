"""What can be done with a request as it stands: the next steps as buttons, the rest in a menu."""

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
    Verb.ACCEPT_DELIVERY: "Accept the delivery",
    Verb.REOPEN: "Reopen",
    Verb.DECLINE: "Decline",
    Verb.MARK_DUPLICATE: "Mark as a duplicate",
    Verb.WITHDRAW: "Withdraw",
    Verb.CHANGE_PRIORITY: "Change the priority",
    Verb.CHANGE_SERVICE: "Change the service",
    Verb.SCORE: "Score",
    Verb.WATCH: "Add watchers",
    Verb.UNWATCH: "Stop watching",
    Verb.COMMENT: "Comment",
    Verb.OVERRIDE: "Override",
}
IMMEDIATE_VERBS = (Verb.ACCEPT, Verb.APPROVE, Verb.CLAIM, Verb.RESUME, Verb.ACCEPT_DELIVERY)
"""Buttons of a card that need no form. In the window of a request they have one too, with room for a word."""

OPEN_ACTION = "request.show"
MENU_ACTION = "request.menu"
OPEN_LABEL = "Open…"

# The next steps, first what is most likely wanted.
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
# What else a card offers, in this order; all of it stands in the window of the request.
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
    """One row for a card: at most three buttons and a menu of five."""
    steps = [verb for verb in _NEXT_STEPS.get(request.state, ()) if verb in verbs]
    beside = [verb for verb in _MENU_VERBS if verb in verbs and verb not in steps]
    if len(steps) + len(beside) < MAX_BUTTONS:
        made = [build_verb_button(request, verb) for verb in (*steps, *beside)]
        return [actions([*made, build_open_button(request)])]
    made = [build_verb_button(request, verb) for verb in steps[:MAX_BUTTONS]]
    return [actions([*made, _build_menu(request, beside)])]


def build_modal_buttons(request: Request, verbs: Sequence[Verb]) -> list[Block]:
    """Everything the person may do, for the window of a request: the next steps, and all the rest below."""
    offered = [verb for verb in verbs if verb in VERB_LABELS]
    steps = [verb for verb in _NEXT_STEPS.get(request.state, ()) if verb in offered]
    beside = [verb for verb in _MENU_VERBS if verb in offered and verb not in steps]
    others = [verb for verb in offered if verb not in (*steps, *beside)]
    main = [actions([build_verb_button(request, verb, prefix="request.do") for verb in steps])] if steps else []
    rest = [_remove_style(build_verb_button(request, verb, prefix="request.do")) for verb in (*beside, *others)]
    return [*main, *([actions(rest)] if rest else [])]


def build_verb_button(request: Request, verb: Verb, *, prefix: str = "request") -> Block:
    style = "primary" if verb in _PRIMARY_VERBS else "danger" if verb in _DANGER_VERBS else None
    return button(VERB_LABELS[verb], f"{prefix}.{verb}", str(request.number), style=style)


def build_open_button(request: Request) -> Block:
    return button(OPEN_LABEL, OPEN_ACTION, str(request.number))


def _remove_style(made: Block) -> Block:
    return {name: value for name, value in made.items() if name != "style"}


def _build_menu(request: Request, beside: Sequence[Verb]) -> Block:
    options = [(f"{request.number}:{verb}", VERB_LABELS[verb]) for verb in beside[: MAX_MENU_ENTRIES - 1]]
    options.append((f"{request.number}:open", OPEN_LABEL))
    return {
        "type": "overflow",
        "action_id": MENU_ACTION,
        "options": [{"text": plain_text(words, 75), "value": value} for value, words in options],
    }
