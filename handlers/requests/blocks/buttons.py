"""What can be done with a request as it stands: the next steps as buttons, the rest in a menu."""

from collections.abc import Collection, Sequence

from handlers.slack.blocks.builders import Block, actions, button, plain_text
from servicedesk.records import Request, State, Verb

LABELS = {
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
AT_ONCE = (Verb.ACCEPT, Verb.APPROVE, Verb.CLAIM, Verb.RESUME, Verb.ACCEPT_DELIVERY)
"""Buttons of a card that need no form. In the window of a request they have one too, with room for a word."""

OPEN = "request.show"
MENU = "request.menu"
OPEN_WORDS = "Open…"

# The next steps, first what is most likely wanted.
_STEPS: dict[State, tuple[Verb, ...]] = {
    State.SUBMITTED: (Verb.ACCEPT, Verb.ASK, Verb.DECLINE),
    State.NEEDS_INFO: (Verb.ANSWER,),
    State.PENDING_APPROVAL: (Verb.APPROVE, Verb.REQUEST_CHANGES),
    State.CHANGES_REQUESTED: (Verb.RESUBMIT,),
    State.QUEUED: (Verb.CLAIM, Verb.ASSIGN),
    State.IN_PROGRESS: (Verb.DELIVER, Verb.QUESTION),
    State.WAITING_REQUESTER: (Verb.REPLY,),
    State.ON_HOLD: (Verb.RESUME,),
    State.DELIVERED: (Verb.ACCEPT_DELIVERY, Verb.REOPEN),
    State.CLOSED: (Verb.REOPEN,),
}
# What else a card offers, in this order; all of it stands in the window of the request.
_BESIDE = (
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
_FIRST = {
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
_FINAL = {Verb.DECLINE, Verb.WITHDRAW}
MOST_BUTTONS = 3
MOST_IN_MENU = 5


def card_buttons(request: Request, verbs: Collection[Verb]) -> list[Block]:
    """One row for a card: at most three buttons and a menu of five."""
    steps = [verb for verb in _STEPS.get(request.state, ()) if verb in verbs]
    beside = [verb for verb in _BESIDE if verb in verbs and verb not in steps]
    if len(steps) + len(beside) < MOST_BUTTONS:
        made = [act_button(request, verb) for verb in (*steps, *beside)]
        return [actions([*made, open_button(request)])]
    made = [act_button(request, verb) for verb in steps[:MOST_BUTTONS]]
    return [actions([*made, _menu(request, beside)])]


def window_buttons(request: Request, verbs: Sequence[Verb]) -> list[Block]:
    """Everything the person may do, for the window of a request: the next steps, and all the rest below."""
    offered = [verb for verb in verbs if verb in LABELS]
    steps = [verb for verb in _STEPS.get(request.state, ()) if verb in offered]
    beside = [verb for verb in _BESIDE if verb in offered and verb not in steps]
    others = [verb for verb in offered if verb not in (*steps, *beside)]
    main = [actions([act_button(request, verb, prefix="request.do") for verb in steps])] if steps else []
    rest = [_unstyled(act_button(request, verb, prefix="request.do")) for verb in (*beside, *others)]
    return [*main, *([actions(rest)] if rest else [])]


def act_button(request: Request, verb: Verb, *, prefix: str = "request") -> Block:
    style = "primary" if verb in _FIRST else "danger" if verb in _FINAL else None
    return button(LABELS[verb], f"{prefix}.{verb}", str(request.number), style=style)


def open_button(request: Request) -> Block:
    return button(OPEN_WORDS, OPEN, str(request.number))


def _unstyled(made: Block) -> Block:
    return {name: value for name, value in made.items() if name != "style"}


def _menu(request: Request, beside: Sequence[Verb]) -> Block:
    options = [(f"{request.number}:{verb}", LABELS[verb]) for verb in beside[: MOST_IN_MENU - 1]]
    options.append((f"{request.number}:open", OPEN_WORDS))
    return {
        "type": "overflow",
        "action_id": MENU,
        "options": [{"text": plain_text(words, 75), "value": value} for value, words in options],
    }
