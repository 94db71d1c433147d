"""Reports failed deliveries to the PMO, in one message."""

import logging
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from handlers.context import AppContext
from handlers.slack.blocks.builders import build_message, escape
from storage.engine.dead_letters import DeadLetter, DeadLetters

log = logging.getLogger(__name__)

QUIET_FOR = timedelta(minutes=15)  # between two of these messages
MAX_LISTED = 10

# What to do about it, by Slack's error code.
HINTS = {
    "cannot_dm_bot": "this is a bot; correct the person's ID in the organisation file",
    "channel_not_found": (
        "the channel doesn't exist, or it's private and the bot isn't in it; invite the bot or correct the ID in the "
        "organisation file"
    ),
    "is_archived": "the channel is archived; choose another one in the organisation file",
    "missing_scope": "the app lacks a permission; reinstall it from its manifest",
    "not_in_channel": "the bot isn't in the channel; invite it with /invite @PMO Assistant",
    "restricted_action": "the workspace doesn't let the app post there; ask a workspace administrator",
    "user_disabled": "this person's account is deactivated; remove them from the organisation file",
    "user_not_found": "there's no such person; correct the ID in the organisation file",
}
UNKNOWN_CAUSE = "this is a defect in the bot; see its log for details"


class ReportDeadLetters:
    """A job. What the triage channel itself rejected is reported only in the log and by `pmo doctor`."""

    def __init__(self, ctx: AppContext) -> None:
        self._ctx = ctx
        self._quiet_until: datetime | None = None

    def __call__(self, now: datetime) -> datetime | None:
        if self._quiet_until and now < self._quiet_until:
            return self._quiet_until
        triage = self._ctx.channels.triage
        with self._ctx.store.read_only(now) as tx:
            if not DeadLetters(tx.session, now).list_unreported(1):
                return None
        # Marking and posting commit together: a crash in between can neither lose a report nor repeat it.
        with self._ctx.store.transaction(now) as tx:
            dead = DeadLetters(tx.session, now)
            letters = dead.list_unreported()
            dead.mark_reported(letters)
            for letter in letters:
                log.error("Not delivered to %s (%s): %s", letter.recipient, letter.kind, letter.error)
            reportable = [letter for letter in letters if letter.recipient != triage]
            if not reportable:
                return None
            message = build_message(describe_dead_letters(reportable))
            tx.outbox.post(triage, message, key=f"dead:{reportable[0].id}:{now.isoformat()}")
        self._quiet_until = now + QUIET_FOR
        return self._quiet_until


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
    return f"• {place if recipient else 'A reply'}{times}: {escape(error[:100])} – {HINTS.get(error, UNKNOWN_CAUSE)}."
