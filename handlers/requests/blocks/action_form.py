"""The modals that ask for a verb's input: a question, a reason, a link, a person, a date."""

from collections.abc import Callable, Mapping
from datetime import timedelta

from foundation.errors import Conflict
from handlers.requests.blocks.buttons import VERB_LABELS
from handlers.requests.blocks.labels import label_priority
from handlers.requests.blocks.request_view import RequestView
from handlers.slack.blocks.builders import (
    Block,
    build_modal,
    context,
    escape,
    input_block,
    plain_text,
    section,
    shorten,
)
from handlers.slack.blocks.rich_text import quote_text, rich_text
from servicedesk.catalogue import Priority
from servicedesk.effects import SIZES
from servicedesk.forms import MAX_LONG_TEXT_LENGTH
from servicedesk.permissions import find_pmo_staff
from servicedesk.records import RequestState, RequestVerb
from servicedesk.transitions import OVERRIDE_STATES

ACTION_FORM = "request.act"
DEFAULT_HOLD = timedelta(days=7)
SCORE_FIELDS = ("impact", "urgency", "risk", "size")

# The fields of each verb's modal. Slack marks a field that the verb doesn't require as optional.
VERB_FIELDS: Mapping[RequestVerb, tuple[str, ...]] = {
    RequestVerb.ACCEPT: ("optional_comment",),
    RequestVerb.ASK: ("comment",),
    RequestVerb.ANSWER: ("comment",),
    RequestVerb.APPROVE: ("optional_comment",),
    RequestVerb.REQUEST_CHANGES: ("comment",),
    RequestVerb.CLAIM: ("optional_comment",),
    RequestVerb.ASSIGN: ("assignee", "optional_comment"),
    RequestVerb.REASSIGN: ("assignee", "optional_comment"),
    RequestVerb.QUESTION: ("comment",),
    RequestVerb.REPLY: ("comment",),
    RequestVerb.HOLD: ("reason", "review_on"),
    RequestVerb.RESUME: ("optional_comment",),
    RequestVerb.DELIVER: ("link", "checklist", "optional_comment"),
    RequestVerb.ACCEPT_DELIVERY: ("optional_comment",),
    RequestVerb.REOPEN: ("reason",),
    RequestVerb.DECLINE: ("reason",),
    RequestVerb.MARK_DUPLICATE: ("duplicate_of",),
    RequestVerb.WITHDRAW: ("optional_reason",),
    RequestVerb.CHANGE_PRIORITY: ("priority", "optional_comment"),
    RequestVerb.CHANGE_SERVICE: ("service", "reason"),
    RequestVerb.CHANGE_REQUESTER: ("requester", "optional_comment"),
    RequestVerb.SCORE: SCORE_FIELDS,
    RequestVerb.WATCH: ("people",),
    RequestVerb.UNWATCH: (),
    RequestVerb.COMMENT: ("comment",),
    RequestVerb.OVERRIDE: ("to", "assignee", "reason"),
}
_TITLES = {RequestVerb.QUESTION: "Ask the requester", RequestVerb.OVERRIDE: "Override status"}
_COMMENTS = {
    RequestVerb.ASK: "Your question",
    RequestVerb.QUESTION: "Your question",
    RequestVerb.ANSWER: "Your answer",
    RequestVerb.REPLY: "Your reply",
    RequestVerb.REQUEST_CHANGES: "What should change?",
    RequestVerb.COMMENT: "Your comment",
}
_REASONS = {
    RequestVerb.REOPEN: ("What is missing or wrong?", "The assignee sees it and resumes work."),
    RequestVerb.HOLD: ("Why is it on hold?", "The requester sees it. The clock is paused until work resumes."),
}
_NOTES = {
    RequestVerb.ASK: "The clock is paused until the requester answers.",
    RequestVerb.QUESTION: "The clock is paused until the requester replies.",
    RequestVerb.WITHDRAW: "The PMO stops working on it. You can create a new request at any time.",
    RequestVerb.UNWATCH: "You will no longer be notified about this request.",
    RequestVerb.COMMENT: "Everyone involved is notified. A comment doesn't pause the clock.",
    RequestVerb.SCORE: (
        "Only the PMO sees the score. The queue is ranked by (impact + time criticality + risk reduction) ÷ size."
    ),
    RequestVerb.REASSIGN: "The clock keeps running.",
    RequestVerb.OVERRIDE: "Use this only if nothing else fits. The history shows your name and reason.",
}


def build_action_modal(view: RequestView, verb: RequestVerb, *, with_people: bool = False) -> Block:
    """The modal of a verb, with number, verb and version as metadata. `with_people` lets the reader add other watchers.

    Raises:
        Conflict: there is nothing to choose from.
    """
    fields = () if verb is RequestVerb.WATCH and not with_people else VERB_FIELDS[verb]
    blocks = [section(f"*{view.request.reference}* · {escape(view.request.title)}"), *_build_question(view, verb)]
    blocks += [block for key in fields if (block := FIELD_BUILDERS[key](view, verb))]
    if note := _NOTES.get(verb):
        blocks.append(context(note))
    return build_modal(
        shorten(_TITLES.get(verb, VERB_LABELS[verb]), 24),
        blocks,
        submit=shorten(VERB_LABELS[verb], 24),
        callback_id=ACTION_FORM,
        private_metadata=f"{view.request.number}:{verb}:{view.request.version}",
    )


def _build_question(view: RequestView, verb: RequestVerb) -> list[Block]:
    question = view.request.question if verb in (RequestVerb.ANSWER, RequestVerb.REPLY) else None
    return [rich_text(quote_text(question))] if question else []


def _build_comment(_: RequestView, verb: RequestVerb) -> Block:
    return _build_text_input("comment", _COMMENTS[verb])


def _build_optional_comment(_: RequestView, __: RequestVerb) -> Block:
    return _build_text_input("comment", "Comment", optional=True, hint="Everyone involved sees it.")


def _build_reason(_: RequestView, verb: RequestVerb) -> Block:
    label, hint = _REASONS.get(verb, ("Reason", "The requester sees it."))
    return _build_text_input("reason", label, hint=hint)


def _build_optional_reason(_: RequestView, __: RequestVerb) -> Block:
    return _build_text_input("reason", "Reason", optional=True, hint="It helps the PMO improve.")


def _build_assignee(view: RequestView, verb: RequestVerb) -> Block | None:
    everybody = find_pmo_staff(view.desk.people)
    staff = {one.id: one.name for one in everybody if one.id != view.request.assignee}
    if verb is RequestVerb.OVERRIDE:
        hint = "Required only if the new status is “in progress”."
        return _build_select("assignee", "Assignee", staff, optional=True, hint=hint) if staff else None
    if not staff:
        raise Conflict("There's nobody else on the PMO staff to assign it to.")
    return _build_select("assignee", "Assignee", staff)


def _build_review_date(view: RequestView, _: RequestVerb) -> Block:
    calendar = view.desk.calendar
    first = calendar.local_date(calendar.next_open(view.now + DEFAULT_HOLD))  # no weekend, no holiday
    element = {"type": "datepicker", "action_id": "act.review_on", "initial_date": first.isoformat()}
    return input_block("review_on", "Review date", element)


def _build_link(_: RequestView, __: RequestVerb) -> Block:
    element = {"type": "url_text_input", "action_id": "act.link", "placeholder": plain_text("https://")}
    return input_block("link", "Link to the deliverable", element)


def _build_checklist(view: RequestView, _: RequestVerb) -> Block | None:
    service = view.desk.catalogue.find_service(view.request.service)
    if service is None or not service.checklist:
        return None
    choices = [_build_option(key, label) for key, label in service.checklist.items()]
    element = {"type": "checkboxes", "action_id": "act.checklist", "options": choices}
    return input_block("checklist", "Checklist", element, hint=plain_text("All items must be done."))


def _build_duplicate_of(_: RequestView, __: RequestVerb) -> Block:
    element = {"type": "plain_text_input", "action_id": "act.duplicate_of", "placeholder": plain_text("PMO-12")}
    return input_block("duplicate_of", "Request to keep", element)


def _build_priority(view: RequestView, _: RequestVerb) -> Block:
    catalogue = view.desk.catalogue
    labels = {
        str(one): f"{label_priority(one)}: {catalogue.percents.get(one, 100)}% of the usual time" for one in Priority
    }
    return _build_select("priority", "Priority", labels, chosen=str(view.request.priority))


def _build_service(view: RequestView, _: RequestVerb) -> Block:
    others = {one.key: one.name for one in view.desk.catalogue.services if one.key != view.request.service}
    if not others:
        raise Conflict("There's no other service in the catalogue.")
    hint = "Answers to fields that both forms have are carried over."
    return _build_select("service", "New service", others, hint=hint)


def _build_requester(_: RequestView, __: RequestVerb) -> Block:
    element = {"type": "users_select", "action_id": "act.requester"}
    return input_block("requester", "New requester", element, hint=plain_text("They can see and answer everything."))


def _build_people(_: RequestView, __: RequestVerb) -> Block:
    element = {"type": "multi_users_select", "action_id": "act.people"}
    return input_block("people", "New watchers", element)


def _build_state(view: RequestView, _: RequestVerb) -> Block:
    states = [state for state in RequestState if state in OVERRIDE_STATES and state is not view.request.state]
    return _build_select("to", "New status", {str(state): state.label.capitalize() for state in states})


def _build_size(view: RequestView, _: RequestVerb) -> Block:
    scores = view.request.scores
    sizes = {str(size): str(size) for size in SIZES}
    return _build_select(
        "size", "Size of the work (1 = small, 8 = large)", sizes, chosen=str(scores.size) if scores else None
    )


def _make_score_builder(key: str, label: str) -> Callable[[RequestView, RequestVerb], Block]:
    """A score from 1 to 5."""

    def field(view: RequestView, _: RequestVerb) -> Block:
        scores = view.request.scores
        chosen = str(getattr(scores, key)) if scores else None
        return _build_select(key, f"{label} (1 = low, 5 = high)", {number: number for number in "12345"}, chosen=chosen)

    return field


FIELD_BUILDERS: Mapping[str, Callable[[RequestView, RequestVerb], Block | None]] = {
    "comment": _build_comment,
    "optional_comment": _build_optional_comment,
    "reason": _build_reason,
    "optional_reason": _build_optional_reason,
    "assignee": _build_assignee,
    "review_on": _build_review_date,
    "link": _build_link,
    "checklist": _build_checklist,
    "duplicate_of": _build_duplicate_of,
    "priority": _build_priority,
    "service": _build_service,
    "requester": _build_requester,
    "people": _build_people,
    "to": _build_state,
    "impact": _make_score_builder("impact", "Impact"),
    "urgency": _make_score_builder("urgency", "Time criticality"),
    "risk": _make_score_builder("risk", "Risk reduction"),
    "size": _build_size,
}


def _build_text_input(key: str, label: str, *, optional: bool = False, hint: str = "") -> Block:
    element = {
        "type": "plain_text_input",
        "multiline": True,
        "max_length": MAX_LONG_TEXT_LENGTH,
        "action_id": f"act.{key}",
    }
    return input_block(key, label, element, optional=optional, **({"hint": plain_text(hint, 150)} if hint else {}))


def _build_select(
    key: str,
    label: str,
    options: Mapping[str, str],
    *,
    chosen: str | None = None,
    optional: bool = False,
    hint: str = "",
) -> Block:
    element: Block = {
        "type": "static_select",
        "action_id": f"act.{key}",
        "options": [_build_option(value, text) for value, text in options.items()][:100],
    }
    if chosen in options:
        element["initial_option"] = _build_option(str(chosen), options[str(chosen)])
    return input_block(key, label, element, optional=optional, **({"hint": plain_text(hint, 150)} if hint else {}))


def _build_option(value: str, text: str) -> Block:
    return {"text": plain_text(text, 75), "value": value}
