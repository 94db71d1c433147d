"""Tells the PMO, in one quiet message, what could not be said."""

import logging
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from handlers.context import AppContext
from handlers.slack.blocks.builders import build_message, escape
from storage.engine.dead_letters import DeadLetter, DeadLetters

log = logging.getLogger(__name__)

QUIET_FOR = timedelta(minutes=15)  # between two of these messages
LISTED = 10
KEY = "dead:"  # a letter that was revived may die, and be told of, once more

# What somebody can do about it, by Slack's code.
HINTS = {
    "cannot_dm_bot": "that is a bot: correct the person's id in the organisation file",
    "channel_not_found": "no such channel, or a private one without the bot: check the organisation file or invite it",
    "is_archived": "the channel is archived: name another one in the organisation file",
    "missing_scope": "the app was installed without a right it needs: install it again from its manifest",
    "not_in_channel": "invite the bot to the channel: /invite @PMO Assistant",
    "restricted_action": "the workspace does not let the app post there: ask its administrators",
    "user_disabled": "the person has left: take them out of the organisation file",
    "user_not_found": "no such person: correct the id in the organisation file",
}
DEFECT = "a defect of the bot's: the log has the details"


class ReportDeadLetters:
    """A chore. What the triage channel itself refused is told in the log and by `pmo doctor` only."""

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
        with self._ctx.store.transaction(now) as tx:
            found = DeadLetters(tx.session, now)
            letters = found.list_unreported()
            found.mark_reported(letters)
            for letter in letters:
                log.error("Not delivered to %s (%s): %s", letter.recipient, letter.kind, letter.error)
            tellable = [letter for letter in letters if letter.recipient != triage]
            if not tellable:
                return None
            tx.outbox.post(
                triage, build_message(describe_dead_letters(tellable)), key=f"{KEY}{tellable[0].id}:{now.isoformat()}"
            )
        self._quiet_until = now + QUIET_FOR
        return self._quiet_until


def describe_dead_letters(letters: Sequence[DeadLetter]) -> str:
    """One line for each place and reason."""
    counted = Counter((letter.recipient, letter.error) for letter in letters)
    what = "1 message" if len(letters) == 1 else f"{len(letters)} messages"
    lines = [f"{what} could not be delivered:"]
    lines += [_line(where, error, many) for (where, error), many in counted.most_common(LISTED)]
    if len(counted) > LISTED:
        lines.append(f"… and {len(counted) - LISTED} more places.")
    return "\n".join([*lines, "`pmo doctor` shows them all."])


def _line(where: str | None, error: str, many: int) -> str:
    place = f"<#{where}>" if (where or "").startswith(("C", "G")) else f"<@{where}>" if where else "an answer"
    times = f" ({many} times)" if many > 1 else ""
    return f"• {place}{times}: {escape(error[:100])} – {HINTS.get(error, DEFECT)}."
