"""Requests and the figures of the service desk."""

from datetime import timedelta

from foundation.errors import NotAllowed
from handlers.questions.blocks.records import Record, RecordAnswer, build_record_message, merge_messages
from handlers.questions.records.answers.phrases import count_nouns, note_date
from handlers.questions.records.names import NameKind
from handlers.questions.records.question import RecordQuestion
from handlers.questions.records.view import RecordView
from handlers.requests import lists
from handlers.slack.blocks.builders import Message, format_date
from reporting.lines import format_metric
from servicedesk.permissions import can_see_queue
from servicedesk.records import OPEN_STATES
from strategy.records import Subject, SubjectKind

MOST_REQUESTS = 2  # in one answer
RATED = timedelta(days=90)


def show_request(view: RecordView, question: RecordQuestion) -> Message | None:
    """The requests with the numbers in the question.

    Raises:
        NotFound: one doesn't exist, or the asker may not see it.
    """
    if not question.numbers:
        return None
    return merge_messages([_show_list(view, str(number)) for number in question.numbers[:MOST_REQUESTS]])


def list_own_requests(view: RecordView, question: RecordQuestion) -> Message | None:
    """The asker's requests; for “my health check” only if there is one for that service."""
    services = question.list_keys(NameKind.SERVICE)
    if services and not _has_request_for(view, services):
        return None
    return _show_list(view, "")


def list_open_requests(view: RecordView, question: RecordQuestion) -> Message | None:
    """Everybody's for those who may see the queue, their own for others."""
    if not can_see_queue(view.person):
        return _show_list(view, "")
    if "queue" in question.cues:
        return _show_list(view, "triage" if "triage" in question.text.casefold() else "queue")
    return _show_list(view, "open")


def list_waiting_requests(view: RecordView, _: RecordQuestion) -> Message | None:
    return lists.list_waiting(view.tx, view.ctx, view.person)


def list_overdue_requests(view: RecordView, _: RecordQuestion) -> Message | None:
    return lists.list_overdue(view.tx, view.ctx, view.person)


def show_desk_figures(view: RecordView, _: RecordQuestion) -> Message | None:
    """Raises NotAllowed: the figures are for the PMO."""
    return _show_list(view, "figures")


def show_satisfaction(view: RecordView, _: RecordQuestion) -> Message | None:
    """The metrics about satisfaction and, for the PMO, how its requests were rated.

    Raises:
        NotAllowed: there is no such metric, and the ratings are for the PMO.
    """
    metrics = [one for one in view.status.metrics if "satisf" in one.metric.name.casefold()]
    records: list[Record] = [
        (
            Subject(SubjectKind.OBJECTIVE, one.metric.objective) if one.metric.objective else None,
            format_metric(one, view.people) + (f" · measured on {format_date(one.latest.on)}" if one.latest else ""),
        )
        for one in metrics
    ]
    records += [(None, _describe_ratings(view))] if can_see_queue(view.person) else []
    if not records:
        raise NotAllowed("Only PMO staff can see how requests were rated.")
    return build_record_message(RecordAnswer("Satisfaction:", records, note_date(view)))


def _show_list(view: RecordView, typed: str) -> Message:
    """What `/pmo-requests` shows for these words."""
    return lists.choose_list(typed, view.person)(view.tx, view.ctx, view.person)


def _has_request_for(view: RecordView, services: tuple[str, ...]) -> bool:
    own = view.tx.requests.list_involving(view.person.id, OPEN_STATES, lists.MAX_INVOLVING)
    return any(request.service in services for request in own)


def _describe_ratings(view: RecordView) -> str:
    scores = [rating.score for rating in view.tx.ratings.list_between(view.tx.now - RATED, view.tx.now)]
    if not scores:
        return f"No request was rated in the last {RATED.days} days."
    mean = sum(scores) / len(scores)
    return f"Requests of the last {RATED.days} days: {mean:.1f} of 5, from {count_nouns(len(scores), 'rating')}."
