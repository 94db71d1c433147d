"""What somebody leaves open when their account is deactivated, and the form that hands over their requests."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from foundation.people import Person
from handlers.slack.blocks.builders import (
    Block,
    Message,
    actions,
    build_message,
    build_modal,
    button,
    escape,
    input_block,
    mention_user,
    plain_text,
    section,
    shorten,
)
from servicedesk.records import Request

HAND_OVER_ACTION = "departure.hand_over"
HAND_OVER_FORM = "departure.hand_over"
MOST_NAMED = 10


@dataclass(frozen=True, slots=True)
class Departure:
    """Somebody who left, and what is open: their requests, what they work on or are to approve, what they own.

    `forwards` counts their questions that wait for the PMO; `organisation_file` is that file's name.
    """

    person: str
    name: str
    is_listed: bool
    organisation_file: str
    made: Sequence[Request]
    assigned: Sequence[Request]
    approvals: Sequence[Request]
    objectives: Sequence[str]
    metrics: Sequence[str]
    projects: Sequence[str]
    forwards: int
    day: date

    @property
    def owns_strategy(self) -> bool:
        return bool(self.objectives or self.metrics or self.projects)

    @property
    def has_matters(self) -> bool:
        return bool(self.made or self.assigned or self.approvals or self.owns_strategy or self.forwards)


def build_departure_notice(departure: Departure) -> Message:
    """For the PMO: what is open, what to do, and a button where that works from Slack."""
    lines = [f"{mention_user(departure.person)} ({escape(departure.name)}) has a deactivated Slack account.", ""]
    lines += [f"• {line}" for line in _list_matters(departure)] or ["• Nothing of theirs is open."]
    remedies = list(_list_remedies(departure))
    text = "\n".join([*lines, "", *remedies])
    blocks = [section(text)]
    if departure.made or departure.assigned:
        blocks.append(actions([button("Hand over requests…", HAND_OVER_ACTION, departure.person)]))
    return build_message(text, blocks)


def build_hand_over_form(departure: Departure, staff: Iterable[Person]) -> Block:
    blocks = [section(f"*{escape(departure.name)}*")]
    if departure.assigned:
        options = [{"text": plain_text(one.name, 75), "value": one.id} for one in staff if one.id != departure.person]
        chooser = {"type": "static_select", "action_id": "departure.assignee", "options": options[:100]}
        what = plain_text(f"{_count_requests(departure.assigned)} reassigned.")
        blocks.append(input_block("assignee", "Who continues their work?", chooser, optional=True, hint=what))
    if departure.made:
        user_chooser = {"type": "users_select", "action_id": "departure.requester"}
        what = plain_text(
            f"{_count_requests(departure.made)} given another requester, who can see and answer everything."
        )
        blocks.append(
            input_block("requester", "Who takes over their requests?", user_chooser, optional=True, hint=what)
        )
    more = {"submit": "Hand over", "callback_id": HAND_OVER_FORM, "private_metadata": departure.person}
    return build_modal("Hand over requests", blocks, **more)


def build_hand_over_summary(departure: Departure, done: Sequence[str]) -> Message:
    """For whoever handed over: what went to whom, and what didn't and why."""
    lines = [f"Handed over from {escape(departure.name)}:", *(f"• {escape(line)}" for line in done)]
    return build_message("\n".join(lines if done else [f"{escape(departure.name)} has no open requests any more."]))


def _count_requests(requests: Sequence[Request]) -> str:
    return "1 request is" if len(requests) == 1 else f"{len(requests)} requests are"


def _list_matters(departure: Departure) -> Iterable[str]:
    if departure.assigned:
        yield f"Requests they work on: {_name_requests(departure.assigned)}"
    if departure.made:
        yield f"Requests they made: {_name_requests(departure.made)}"
    if departure.approvals:
        yield f"Approvals that wait for them: {_name_requests(departure.approvals)}"
    for label, names in (
        ("Objectives", departure.objectives),
        ("Metrics", departure.metrics),
        ("Projects", departure.projects),
    ):
        if names:
            yield f"{label}: {_join_names(names)}"
    if departure.forwards:
        yield f"Questions they passed on to the PMO, still without an answer: {departure.forwards}"


def _list_remedies(departure: Departure) -> Iterable[str]:
    gone, file = departure.person, escape(departure.organisation_file)
    if departure.approvals:
        yield f"To let somebody else approve, give them the role in {file} and run `pmo reload`."
    if departure.owns_strategy:
        yield (
            f"To name new owners, replace `owner: {gone}`, `reviewer: {gone}` and `sponsor: {gone}` in the strategy "
            "file, and run `pmo strategy import FILE`. Until then, a delegate can be asked for the updates: add "
            f"`{{person: {gone}, from: {departure.day}, to: …, delegate: …}}` under `absences` in {file}."
        )
    if departure.is_listed:
        yield f"When all is handed over, remove `id: {gone}` from `people` in {file}, and run `pmo reload`."


def _name_requests(requests: Sequence[Request]) -> str:
    """References alone: not everybody in the channel may know what a confidential request is about."""
    return _join_names(
        [one.reference if one.is_confidential else f"{one.reference} {shorten(one.title, 60)}" for one in requests]
    )


def _join_names(names: Sequence[str]) -> str:
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return ", ".join(escape(name) for name in names[:MOST_NAMED]) + more
