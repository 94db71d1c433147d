"""Questions that the handbook doesn't answer, for those who write it.

What people asked in private counts, but isn't quoted unless they passed it on to the PMO themselves.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from foundation.errors import UserError
from handlers.questions.blocks.gaps import OpenGap, build_gaps_message
from handlers.slack.calls import DeferredCall
from handlers.slack.replies import send_reply
from knowledge.answers import Answer, Outcome
from knowledge.learned_questions import normalize_question
from knowledge.library import Library
from knowledge.permissions import check_can_see_gaps
from storage.questions import Gap
from storage.store import Transaction

PERIOD = timedelta(days=90)
MOST_CHECKED = 50
MOST_SHOWN = 10


def list_gaps(call: DeferredCall) -> None:
    """/pmo gaps: the questions of the last three months that the handbook still doesn't answer."""
    check_can_see_gaps(call.person)
    since = call.ctx.now() - PERIOD
    gaps = call.read(lambda tx: tx.questions.find_gaps(since, MOST_CHECKED))
    unhelpful = call.read(lambda tx: _find_unhelpful(tx, since))
    still_open = list(_find_still_open(gaps, call.ctx.library()))
    with call.transaction() as tx:
        shown, unhelpful = _show_local_days(tx, still_open[:MOST_SHOWN]), _show_local_days(tx, unhelpful)
        message = build_gaps_message(shown, unhelpful, len(gaps) - len(still_open))
        send_reply(tx, call.place, message)


def _find_unhelpful(tx: Transaction, since: datetime) -> list[OpenGap]:
    """The questions with an answer that didn't help, without those that a section has learned since."""
    learned = {normalize_question(text) for some in tx.learned_questions.group_by_section().values() for text in some}
    gaps = tx.questions.find_unhelpful(since, MOST_CHECKED)
    return [OpenGap(gap) for gap in gaps if normalize_question(gap.text) not in learned][:MOST_SHOWN]


def _show_local_days(tx: Transaction, found: Sequence[OpenGap]) -> list[OpenGap]:
    """The same, last asked on the organisation's days."""
    return [replace(one, gap=replace(one.gap, latest=one.gap.latest.astimezone(tx.zone))) for one in found]


def _find_still_open(gaps: Sequence[Gap], library: Library) -> Iterator[OpenGap]:
    """The gaps that today's handbook still has, and who else may know the answer."""
    for gap in gaps:
        answer = _ask_again(gap.text, library)
        if answer is None or answer.status in (Outcome.NOT_FOUND, Outcome.CLOSEST):
            yield OpenGap(gap, answer.refer_to if answer else "")


def _ask_again(text: str, library: Library) -> Answer | None:
    try:
        return library.ask(text)
    except UserError:
        return None
