"""Requests to act: I say how to do it, and never do it."""

from collections.abc import Callable, Mapping

from handlers.questions.blocks.records import RecordAnswer, build_record_message, merge_messages
from handlers.questions.records.answers.desk import show_request
from handlers.questions.records.answers.phrases import format_title, join_words
from handlers.questions.records.names import NameKind
from handlers.questions.records.question import RecordQuestion
from handlers.questions.records.view import RecordView
from handlers.slack.blocks.builders import Message, button, escape
from handlers.strategy.blocks.tree import encode_subject
from servicedesk.permissions import find_pmo_leads
from strategy.records import Subject, SubjectKind

_STATUS_CUES = frozenset({"state", "status", "update"})


def explain_action(view: RecordView, question: RecordQuestion) -> Message | None:
    """How to do what was asked for, with the button or command that does it."""
    explain = next((explain for applies, explain in _EXPLANATIONS.items() if applies(question)), None)
    return explain(view, question) if explain else None


def _explain_numbered_request(view: RecordView, question: RecordQuestion) -> Message | None:
    lead = "I don't do that from a message. These are the buttons for what you can do with the request:"
    shown = show_request(view, question)
    return merge_messages([build_record_message(RecordAnswer(lead)), shown]) if shown else None


def _explain_requests(_: RecordView, __: RecordQuestion) -> Message:
    lead = (
        "I don't do that from a message. Type `/pmo-requests` to see your requests and open one: its buttons are what "
        "you can do with it. To make a new request, type `/pmo-request`."
    )
    return build_record_message(RecordAnswer(lead, buttons=[button("Request a service", "request.begin", "begin")]))


def _explain_digest(_: RecordView, __: RecordQuestion) -> Message:
    lead = (
        "Digests are posted by their schedule, and I can't send one early. Leaders and the head of the PMO can preview "
        "the next digest with `/pmo-strategy digest`."
    )
    return build_record_message(RecordAnswer(lead))


def _explain_update(_: RecordView, question: RecordQuestion) -> Message:
    lead = "A status changes with an update by its owner: type `/pmo-update`, choose it and report."
    buttons = [button("Write an update", "update.write", encode_subject(one)) for one in question.subjects[:1]]
    return build_record_message(RecordAnswer(lead, buttons=buttons))


def _explain_metric(view: RecordView, question: RecordQuestion) -> Message:
    metric = view.strategy.metric(question.list_keys(NameKind.METRIC)[0])
    opened = f", open {format_title(view.strategy.objective(metric.objective))}" if metric.objective else ""
    lead = f"The owner of {format_title(metric)} records it: type `/pmo-strategy`{opened} and choose Record a value."
    subject = Subject(SubjectKind.OBJECTIVE, metric.objective) if metric.objective else None
    buttons = [button("Open", "strategy.open", encode_subject(subject))] if subject else []
    return build_record_message(RecordAnswer(lead, buttons=buttons))


def _explain_strategy(view: RecordView, question: RecordQuestion) -> Message:
    heads = join_words(escape(one.name) for one in find_pmo_leads(view.people)) or "the head of the PMO"
    titles = join_words(f"*{escape(name.title)}*" for name in question.names) or "the strategy"
    lead = (
        f"I can't change {titles} from a message. Owners, budgets, dates and milestones are in the organisation's "
        f"strategy file. Ask {heads}, who imports a new version with `pmo strategy import`."
    )
    return build_record_message(RecordAnswer(lead))


def _is_about_status(question: RecordQuestion) -> bool:
    return bool(question.subjects) and not _STATUS_CUES.isdisjoint(question.cues) and "own" not in question.cues


# The first that applies explains.
_EXPLANATIONS: Mapping[Callable[[RecordQuestion], bool], Callable[[RecordView, RecordQuestion], Message | None]] = {
    lambda question: bool(question.numbers): _explain_numbered_request,
    lambda question: "requests" in question.cues: _explain_requests,
    lambda question: "digest" in question.cues: _explain_digest,
    _is_about_status: _explain_update,
    lambda question: bool(question.list_keys(NameKind.METRIC)): _explain_metric,
    lambda question: bool(question.names): _explain_strategy,
}
