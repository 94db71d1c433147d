"""The windows in which somebody says what a verb needs: a question, a reason, a link, a person, a date."""

from collections.abc import Callable, Mapping
from datetime import timedelta

from foundation.errors import Conflict
from foundation.people import Role
from handlers.requests.blocks.buttons import LABELS
from handlers.requests.blocks.labels import RequestView, priority_words
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
from servicedesk.forms import LONG_TEXT_LENGTH
from servicedesk.records import State, Verb
from servicedesk.transitions import OVERRIDE_TO

ACT = "request.act"
USUAL_HOLD = timedelta(days=7)
SCORED = ("impact", "urgency", "risk", "size")

# What is asked for each verb. A field that the verb does not need is marked as optional.
FIELDS: Mapping[Verb, tuple[str, ...]] = {
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
    Verb.SCORE: SCORED,
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


def act_modal(sheet: RequestView, verb: Verb, others_too: bool = False) -> Block:
    """The window for a verb; it carries number and verb. With `others_too` other people may be made watchers.

    Raises:
        Conflict: there is nothing to choose from.
    """
    fields = () if verb is Verb.WATCH and not others_too else FIELDS[verb]
    blocks = [section(f"*{sheet.request.reference}* · {escape(sheet.request.title)}"), *_waited_for(sheet, verb)]
    blocks += [block for key in fields if (block := _FIELDS[key](sheet, verb))]
    if note := _NOTES.get(verb):
        blocks.append(context(note))
    return build_modal(
        shorten(_TITLES.get(verb, LABELS[verb]), 24),
        blocks,
        submit=shorten(LABELS[verb], 24),
        callback_id=ACT,
        private_metadata=f"{sheet.request.number}:{verb}",
    )


def _waited_for(sheet: RequestView, verb: Verb) -> list[Block]:
    question = sheet.request.question if verb in (Verb.ANSWER, Verb.REPLY) else None
    return [rich_text(quote_text(question))] if question else []


def _comment(_: RequestView, verb: Verb) -> Block:
    return _text("comment", _COMMENTS[verb])


def _word(_: RequestView, __: Verb) -> Block:
    return _text("comment", "A word with it", optional=True, hint="Everybody concerned sees it.")


def _reason(_: RequestView, verb: Verb) -> Block:
    label, hint = _REASONS.get(verb, ("Reason", "The requester sees it."))
    return _text("reason", label, hint=hint)


def _why(_: RequestView, __: Verb) -> Block:
    return _text("reason", "Why", optional=True, hint="It helps the PMO to learn.")


def _assignee(sheet: RequestView, verb: Verb) -> Block | None:
    everybody = sheet.desk.people.find_by_role(Role.PMO_STAFF, Role.PMO_LEAD)
    staff = {one.id: one.name for one in everybody if one.id != sheet.request.assignee}
    if verb is Verb.OVERRIDE:
        hint = "Needed only to move it into work."
        return _select("assignee", "Who takes it?", staff, optional=True, hint=hint) if staff else None
    if not staff:
        raise Conflict("Nobody else is on the PMO's staff, so it cannot be given to anybody.")
    return _select("assignee", "Who takes it?", staff)


def _review_on(sheet: RequestView, _: Verb) -> Block:
    calendar = sheet.desk.calendar
    first = calendar.local_date(calendar.next_open(sheet.now + USUAL_HOLD))  # no weekend, no holiday
    element = {"type": "datepicker", "action_id": "act.review_on", "initial_date": first.isoformat()}
    return input_block("review_on", "When is it looked at again?", element)


def _link(_: RequestView, __: Verb) -> Block:
    element = {"type": "url_text_input", "action_id": "act.link", "placeholder": plain_text("https://")}
    return input_block("link", "Link to what is delivered", element)


def _checklist(sheet: RequestView, _: Verb) -> Block | None:
    service = sheet.desk.catalogue.find(sheet.request.service)
    if service is None or not service.checklist:
        return None
    choices = [_option(key, words) for key, words in service.checklist.items()]
    element = {"type": "checkboxes", "action_id": "act.checklist", "options": choices}
    return input_block("checklist", "What is done", element, hint=plain_text("All of it has to be."))


def _duplicate_of(_: RequestView, __: Verb) -> Block:
    element = {"type": "plain_text_input", "action_id": "act.duplicate_of", "placeholder": plain_text("PMO-12")}
    return input_block("duplicate_of", "Which request stays?", element)


def _priority(sheet: RequestView, _: Verb) -> Block:
    catalogue = sheet.desk.catalogue
    words = {
        str(one): f"{priority_words(one)}: {catalogue.percents.get(one, 100)} % of the usual time" for one in Priority
    }
    return _select("priority", "Priority", words, chosen=str(sheet.request.priority))


def _service(sheet: RequestView, _: Verb) -> Block:
    others = {one.key: one.name for one in sheet.desk.catalogue.services if one.key != sheet.request.service}
    if not others:
        raise Conflict("There is no other service in the catalogue.")
    hint = "Answers that mean the same in the new form are kept."
    return _select("service", "Which service is it?", others, hint=hint)


def _people(_: RequestView, __: Verb) -> Block:
    element = {"type": "multi_users_select", "action_id": "act.people"}
    return input_block("people", "Who is to be told of every step?", element)


def _to(sheet: RequestView, _: Verb) -> Block:
    states = [state for state in State if state in OVERRIDE_TO and state is not sheet.request.state]
    return _select("to", "Move it to", {str(state): state.words.capitalize() for state in states})


def _size(sheet: RequestView, _: Verb) -> Block:
    scores = sheet.request.scores
    sizes = {str(size): str(size) for size in SIZES}
    return _select("size", "Size of the work (1 small, 8 large)", sizes, chosen=str(scores.size) if scores else None)


def _part(key: str, label: str) -> Callable[[RequestView, Verb], Block]:
    """A score from 1 to 5."""

    def field(sheet: RequestView, _: Verb) -> Block:
        scores = sheet.request.scores
        chosen = str(getattr(scores, key)) if scores else None
        return _select(key, f"{label} (1 low, 5 high)", {number: number for number in "12345"}, chosen=chosen)

    return field


_FIELDS: Mapping[str, Callable[[RequestView, Verb], Block | None]] = {
    "comment": _comment,
    "word": _word,
    "reason": _reason,
    "why": _why,
    "assignee": _assignee,
    "review_on": _review_on,
    "link": _link,
    "checklist": _checklist,
    "duplicate_of": _duplicate_of,
    "priority": _priority,
    "service": _service,
    "people": _people,
    "to": _to,
    "impact": _part("impact", "Impact"),
    "urgency": _part("urgency", "Time criticality"),
    "risk": _part("risk", "Risk reduction"),
    "size": _size,
}


def _text(key: str, label: str, *, optional: bool = False, hint: str = "") -> Block:
    element = {"type": "plain_text_input", "multiline": True, "max_length": LONG_TEXT_LENGTH, "action_id": f"act.{key}"}
    return input_block(key, label, element, optional=optional, **({"hint": plain_text(hint, 150)} if hint else {}))


def _select(
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
        "options": [_option(value, words) for value, words in options.items()][:100],
    }
    if chosen in options:
        element["initial_option"] = _option(str(chosen), options[str(chosen)])
    return input_block(key, label, element, optional=optional, **({"hint": plain_text(hint, 150)} if hint else {}))


def _option(value: str, words: str) -> Block:
    return {"text": plain_text(words, 75), "value": value}
