"""Lists of requests: one's own, one by its number, the PMO's queue and figures, and a section of the App Home."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta

from foundation.access import Access
from foundation.errors import NotAllowed, NotFound
from foundation.people import Person
from handlers.context import AppContext
from handlers.requests.blocks.details import build_request_message
from handlers.requests.blocks.figures import Period, build_figures_message
from handlers.requests.blocks.list import (
    MAX_LISTED,
    RequestList,
    build_home_blocks,
    build_list_message,
    build_queue_message,
)
from handlers.requests.figures import count_changed_requests, read_figures
from handlers.requests.views import read_names, view_request, view_requests
from handlers.slack.blocks.builders import Block, Message
from handlers.slack.calls import DeferredCall, HandlerCall
from handlers.slack.replies import send_reply
from handlers.slack.routes import Routes
from servicedesk.figures import is_overdue
from servicedesk.permissions import can_see, can_see_queue, find_relations
from servicedesk.priority import rank_requests
from servicedesk.records import (
    APPROVAL_STATES,
    ENDED_STATES,
    OPEN_STATES,
    TRIAGE_STATES,
    UNDELIVERED_STATES,
    WORK_STATES,
    Request,
    RequestState,
)
from servicedesk.requests import check_can_see
from servicedesk.satisfaction import summarise_ratings
from servicedesk.transitions import Relation
from storage.store import Transaction

MAX_AT_HOME = 5
MAX_ENDED = 5
MAX_OF_EACH = 8  # of four lists in one message
MAX_INVOLVING = 200
FIGURE_DAYS = 90

ListAnswer = Callable[[Transaction, AppContext, Person], Message]


def register(routes: Routes) -> None:
    routes.defer_command("/pmo-requests", answer_list_command, needs=Access.REQUESTS, heavy=asks_for_report)


def asks_for_report(call: HandlerCall) -> bool:
    """Whether the answer takes long: it counts what was done for months."""
    return call.command_text.casefold() == "figures"


def answer_list_command(call: DeferredCall) -> None:
    """/pmo-requests shows one's own; with a number, that one; for the PMO also triage, queue, open and figures."""
    person, typed = call.person, call.command_text.casefold()
    answer = choose_list(typed, person)
    if answer is _show_figures:
        count_changed_requests(call.ctx)
    message = call.read(lambda tx: answer(tx, call.ctx, person))
    with call.transaction() as tx:
        send_reply(tx, call.place, message)


def build_requests_home(tx: Transaction, ctx: AppContext, person: Person) -> list[Block]:
    """What is waiting for the person, their requests and, for the PMO, its queue."""
    involving = _find_involving(tx, ctx, person)
    waiting = [one for one in involving if _is_waiting_for(one, person, ctx)]
    mine = [one for one in involving if one.requester == person.id and one not in waiting]
    others = [one for one in involving if one.requester != person.id and one not in waiting]
    lists = [
        _make_list(tx, ctx, "Waiting for you", waiting),
        _make_list(tx, ctx, "Your requests", mine, nothing="" if involving else "You have no open requests."),
        _make_list(tx, ctx, "Also involving you", others),
    ]
    if can_see_queue(person):
        lists.append(_list_states(tx, ctx, "New requests to triage", {RequestState.SUBMITTED}, most=MAX_AT_HOME))
        lists.append(_make_list(tx, ctx, "In the queue", _rank_queue(tx, ctx)))
    return build_home_blocks(person, lists)


def choose_list(typed: str, person: Person) -> ListAnswer:
    """What the text of a command asks to see.

    Raises:
        NotAllowed: it is a list for the PMO.
        NotFound: there is no such list.
    """
    if found := re.fullmatch(r"(?:pmo-?)?\s*#?(\d{1,9})", typed.casefold()):
        return _make_request_answer(int(found[1]))
    if not typed:
        return _list_own
    if answer := _QUEUE_LISTS.get(typed):
        if not can_see_queue(person):
            raise NotAllowed("Only PMO staff can see this list. Type `/pmo-requests` to see your own requests.")
        return answer
    more = " As PMO staff you can also add triage, queue, open or figures." if can_see_queue(person) else ""
    raise NotFound(f"Type `/pmo-requests` to see your requests, or `/pmo-requests PMO-12` to see one of them.{more}")


def list_waiting(tx: Transaction, ctx: AppContext, person: Person) -> Message:
    """The requests on which the person has to act next."""
    waiting = [one for one in _find_involving(tx, ctx, person) if _is_waiting_for(one, person, ctx)]
    nothing = "No request is waiting for you: nothing to do, approve or accept."
    return build_list_message(
        person, [_make_list(tx, ctx, "Waiting for you", waiting, most=MAX_LISTED, nothing=nothing)]
    )


def list_overdue(tx: Transaction, ctx: AppContext, person: Person) -> Message:
    """The requests past their target: all for those who may see the queue, their own for others."""
    if can_see_queue(person):
        known, nothing = tx.requests.list_in_states(UNDELIVERED_STATES), "No request is overdue."
    else:
        nothing = "None of your requests is overdue."
        known = [one for one in _find_involving(tx, ctx, person) if one.requester == person.id]
    late = [one for one in known if is_overdue(one, tx.now, ctx.desk.calendar)]
    return build_list_message(person, [_make_list(tx, ctx, "Overdue", late, most=MAX_LISTED, nothing=nothing)])


def _make_request_answer(number: int) -> ListAnswer:
    def answer(tx: Transaction, ctx: AppContext, person: Person) -> Message:
        request = tx.requests.get(number)
        check_can_see(request, person)
        return build_request_message(view_request(tx, ctx, request), tx.requests.read_log(number), person)

    return answer


def _list_own(tx: Transaction, ctx: AppContext, person: Person) -> Message:
    involving = _find_involving(tx, ctx, person)
    mine = [one for one in involving if one.requester == person.id]
    others = [one for one in involving if one.requester != person.id]
    ended = tx.requests.list_by_requester(person.id, ENDED_STATES, MAX_ENDED)
    nothing = "You have no open requests. Type `/pmo-request` to request a service."
    lists = [
        _make_list(tx, ctx, "Your open requests", mine, most=MAX_LISTED, nothing=nothing),
        _make_list(tx, ctx, "Also involving you", others, most=MAX_LISTED),
        _make_list(tx, ctx, "Recently ended", ended, most=MAX_ENDED),
    ]
    return build_list_message(person, lists)


def _list_triage(tx: Transaction, ctx: AppContext, person: Person) -> Message:
    new, nothing = {RequestState.SUBMITTED}, "There are no requests to triage."
    others = (TRIAGE_STATES | APPROVAL_STATES) - new
    lists = [
        _list_states(tx, ctx, "New requests to triage", new, most=MAX_LISTED, nothing=nothing),
        _list_states(tx, ctx, "Waiting for someone else", others, most=MAX_LISTED),
    ]
    return build_list_message(person, lists)


def _list_queue(tx: Transaction, ctx: AppContext, _: Person) -> Message:
    names = read_names(tx)
    entries = rank_requests(tx.requests.list_in_states({RequestState.QUEUED}), ctx.desk.catalogue)
    return build_queue_message(entries, ctx.desk, tx.now, names)


def _list_open(tx: Transaction, ctx: AppContext, person: Person) -> Message:
    states = {
        "Waiting for triage or approval": TRIAGE_STATES | APPROVAL_STATES,
        "In the queue": {RequestState.QUEUED},
        "In progress": WORK_STATES,
        "Delivered, waiting for acceptance": {RequestState.DELIVERED},
    }
    lists = [
        _list_states(tx, ctx, title, listed_states, most=MAX_OF_EACH, nothing="None.")
        for title, listed_states in states.items()
    ]
    return build_list_message(person, lists)


def _show_figures(tx: Transaction, ctx: AppContext, _: Person) -> Message:
    now, length = tx.now, timedelta(days=FIGURE_DAYS)
    return build_figures_message(
        FIGURE_DAYS,
        _compute_period(tx, ctx, now - length, now),
        _compute_period(tx, ctx, now - 2 * length, now - length),
        ctx.desk.calendar,
        tx.request_facts.count_uncounted(),
    )


def _compute_period(tx: Transaction, ctx: AppContext, start: datetime, end: datetime) -> Period:
    return read_figures(tx, ctx, start, end), summarise_ratings(*tx.request_facts.count_ratings(start, end, tx.now))


def _rank_queue(tx: Transaction, ctx: AppContext) -> list[Request]:
    return [one.request for one in rank_requests(tx.requests.list_in_states({RequestState.QUEUED}), ctx.desk.catalogue)]


def _make_list(
    tx: Transaction,
    ctx: AppContext,
    title: str,
    requests: Sequence[Request],
    *,
    most: int = MAX_AT_HOME,
    nothing: str = "",
) -> RequestList:
    """A list of the first requests, and the number of the others."""
    return RequestList(title, view_requests(tx, ctx, requests[:most]), len(requests) - most, nothing)


def _list_states(
    tx: Transaction, ctx: AppContext, title: str, states: Collection[RequestState], *, most: int, nothing: str = ""
) -> RequestList:
    """A list of the oldest requests in these states, and the number of the others."""
    views = view_requests(tx, ctx, tx.requests.list_in_states(states, most))
    more = tx.requests.count_in_states(states) - most if len(views) == most else 0
    return RequestList(title, views, more, nothing)


def _find_involving(tx: Transaction, ctx: AppContext, person: Person) -> list[Request]:
    """Open requests that involve the person, newest first."""
    found = tx.requests.list_involving(person.id, OPEN_STATES, MAX_INVOLVING)
    return [one for one in found if can_see(one, person) and find_relations(one, person, ctx.people)]


def _is_waiting_for(request: Request, person: Person, ctx: AppContext) -> bool:
    """Whether the person has to act next."""
    relations = find_relations(request, person, ctx.people)
    return any((request.state, relation) in _WAITING_RELATIONS for relation in relations)


_WAITING_RELATIONS = {
    (RequestState.NEEDS_INFO, Relation.REQUESTER),
    (RequestState.CHANGES_REQUESTED, Relation.REQUESTER),
    (RequestState.WAITING_REQUESTER, Relation.REQUESTER),
    (RequestState.DELIVERED, Relation.REQUESTER),
    (RequestState.PENDING_APPROVAL, Relation.APPROVER),
    (RequestState.IN_PROGRESS, Relation.ASSIGNEE),
}
_QUEUE_LISTS: Mapping[str, ListAnswer] = {
    "triage": _list_triage,
    "queue": _list_queue,
    "open": _list_open,
    "figures": _show_figures,
}
