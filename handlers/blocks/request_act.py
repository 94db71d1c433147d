"""The modals in which somebody says what a verb needs: a question, a reason, a link, a person, a date."""

from collections.abc import Mapping

from foundation.people import People, Role
from handlers.blocks.request_card import LABELS
from handlers.blocks.text import Block, cut, escape, input_block, modal, plain, section
from servicedesk.catalogue import Catalogue, Priority
from servicedesk.records import Request, Verb

LONGEST = 2000

_COMMENT_LABELS = {
    Verb.ASK: "What do you need to know?",
    Verb.QUESTION: "What do you need to know?",
    Verb.ANSWER: "Your answer",
    Verb.REPLY: "Your reply",
    Verb.REQUEST_CHANGES: "What should be changed?",
    Verb.COMMENT: "Your comment",
}
WITH_MODAL: Mapping[Verb, tuple[str, ...]] = {
    Verb.ASK: ("comment",),
    Verb.ANSWER: ("comment",),
    Verb.REQUEST_CHANGES: ("comment",),
    Verb.ASSIGN: ("assignee",),
    Verb.REASSIGN: ("assignee",),
    Verb.QUESTION: ("comment",),
    Verb.REPLY: ("comment",),
    Verb.HOLD: ("reason", "review_on"),
    Verb.DELIVER: ("link", "checklist"),
    Verb.REOPEN: ("reason",),
    Verb.DECLINE: ("reason",),
    Verb.MARK_DUPLICATE: ("duplicate_of",),
    Verb.CHANGE_PRIORITY: ("priority",),
    Verb.SCORE: ("impact", "urgency", "risk", "size"),
    Verb.COMMENT: ("comment",),
}
AT_ONCE = (Verb.ACCEPT, Verb.APPROVE, Verb.CLAIM, Verb.RESUME, Verb.ACCEPT_DELIVERY, Verb.WITHDRAW)


def act_modal(request: Request, verb: Verb, catalogue: Catalogue, people: People) -> Block:
    """The modal for a verb; it carries number and verb."""
    top = section(f"*{request.reference}* {escape(request.title)}" + _waiting_for(request, verb))
    inputs = [_field(key, request, verb, catalogue, people) for key in WITH_MODAL[verb]]
    return modal(
        cut(LABELS[verb], 24),
        [top, *(block for block in inputs if block)],
        submit=cut(LABELS[verb], 24),
        callback_id="request.act",
        private_metadata=f"{request.number}:{verb}",
    )


def _field(key: str, request: Request, verb: Verb, catalogue: Catalogue, people: People) -> Block | None:
    match key:
        case "comment":
            return _text(key, _COMMENT_LABELS[verb])
        case "reason":
            return _text(key, "Reason", hint="The requester sees it.")
        case "assignee":
            staff = people.with_role(Role.PMO_STAFF, Role.PMO_LEAD)
            return _select(key, "Who takes it?", {person.id: person.name for person in staff})
        case "review_on":
            return input_block(key, "Look at it again on", {"type": "datepicker", "action_id": "act.review_on"})
        case "link":
            element = {"type": "url_text_input", "action_id": "act.link"}
            return input_block(key, "Link to what is delivered", element)
        case "checklist":
            return _checklist(catalogue.service(request.service).checklist)
        case "duplicate_of":
            number: Block = {"type": "number_input", "is_decimal_allowed": False, "min_value": "1"}
            return input_block(key, "Number of the request that stays", number | {"action_id": "act.duplicate_of"})
        case "priority":
            return _select(key, "Priority", {one.value: one.value.capitalize() for one in Priority})
        case "size":
            return _select(key, "Size of the work", {number: number for number in ("1", "2", "3", "5", "8")})
        case _:
            words = {"impact": "Impact", "urgency": "Time criticality", "risk": "Risk reduction"}[key]
            return _select(key, f"{words} (1 low, 5 high)", {number: number for number in "12345"})


def _text(key: str, label: str, **more: str) -> Block:
    element = {"type": "plain_text_input", "multiline": True, "max_length": LONGEST, "action_id": f"act.{key}"}
    return input_block(key, label, element, **({"hint": plain(more["hint"], 150)} if more else {}))


def _select(key: str, label: str, options: Mapping[str, str]) -> Block:
    choices = [{"text": plain(words, 75), "value": value} for value, words in options.items()]
    return input_block(key, label, {"type": "static_select", "action_id": f"act.{key}", "options": choices[:100]})


def _checklist(items: Mapping[str, str]) -> Block | None:
    if not items:
        return None
    choices = [{"text": plain(words, 75), "value": key} for key, words in items.items()]
    return input_block(
        "checklist", "Done", {"type": "checkboxes", "action_id": "act.checklist", "options": choices}, optional=True
    )


def _waiting_for(request: Request, verb: Verb) -> str:
    if verb in (Verb.ANSWER, Verb.REPLY) and request.question:
        return "\n>" + escape(cut(request.question, 1500)).replace("\n", "\n>")
    return ""
