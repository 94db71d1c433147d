"""Statuses: of one objective or project, and of all in a state."""

from collections.abc import Iterator

from handlers.questions.blocks.records import RecordAnswer, build_record_message, merge_messages
from handlers.questions.records.answers.phrases import count_nouns, note_date
from handlers.questions.records.question import RecordQuestion
from handlers.questions.records.view import RecordView
from handlers.slack.blocks.builders import Message, context
from handlers.strategy.blocks.tree import build_details_message
from reporting.by_status import StatusFilter, SubjectLine, filter_by_status
from reporting.details import build_details
from strategy.records import Subject, SubjectKind

MOST_DETAILED = 2  # objectives and projects in one answer


def list_in_state(view: RecordView, question: RecordQuestion) -> Message | None:
    """The objectives and projects in a state; for “are all … green?”, those that aren't."""
    state = question.state
    if state is None:
        return None
    if state is StatusFilter.GREEN and "everything" in question.cues:
        state = StatusFilter.TROUBLED
    kinds = [question.subject_kind] if question.subject_kind else list(SubjectKind)
    found = {kind: filter_by_status(view.status, kind, state, view.people) for kind in kinds}
    records = [line for lines in found.values() for line in lines]
    note = f"Each status is the worse of two: the figures' and the owner's. {note_date(view)}"
    return build_record_message(RecordAnswer(_lead_states(found, state), records, note))


def show_status(view: RecordView, question: RecordQuestion) -> Message | None:
    """One or two objectives or projects in full."""
    found = [_describe_subject(view, subject) for subject in question.subjects[:MOST_DETAILED]]
    return merge_messages(found) if found else None


def _describe_subject(view: RecordView, subject: Subject) -> Message:
    details = build_details(
        view.whole,
        view.person,
        subject,
        now=view.tx.now,
        updates=view.updates,
        absences=view.ctx.absences,
        people=view.people,
    )
    message = build_details_message(details)
    return message | {"blocks": [*message["blocks"], context(note_date(view))]}


def _lead_states(found: dict[SubjectKind, tuple[SubjectLine, ...]], state: StatusFilter) -> str:
    counted = list(_count_states(found))
    if not counted:
        nouns = " or ".join(kind.value for kind in found)
        return f"No {nouns} you can see is {state}. `/pmo-strategy` shows them all."
    is_one = sum(map(len, found.values())) == 1
    return f"{' and '.join(counted)} {'is' if is_one else 'are'} {state}:"


def _count_states(found: dict[SubjectKind, tuple[SubjectLine, ...]]) -> Iterator[str]:
    return (count_nouns(len(lines), kind.value) for kind, lines in found.items() if lines)
