"""A request as a card: in triage, and in the direct messages of everybody whom it concerns."""

from collections.abc import Collection
from itertools import islice

from foundation.people import People, Person
from handlers.requests.blocks.buttons import card_buttons, open_button
from handlers.requests.blocks.labels import RequestView, answers, asked_by, named, priority_words, state_line
from handlers.slack.blocks.builders import (
    Block,
    Message,
    actions,
    build_message,
    context,
    escape,
    header,
    mrkdwn,
    section,
    shorten,
)
from handlers.slack.blocks.rich_text import quote_text, rich_line, rich_text, text_run
from servicedesk.catalogue import Priority
from servicedesk.effects import approvers
from servicedesk.fields import FieldKind
from servicedesk.records import APPROVAL, ENDED, WORK, Request, State, Verb
from servicedesk.transitions import Relation, verbs_of

TRIAGE_SIDE = frozenset({Relation.TRIAGER, Relation.ASSIGNEE, Relation.VIEWER})
MOST_FIELDS = 8
LONGEST_DETAIL = 600
LONGEST_QUOTATION = 1500

_HATS = {
    Relation.REQUESTER: "Your request",
    Relation.APPROVER: "You are asked to approve it",
    Relation.ASSIGNEE: "Assigned to you",
    Relation.VIEWER: "You watch it",
}
# Told on a card in another way, or only in the window of the request.
_ELSEWHERE = {"title", "detail", "need_by_reason", "confidential"}
_SHORT = {
    FieldKind.TEXT,
    FieldKind.CHOICE,
    FieldKind.DATE,
    FieldKind.NUMBER,
    FieldKind.PERSON,
    FieldKind.PROJECT,
    FieldKind.YES_NO,
}


def relations_of(request: Request, person: Person, people: People) -> tuple[Relation, ...]:
    """What the person is to the request, the nearest first; nothing when it concerns them no more."""
    asked = request.state in APPROVAL and person in approvers(request, people)
    found = (
        (Relation.REQUESTER, person.id == request.requester),
        (Relation.APPROVER, asked),
        (Relation.ASSIGNEE, person.id == request.assignee),
        (Relation.VIEWER, person.id in request.watchers),
    )
    return tuple(who for who, holds in found if holds)


def triage_card(sheet: RequestView) -> Message:
    """The card in triage. Of a confidential request it tells nothing: who reads that channel is not known here."""
    verbs = [verb for verb in verbs_of(sheet.request, TRIAGE_SIDE) if verb is not Verb.UNWATCH]
    if sheet.request.confidential:
        return _withheld_card(sheet, verbs)
    return _card(sheet, f"Asked by {asked_by(sheet)}", None, verbs)


def personal_card(sheet: RequestView, person: Person) -> Message:
    """The card in somebody's direct messages."""
    found = relations_of(sheet.request, person, sheet.desk.people)
    if not found:
        return _former_card(sheet)
    watches = person.id in sheet.request.watchers
    verbs = verbs_of(sheet.request, {*found, Relation.VIEWER})
    role = _HATS[found[0]] + ("" if Relation.REQUESTER in found else f" · asked by {asked_by(sheet)}")
    return _card(sheet, role, found[0], [verb for verb in verbs if watches or verb is not Verb.UNWATCH])


def taken_back(request: Request) -> Message:
    """In place of the card of somebody who may not see the request any more."""
    words_ = f"{request.reference} does not concern you any more."
    return build_message(words_, [context(words_)])


def _card(sheet: RequestView, role: str, reader: Relation | None, verbs: Collection[Verb]) -> Message:
    request = sheet.request
    stands = state_line(sheet, reader)
    blocks = [header(sheet.title), context(f"{role} · {escape(sheet.service)}{marks(sheet)}")]
    blocks += [section(stands), *matter(sheet)]
    if reader is not Relation.REQUESTER and request.state not in ENDED:
        blocks += _contents(sheet)
    blocks += card_buttons(request, verbs)
    return build_message(
        f"{escape(sheet.title)} ({escape(sheet.service)}, asked by {asked_by(sheet)}): {stands}", blocks
    )


def _withheld_card(sheet: RequestView, verbs: Collection[Verb]) -> Message:
    request = sheet.request
    title, stands = f"{request.reference} · Confidential request", state_line(sheet)
    who = "Only the PMO and the people whom it concerns can read it."
    blocks = [header(title), section(stands), context(who), *card_buttons(request, verbs)]
    return build_message(f"{title}: {stands}", blocks)


def _former_card(sheet: RequestView) -> Message:
    """For somebody who had to do with it once: where it stands, and no steps."""
    stands = state_line(sheet)
    blocks = [header(sheet.title), section(stands), actions([open_button(sheet.request)])]
    return build_message(f"{escape(sheet.title)}: {stands}", blocks)


def marks(sheet: RequestView) -> str:
    request = sheet.request
    lock = " · :lock: confidential" if request.confidential else ""
    return lock if request.priority is Priority.NORMAL else f"{lock} · priority: {priority_words(request.priority)}"


def matter(sheet: RequestView) -> list[Block]:
    """What everybody has to know at once: the question that is open, the delivery, a reason."""
    request, people = sheet.request, sheet.desk.people
    asked = {"Asked": request.question, "On hold, because": request.hold_reason}
    found = [_quotation(label, text) for label, text in asked.items() if text]
    is_delivered = bool(request.deliverable) and request.state in (State.DELIVERED, State.CLOSED)
    is_reopened = bool(request.deliverable) and request.state in WORK
    if is_delivered:
        by = f" by {named(people, request.assignee)}" if request.assignee else ""
        found.append(section(f"Delivered{by}: *{escape(sheet.deliverable)}*"))
    elif is_reopened:
        found.append(section("Reopened. Delivered before:"))
    if is_delivered or is_reopened:
        found.append(rich_text(rich_line({"type": "link", "url": request.deliverable})))
    if request.reason and (request.state in ENDED or is_reopened):
        found.append(_quotation("Why it was reopened" if is_reopened else "Why", request.reason))
    return found


def _quotation(label: str, text: str) -> Block:
    return rich_text(rich_line(text_run(f"{label}:", "bold")), quote_text(shorten(text, LONGEST_QUOTATION)))


def _contents(sheet: RequestView) -> list[Block]:
    """What is asked for, as far as it fits a card; the window tells all of it."""
    short = ((one, told) for one, told in answers(sheet) if one.kind in _SHORT and one.key not in _ELSEWHERE)
    fields = [mrkdwn(f"*{escape(one.label)}*\n{told}", 300) for one, told in islice(short, MOST_FIELDS)]
    detail = str(sheet.request.values.get("detail") or "")
    blocks = [rich_text(rich_line(text_run(shorten(detail, LONGEST_DETAIL))))] if detail else []
    return [*blocks, {"type": "section", "fields": fields}] if fields else blocks
