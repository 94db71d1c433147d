"""Which function answers which kind of record."""

from collections.abc import Callable, Mapping

from foundation.record_kinds import RecordKind
from handlers.questions.records.answers import actions, desk, people, plans, reports, responsibilities, status, strategy
from handlers.questions.records.question import RecordQuestion
from handlers.questions.records.view import RecordView
from handlers.slack.blocks.builders import Message

RecordAnswerer = Callable[[RecordView, RecordQuestion], Message | None]

# An answerer gives None if the question names nothing that it could answer with.
RECORD_ANSWERERS: Mapping[RecordKind, RecordAnswerer] = {
    RecordKind.STATES: status.list_in_state,
    RecordKind.STATUS: status.show_status,
    RecordKind.RESPONSIBLE: responsibilities.show_responsible,
    RecordKind.OWNED: responsibilities.list_owned,
    RecordKind.MILESTONES: plans.show_milestones,
    RecordKind.CHANGES: reports.show_changes,
    RecordKind.NEXT_UPDATE: reports.show_next_update,
    RecordKind.NEXT_DIGEST: reports.show_next_digests,
    RecordKind.BUDGET: strategy.show_budget,
    RecordKind.ALIGNMENT: strategy.show_alignment,
    RecordKind.STRATEGY: strategy.show_strategy_part,
    RecordKind.METRIC: strategy.show_metrics,
    RecordKind.ABSENCE: people.show_absences,
    RecordKind.MISSING_UPDATES: reports.list_missing_updates,
    RecordKind.STORIES: reports.list_stories,
    RecordKind.PMO_PEOPLE: people.show_pmo,
    RecordKind.REQUEST: desk.show_request,
    RecordKind.OWN_REQUESTS: desk.list_own_requests,
    RecordKind.WAITING: desk.list_waiting_requests,
    RecordKind.OPEN_REQUESTS: desk.list_open_requests,
    RecordKind.OVERDUE_REQUESTS: desk.list_overdue_requests,
    RecordKind.SATISFACTION: desk.show_satisfaction,
    RecordKind.DESK_FIGURES: desk.show_desk_figures,
    RecordKind.ACTION: actions.explain_action,
}
