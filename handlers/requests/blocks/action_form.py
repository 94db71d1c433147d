"""The windows in which somebody says what a verb needs: a question, a reason, a link, a person, a date."""

from collections.abc import Callable, Mapping
from datetime import timedelta

from foundation.errors import Conflict
from foundation.people import Role
from handlers.requests.blocks.buttons import VERB_LABELS
from handlers.requests.blocks.labels import RequestView, label_priority
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
from servicedesk.records import RequestState, Verb
from servicedesk.transitions import OVERRIDE_STATES

ACTION_FORM = "request.act"
DEFAULT_HOLD = timedelta(days=7)
SCORE_FIELDS = ("impact", "urgency", "risk", "size")

# What is asked for each verb. A field that the verb does not need is marked as optional.
VERB_FIELDS: Mapping[Verb, tuple[str, ...]] = {
    Verb.ACCEPT: ("word",),
    Verb.ASK: ("comment",),
    Verb.ANSWER: ("comment",),
    Verb.APPROVE: ("word",),
    Verb.REQUEST_CHANGES: ("comment",),
    Verb.CLAIM: ("word",),
    Verb.ASSIGN: ("assignee", "word"),
    Verb.REASSIGN: ("assignee", "word"),
    Verb.QUESTION: ("comment",),
    Verb.REPLY: ("comment",),
    Verb.HOLD: ("reason", "review_on"),
    Verb.RESUME: ("word",),
    Verb.DELIVER: ("link", "checklist", "word"),
    Verb.ACCEPT_DELIVERY: ("word",),
    Verb.REOPEN: ("reason",),
    Verb.DECLINE: ("reason",),
    Verb.MARK_DUPLICATE: ("duplicate_of",),
    Verb.WITHDRAW: ("why",),
    Verb.CHANGE_PRIORITY: ("priority", "word"),
    Verb.CHANGE_SERVICE: ("service", "reason"),
    Verb.SCORE: SCORE_FIELDS,
    Verb.WATCH: ("people",),
    Verb.UNWATCH: (),
    Verb.COMMENT: ("comment",),
    Verb.OVERRIDE: ("to", "assignee", "reason"),
}
_TITLES = {Verb.QUESTION: "Ask the requester", Verb.OVERRIDE: "Override the state"}
_COMMENTS = {
    Verb.ASK: "What do you need to know?",
    Verb.QUESTION: "What do you need to know?",
    Verb.ANSWER: "Your answer",
    Verb.REPLY: "Your reply",
    Verb.REQUEST_CHANGES: "What should be changed?",
    Verb.COMMENT: "Your comment",
}
_REASONS = {
    Verb.REOPEN: ("What is missing or not right?", "The person it is assigned to sees it and goes on from there."),
    Verb.HOLD: ("Why does it wait?", "The requester sees it. The clock stands still meanwhile."),
}
_NOTES = {
    Verb.ASK: "The clock of the PMO stands still until the answer is here.",
    Verb.QUESTION: "The clock of the PMO stands still until the reply is here.",
    Verb.WITHDRAW: "Nobody goes on with it. You can make a new request at any time.",
    Verb.UNWATCH: "You are not told of its steps any more.",
    Verb.COMMENT: "Everybody concerned is told. A comment stops no clock; to ask for an answer, use the question.",
    Verb.SCORE: "Only the PMO sees it. It ranks the queue: (impact + time criticality + risk reduction) ÷ size.",
    Verb.REASSIGN: "The clock goes on as it was.",
    Verb.OVERRIDE: "For when nothing else fits. It stands in the history with your name and your reason.",
}


def build_action_modal(view: RequestView, verb: Verb, others_too: bool = False) -> Block:
    """The window for a verb; it carries number and verb. With `others_too` other people may be made watchers.

    Raises:
        Conflict: there is nothing to choose from.
    """
    fields = () if verb is Verb.WATCH and not others_too else VERB_FIELDS[verb]
    blocks = [section(f"*{view.request.reference}* · {escape(view.request.title)}"), *_build_question(view, verb)]
    blocks += [block for key in fields if (block := _FIELD_BUILDERS[key](view, verb))]
    if note := _NOTES.get(verb):
        blocks.append(context(note))
    return build_modal(
        shorten(_TITLES.get(verb, VERB_LABELS[verb]), 24),
        blocks,
        submit=shorten(VERB_LABELS[verb], 24),
        callback_id=ACTION_FORM,
        private_metadata=f"{view.request.number}:{verb}",
    )


def _build_question(view: RequestView, verb: Verb) -> list[Block]:
    question = view.request.question if verb in (Verb.ANSWER, Verb.REPLY) else None
    return [rich_text(quote_text(question))] if question else []


def _build_comment(_: RequestView, verb: Verb) -> Block:
    return _build_text_input("comment", _COMMENTS[verb])


def _build_optional_comment(_: RequestView, __: Verb) -> Block:
    return _build_text_input("comment", "A word with it", optional=True, hint="Everybody concerned sees it.")


def _build_reason(_: RequestView, verb: Verb) -> Block:
    label, hint = _REASONS.get(verb, ("Reason", "The requester sees it."))
    return _build_text_input("reason", label, hint=hint)


def _build_optional_reason(_: RequestView, __: Verb) -> Block:
    return _build_text_input("reason", "Why", optional=True, hint="It helps the PMO to learn.")


def _build_assignee(view: RequestView, verb: Verb) -> Block | None:
    everybody = view.desk.people.find_by_role(Role.PMO_STAFF, Role.PMO_LEAD)
    staff = {one.id: one.name for one in everybody if one.id != view.request.assignee}
    if verb is Verb.OVERRIDE:
        hint = "Needed only to move it into work."
        return _build_select("assignee", "Who takes it?", staff, optional=True, hint=hint) if staff else None
    if not staff:
        raise Conflict("Nobody else is on the PMO's staff, so it cannot be given to anybody.")
    return _build_select("assignee", "Who takes it?", staff)


def _build_review_date(view: RequestView, _: Verb) -> Block:
    calendar = view.desk.calendar
    first = calendar.local_date(calendar.next_open(view.now + DEFAULT_HOLD))  # no weekend, no holiday
    element = {"type": "datepicker", "action_id": "act.review_on", "initial_date": first.isoformat()}
    return input_block("review_on", "When is it looked at again?", element)


def _build_link(_: RequestView, __: Verb) -> Block:
    element = {"type": "url_text_input", "action_id": "act.link", "placeholder": plain_text("https://")}
    return input_block("link", "Link to what is delivered", element)


def _build_checklist(view: RequestView, _: Verb) -> Block | None:
    service = view.desk.catalogue.find_service(view.request.service)
    if service is None or not service.checklist:
        return None
    choices = [_build_option(key, words) for key, words in service.checklist.items()]
    element = {"type": "checkboxes", "action_id": "act.checklist", "options": choices}
    return input_block("checklist", "What is done", element, hint=plain_text("All of it has to be."))


def _build_duplicate_of(_: RequestView, __: Verb) -> Block:
    element = {"type": "plain_text_input", "action_id": "act.duplicate_of", "placeholder": plain_text("PMO-12")}
    return input_block("duplicate_of", "Which request stays?", element)


def _build_priority(view: RequestView, _: Verb) -> Block:
    catalogue = view.desk.catalogue
    words = {
        str(one): f"{label_priority(one)}: {catalogue.percents.get(one, 100)} % of the usual time" for one in Priority
    }
    return _build_select("priority", "Priority", words, chosen=str(view.request.priority))


def _build_service(view: RequestView, _: Verb) -> Block:
    others = {one.key: one.name for one in view.desk.catalogue.services if one.key != view.request.service}
    if not others:
        raise Conflict("There is no other service in the catalogue.")
    hint = "Answers that mean the same in the new form are kept."
    return _build_select("service", "Which service is it?", others, hint=hint)


def _build_people(_: RequestView, __: Verb) -> Block:
    element = {"type": "multi_users_select", "action_id": "act.people"}
    return input_block("people", "Who is to be told of every step?", element)


def _build_state(view: RequestView, _: Verb) -> Block:
    states = [state for state in RequestState if state in OVERRIDE_STATES and state is not view.request.state]
    return _build_select("to", "Move it to", {str(state): state.label.capitalize() for state in states})


def _build_size(view: RequestView, _: Verb) -> Block:
    scores = view.request.scores
    sizes = {str(size): str(size) for size in SIZES}
    return _build_select(
        "size", "Size of the work (1 small, 8 large)", sizes, chosen=str(scores.size) if scores else None
    )


def _make_score_builder(key: str, label: str) -> Callable[[RequestView, Verb], Block]:
    """A score from 1 to 5."""

    def field(view: RequestView, _: Verb) -> Block:
        scores = view.request.scores
        chosen = str(getattr(scores, key)) if scores else None
        return _build_select(key, f"{label} (1 low, 5 high)", {number: number for number in "12345"}, chosen=chosen)

    return field


_FIELD_BUILDERS: Mapping[str, Callable[[RequestView, Verb], Block | None]] = {
    "comment": _build_comment,
    "word": _build_optional_comment,
    "reason": _build_reason,
    "why": _build_optional_reason,
    "assignee": _build_assignee,
    "review_on": _build_review_date,
    "link": _build_link,
    "checklist": _build_checklist,
    "duplicate_of": _build_duplicate_of,
    "priority": _build_priority,
    "service": _build_service,
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
        "options": [_build_option(value, words) for value, words in options.items()][:100],
    }
    if chosen in options:
        element["initial_option"] = _build_option(str(chosen), options[str(chosen)])
    return input_block(key, label, element, optional=optional, **({"hint": plain_text(hint, 150)} if hint else {}))


def _build_option(value: str, words: str) -> Block:
    return {"text": plain_text(words, 75), "value": value}
