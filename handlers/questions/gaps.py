"""What the handbook left open, for those who write it."""

from collections.abc import Sequence
from datetime import timedelta

from foundation.errors import NotAllowed, UserError
from handlers.questions.blocks.gaps import OpenGap, build_gaps_message
from handlers.slack.calls import DeferredCall
from handlers.slack.replies import send_reply
from knowledge.answers import Answer, Outcome
from knowledge.library import Library
from storage.questions import Gap

SINCE = timedelta(days=90)
LOOKED_AT = 50
SHOWN = 10


def list_gaps(call: DeferredCall) -> None:
    """/pmo gaps: the questions of the last three months that the handbook still does not answer."""
    if not call.person.is_pmo:
        raise NotAllowed("Only people of the PMO see which questions the handbook left open.")
    now = call.ctx.now()
    with call.ctx.store.read_only(now) as tx:
        gaps = tx.questions.find_gaps(now - SINCE, LOOKED_AT)
        unhelpful = [OpenGap(gap) for gap in tx.questions.find_unhelpful(now - SINCE, SHOWN)]
    still_open = _still_open(gaps, call.ctx.library())
    with call.transaction() as tx:
        send_reply(tx, call.place, build_gaps_message(still_open[:SHOWN], unhelpful, len(gaps) - len(still_open)))


def _still_open(gaps: Sequence[Gap], library: Library) -> list[OpenGap]:
    """Those that a page written meanwhile does not answer, and who else may know."""
    found = []
    for gap in gaps:
        answer = _asked_again(gap.text, library)
        if answer is None or answer.status is Outcome.NOT_FOUND:
            found.append(OpenGap(gap, answer.refer_to if answer else ""))
    return found


def _asked_again(text: str, library: Library) -> Answer | None:
    try:
        return library.ask(text)
    except UserError:
        return None
