"""Reports failed deliveries to the PMO: each place and reason once, until something gets there again."""

import logging
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.engine.refusals import describe_refusal, find_place_refusal
from foundation.time import lies_ahead
from handlers import UNDELIVERED
from handlers.context import AppContext
from handlers.slack.blocks.builders import build_message, escape
from handlers.slack.pmo_notices import tell_pmo
from storage.engine.dead_letters import DeadLetter, DeadLetters
from storage.store import Transaction

log = logging.getLogger(__name__)

QUIET_FOR = timedelta(minutes=15)  # between two of these messages
MAX_LISTED = 10


class ReportDeadLetters:
    """A job. What the triage channel itself refused is reported to the PMO's leads directly."""

    def __init__(self, ctx: AppContext) -> None:
        self._ctx = ctx
        self._quiet_until: datetime | None = None

    def __call__(self, now: datetime) -> datetime | None:
        with self._ctx.store.read_only(now) as tx:
            if not DeadLetters(tx.session, now).list_unreported(1):
                return None
        is_quiet = lies_ahead(self._quiet_until, now, QUIET_FOR)
        # Marking and posting commit together: a crash in between can neither lose a report nor repeat it.
        with self._ctx.store.transaction(now) as tx:
            dead = DeadLetters(tx.session, now)
            letters = dead.list_unreported()
            # Whoever waits for an answer learns at once; doing this again changes nothing.
            for tell_people in UNDELIVERED:
                tell_people(tx, self._ctx, [letter.id for letter in letters])
            if is_quiet:
                return self._quiet_until
            known = dead.find_known(letters)
            dead.mark_reported(letters)
            for letter in letters:
                log.error("Not delivered to %s (%s): %s", letter.recipient, letter.kind, letter.error)
            news = [letter for letter in letters if (letter.recipient, letter.error) not in known]
            if not news:
                return None
            self._report(tx, news, now)
        self._quiet_until = now + QUIET_FOR
        return self._quiet_until

    def _report(self, tx: Transaction, letters: Sequence[DeadLetter], now: datetime) -> None:
        triage, at = self._ctx.channels.triage, now.isoformat()
        lost = [one for one in letters if one.recipient == triage and find_place_refusal(one.error)]
        if lost:
            message = build_message(describe_lost_triage(lost[0]))
            tell_pmo(tx, self._ctx, message, key=f"dead:{lost[0].id}:{at}", directly=True)
        if others := [one for one in letters if one not in lost]:
            message = build_message(describe_dead_letters(others))
            tell_pmo(tx, self._ctx, message, key=f"dead:{others[0].id}:{at}", directly=bool(lost))


def describe_lost_triage(letter: DeadLetter) -> str:
    """What those who can mend the triage channel need to know."""
    refusal = describe_refusal(letter.error)
    return (
        f"I can't post in the triage channel <#{letter.recipient}>: {refusal.why}. What should be there is safe: "
        f"`/pmo-requests triage` lists new requests, and your App Home has the questions. {refusal.what_to_do}"
    )


def describe_dead_letters(letters: Sequence[DeadLetter]) -> str:
    """One line for each recipient and reason."""
    counted = Counter((letter.recipient, letter.error) for letter in letters)
    what = "1 message" if len(letters) == 1 else f"{len(letters)} messages"
    lines = [f"I couldn't deliver {what}:"]
    lines += [_format_line(recipient, error, number) for (recipient, error), number in counted.most_common(MAX_LISTED)]
    if len(counted) > MAX_LISTED:
        more = len(counted) - MAX_LISTED
        lines.append(f"… and more in {more} other {'place' if more == 1 else 'places'}.")
    return "\n".join([*lines, "To check channels and people, run `pmo doctor`."])


def _format_line(recipient: str | None, error: str, number: int) -> str:
    place = f"<#{recipient}>" if (recipient or "").startswith(("C", "G")) else f"<@{recipient}>"
    times = f" ({number} times)" if number > 1 else ""
    refusal = describe_refusal(error)
    why = f"{refusal.why} ({escape(error[:100])})"
    return f"• {place if recipient else 'A reply'}{times}: {why}. {refusal.what_to_do}"
